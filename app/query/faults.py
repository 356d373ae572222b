"""How a query is refused: every fault at once, each with its place and, where known, its cure."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from app.kernel.errors import Fault, Invalid

SHOWN_CHARACTERS_MAX: Final = 64
SUGGESTIONS_MAX: Final = 3
# One refused query asks for the same words again, to prove that its fixes hold.
CLOSEST_KEPT_MAX: Final = 256
_SUGGESTION_CLOSENESS: Final = 0.6

# RFC 3986 §3.4 lets these stand unencoded in a query, so that a cure stays readable and pastes.
_READABLE: Final = "!$'()*,:;@/?-._~"


class InvalidQuery(Invalid):
    """The query can be read, and cannot be answered; `faults` names every fault."""

    code = "invalid_query"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{faults[0].detail}{more}", faults=faults)


def shown(text: str) -> str:
    """Text of a stranger, cut to a length worth repeating and made safe to encode as UTF-8."""
    cut = text if len(text) <= SHOWN_CHARACTERS_MAX else f"{text[:SHOWN_CHARACTERS_MAX]}…"
    return cut.encode("utf-8", "replace").decode()


def corrected(parameter: str, value: str) -> str:
    """A parameter as it should have been sent, percent-encoded where it must be."""
    name = quote(parameter, safe="[].", errors="replace")
    return f"{name}={quote(value, safe=_READABLE, errors='replace')}"


def closest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known words most like this one, best first; none for words too long to be a slip."""
    if len(word) > SHOWN_CHARACTERS_MAX:
        return ()
    return _closest(word.lower(), tuple(known))


@lru_cache(maxsize=CLOSEST_KEPT_MAX)
def _closest(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(get_close_matches(word, known, n=SUGGESTIONS_MAX, cutoff=_SUGGESTION_CLOSENESS))
