"""What can go wrong between this app and the books, in words for the person who looks on."""

from typing import Final


class Trouble(Exception):
    """Something went wrong; `title` and `words` are for the person."""

    def __init__(self, title: str, words: str, *, status: int = 400) -> None:
        super().__init__(title)
        self.title = title
        self.words = words
        self.status = status


class TakenBack(Trouble):
    """The server no longer accepts the tokens."""

    def __init__(self) -> None:
        super().__init__(
            "Access was taken back",
            "The owner of these books has taken this app's access back, or it has run out. "
            "Connect again to go on.",
            status=401,
        )


class Silent(Trouble):
    """The server does not answer."""

    def __init__(self, server_url: str) -> None:
        super().__init__(
            "The books do not answer",
            f"{server_url} cannot be reached just now. Try again in a moment.",
            status=502,
        )


# The errors of RFC 6749 §4.1.2.1 that come back with the person, in plain words.
DECLINED: Final = {
    "access_denied": (
        "You chose not to connect",
        "Nothing was shared. You can connect whenever you like.",
    ),
    "server_error": (
        "The server stumbled",
        "It could not finish the connection. Try again in a moment.",
    ),
    "temporarily_unavailable": (
        "The server is busy",
        "It could not finish the connection just now. Try again in a moment.",
    ),
}


def declined(error: str) -> Trouble:
    """The trouble for an error that came back instead of a code."""
    title, words = DECLINED.get(
        error,
        (
            "The connection was refused",
            "The server did not accept this app's request; its makers have to look into it.",
        ),
    )
    # A person who says no has done nothing wrong, and neither have we.
    return Trouble(title, words, status=200 if error == "access_denied" else 400)
