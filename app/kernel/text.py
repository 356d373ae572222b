"""Text that strangers write and others read: how long, of which characters, in which form."""

import unicodedata
from typing import Final

from app.kernel.errors import Fault

# Joiners are part of correct spelling in Persian and in the languages of India.
_JOINERS: Final = frozenset("\u200c\u200d")
# Controls, invisible formatting (which can turn a line's direction around), surrogates,
# private use and unassigned characters, and separators that break a line.
_UNSAFE_CATEGORIES: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
# Letters by category, and nothing to the eye.
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
WORD_CHARACTERS_MAX: Final = 64
_MARKUP: Final = frozenset("<>")


def tidied(text: str) -> str:
    """One form for what looks the same: composed (NFC), single plain spaces, none at the ends.

    Control characters other than the space stay, so that `name_faults` can refuse them.
    """
    composed = unicodedata.normalize("NFC", text)
    spaced = "".join(" " if unicodedata.category(one) == "Zs" else one for one in composed)
    return " ".join(part for part in spaced.split(" ") if part)


def is_plain(text: str) -> bool:
    """Whether every character can be shown on one line without changing what is around it."""
    return all(
        character in _JOINERS or unicodedata.category(character) not in _UNSAFE_CATEGORIES
        for character in text
    )


def is_visible(text: str) -> bool:
    """Whether at least one letter or digit of it leaves a mark on the page."""
    return any(
        unicodedata.category(character)[0] in "LN" and character not in _FILLERS
        for character in text
    )


def name_faults(text: str, *, what: str, pointer: str, characters_max: int) -> list[Fault]:
    """Every fault of a name, as it reads once tidied; `what` begins the sentence."""
    name = tidied(text)
    if not name:
        return [Fault("required", f"{what} must not be empty.", pointer=pointer)]
    faults = []
    if len(name) > characters_max:
        faults.append(
            Fault("too_long", f"{what} may have {characters_max} characters.", pointer=pointer)
        )
    if not is_plain(name) or _MARKUP & set(name):
        faults.append(
            Fault(
                "unsafe_characters",
                f"{what} must not contain control or invisible characters, nor < or >.",
                pointer=pointer,
            )
        )
    elif not is_visible(name):
        detail = f"{what} needs at least one letter or digit."
        faults.append(Fault("invisible", detail, pointer=pointer))
    return faults


def folded(text: str) -> str:
    """One form for text that differs in case or in compatible characters alone (NFKC, casefold)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are searched: folded, without accents, in their order.

    Letters and digits make words; whatever stands between them does not. A word comes once, and
    of a longer one its first 64 characters.
    """
    plain = unicodedata.normalize("NFD", folded(text))
    bare = "".join(
        one if one.isalnum() else "" if unicodedata.category(one)[0] == "M" else " "
        for one in plain
    )
    return tuple(dict.fromkeys(word[:WORD_CHARACTERS_MAX] for word in bare.split()))
