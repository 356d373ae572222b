"""A condition written down: the level 2 text that reads as it."""

from typing import Final

from app.query.fields import Field, QueryFields
from app.query.grammar import And, Condition, Item, Not, Predicate, Scalar, Span
from app.query.terms import quoted

_MARKS: Final = frozenset('(),"')


class Unwritable(ValueError):
    """A value that no text stands for: no query could have held it."""


def written(condition: Condition, fields: QueryFields, *, timezone: str = "UTC") -> str:
    """The text for `filter` that means this condition, quoted where it must be.

    A period that has no name in this timezone is written by its bounds, so the text may hold
    more comparisons than the condition does. Raises Unwritable.
    """
    if isinstance(condition, Predicate):
        return _Writer(fields.by_name[condition.field], timezone).predicate(condition)
    if isinstance(condition, Not):
        return f"not({written(condition.term, fields, timezone=timezone)})"
    terms = [written(term, fields, timezone=timezone) for term in condition.terms]
    if len(terms) == 1:
        return terms[0]
    return _joined("and" if isinstance(condition, And) else "or", terms)


def _joined(word: str, terms: list[str]) -> str:
    return f"{word}({','.join(terms)})"


class _Writer:
    """Writes the comparisons of one field."""

    __slots__ = ("field", "timezone")

    def __init__(self, field: Field, timezone: str) -> None:
        self.field = field
        self.timezone = timezone

    def predicate(self, meant: Predicate) -> str:
        """One comparison, or several that mean the same."""
        operator, value = meant.operator, meant.value
        if isinstance(value, tuple):
            return self._list(operator, value)
        text = self._text(operator, value)
        if text is not None:
            return self._compared(operator, text)
        assert isinstance(value, Span)
        return self._by_bounds(operator, value)

    def _list(self, operator: str, items: tuple[Item, ...]) -> str:
        texts = [self._text(operator, item) for item in items]
        named = [text for text in texts if text is not None]
        if len(named) == len(items):
            return self._compared(operator, f"({','.join(named)})")
        terms = [self._by_bounds("eq", item) for item in items if isinstance(item, Span)]
        points = [item for item in items if not isinstance(item, Span)]
        if points:
            terms.insert(0, self.predicate(Predicate(self.field.name, "in", tuple(points))))
        whole = _joined("or", terms) if len(terms) > 1 else terms[0]
        return f"not({whole})" if operator == "notin" else whole

    def _by_bounds(self, operator: str, span: Span) -> str:
        low, high = span.low, span.high
        if operator in ("lt", "gte"):
            return self._compared(operator, self._point(low))
        if operator in ("lte", "gt"):
            return self._compared("lt" if operator == "lte" else "gte", self._point(high))
        both = _joined(
            "and",
            [self._compared("gte", self._point(low)), self._compared("lt", self._point(high))],
        )
        return f"not({both})" if operator == "not" else both

    def _compared(self, operator: str, operand: str) -> str:
        return f"{self.field.name}:{operator}:{operand}"

    def _point(self, stored: Scalar) -> str:
        text = self._text("gte", stored)
        if text is None:
            raise Unwritable(f"no {self.field.type.name} is written for {stored!r}")
        return text

    def _text(self, operator: str, item: Item) -> str | None:
        """The operand for one value; None for a span that no single text stands for."""
        if item is None:
            return "null"
        if operator in ("starts", "has"):
            return _quoted_if_needed(str(item))
        text = self.field.type.write(item, timezone=self.timezone)
        if text is None and not isinstance(item, Span):
            raise Unwritable(f"no {self.field.type.name} is written for {item!r}")
        return None if text is None else _quoted_if_needed(text)


def _quoted_if_needed(text: str) -> str:
    is_plain = text.strip(" ") == text and text not in ("", "null") and not _MARKS & set(text)
    # Words and a colon may look like AND and a further comparison.
    return text if is_plain and not (" " in text and ":" in text) else quoted(text)
