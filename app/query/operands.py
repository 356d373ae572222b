"""What a predicate compares with, by kind and number: what its statement depends on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

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

# A list is filled up to one of these lengths by repeating its last value, which changes
# nothing: so there are few statements, however long strangers' lists are.
SIZES: Final = (1, 2, 5, 10, 50, 100, 1_000)
WORD_SIZES: Final = (1, 2, 4, 8, 16, 64, 512)

_LAST_CHARACTER: Final = 0x10FFFF
_SURROGATES: Final = (0xD800, 0xE000)


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """Which kind of operand, and how many values it binds: first points, then ends of spans."""

    name: str
    points: int = 0
    spans: int = 0
    has_null: bool = False

    @property
    def width(self) -> int:
        """How many values are bound."""
        return self.points + 2 * self.spans


_ONE: Final = Kind(POINT, points=1)
_PERIOD: Final = Kind(SPAN, spans=1)
_NULL: Final = Kind(NULL)
_ANY: Final = Kind(ANY)


def kind_of(predicate: Predicate) -> tuple[Kind, list[Scalar]]:
    """The kind of a predicate's operand, and the values that it binds.

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


def _list(items: tuple[Item, ...]) -> tuple[Kind, list[Scalar]]:
    spans = sorted({item for item in items if isinstance(item, Span)}, key=_ends)
    points: list[Scalar] = sorted({item for item in items if isinstance(item, str)})
    points += sorted({item for item in items if isinstance(item, int)})
    kind = Kind(MANY, _size(len(points), SIZES), _size(len(spans), SIZES), None in items)
    ends = [end for span in _filled(spans, SIZES) for end in (span.low, span.high)]
    return kind, [*_filled(points, SIZES), *ends]


def _ends(span: Span) -> tuple[Scalar, Scalar]:
    return span.low, span.high


def _beginning(start: str) -> tuple[Kind, list[Scalar]]:
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
