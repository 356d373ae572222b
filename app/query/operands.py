"""What a predicate compares with, by kind and number: what its statement depends on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from app.kernel.text import folded, words_of
from app.query.grammar import Item, Predicate, Scalar, Span

Each = TypeVar("Each")

POINT: Final = "point"
SPAN: Final = "span"
NULL: Final = "null"
# Anything but null.
ANY: Final = "any"
MANY: Final = "many"
WORDS: Final = "words"

# What is bound in one place: a list of any length is one.
Operand = Scalar | tuple[Scalar, ...]

# Words are filled up to one of these numbers by repeating the last one, which changes nothing:
# so there are few statements, however many words strangers look for.
WORD_SIZES: Final = (1, 2, 4, 8, 16, 64, 512)

_LAST_CHARACTER: Final = 0x10FFFF
_SURROGATES: Final = (0xD800, 0xE000)


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """Which kind of operand, and what it binds: first points, then ends of spans.

    A list binds all of its points as one operand, and all of its spans as another.
    """

    name: str
    points: int = 0
    spans: int = 0
    has_null: bool = False

    @property
    def width(self) -> int:
        """How many operands are bound."""
        return self.points + self.spans * (1 if self.name == MANY else 2)


_ONE: Final = Kind(POINT, points=1)
_PERIOD: Final = Kind(SPAN, spans=1)
_NULL: Final = Kind(NULL)
_ANY: Final = Kind(ANY)


def kind_of(predicate: Predicate) -> tuple[Kind, list[Operand]]:
    """The kind of a predicate's operand, and what it binds.

    Lists that hold the same values in another order are the same list.
    """
    value = predicate.value
    if predicate.operator in ("in", "notin"):
        return _list(value if isinstance(value, tuple) else (value,))
    assert not isinstance(value, tuple)
    if value is None:
        return _NULL, []
    if predicate.operator == "starts":
        return _beginning(folded(str(value)))
    if predicate.operator == "has":
        words = words_of(str(value))
        return Kind(WORDS, points=_size(len(words), WORD_SIZES)), _filled(words, WORD_SIZES)
    if isinstance(value, Span):
        return _PERIOD, [value.low, value.high]
    return _ONE, [value]


def _list(items: tuple[Item, ...]) -> tuple[Kind, list[Operand]]:
    points: list[Scalar] = sorted({item for item in items if isinstance(item, str)})
    points += sorted({item for item in items if isinstance(item, int)})
    edges = _edges(item for item in items if isinstance(item, Span))
    bound: list[Operand] = [tuple(each) for each in (points, edges) if each]
    return Kind(MANY, int(bool(points)), int(bool(edges)), None in items), bound


def _edges(spans: Iterable[Span]) -> list[Scalar]:
    """Where spans begin and end, in order: those that touch or overlap are one, and none empty."""
    edges: list[Any] = []
    for low, high in sorted({_ends(span) for span in spans}):
        if low >= high:
            continue
        if edges and low <= edges[-1]:
            edges[-1] = max(edges[-1], high)
        else:
            edges += (low, high)
    return edges


def _ends(span: Span) -> tuple[Any, Any]:
    return span.low, span.high


def _beginning(start: str) -> tuple[Kind, list[Operand]]:
    """What begins so lies from the beginning itself up to the next text of its length."""
    if not start:
        return _ANY, []
    for length in range(len(start), 0, -1):
        code = ord(start[length - 1])
        if code < _LAST_CHARACTER:
            # Surrogates are no characters; the next one after U+D7FF is U+E000.
            following = _SURROGATES[1] if code + 1 == _SURROGATES[0] else code + 1
            return _PERIOD, [start, start[: length - 1] + chr(following)]
    return _ONE, [start]


def _size(length: int, sizes: tuple[int, ...]) -> int:
    return next(size for size in (0, *sizes) if size >= length)


def _filled(values: Sequence[Each], sizes: tuple[int, ...]) -> list[Each]:
    missing = _size(len(values), sizes) - len(values)
    return [*values, *([values[-1]] * missing if missing else ())]
