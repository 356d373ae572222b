"""One parameter's value taken apart: operators, quotes, and the words AND and OR between terms."""

import re
from dataclasses import dataclass
from typing import Final

from app.query.grammar import OPERATOR_WORDS

_WORDS: Final = "|".join(OPERATOR_WORDS)
_OPERATOR: Final = re.compile(rf"({_WORDS}):")
# The words conjoin only where an operator follows: `name=Fish AND chips` is text.
_JOINT: Final = re.compile(rf" (AND|OR) (?=(?:{_WORDS}):)")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison as it was written; its operand stands from `position` to `end`.

    `operator` is None where none was written, which means eq.
    """

    operator: str | None
    text: str
    is_quoted: bool
    position: int
    end: int


class Unfinished(ValueError):
    """The value cannot be taken apart at `position`, in the operand that begins at `start`."""

    def __init__(self, detail: str, *, position: int, start: int) -> None:
        super().__init__(detail)
        self.detail = detail
        self.position = position
        self.start = start


def terms(value: str) -> list[list[Term]]:
    """The value as alternatives (OR), each a list of terms that hold together (AND).

    AND binds tighter than OR. Raises Unfinished for quotes that do not close.
    """
    alternatives: list[list[Term]] = [[]]
    position = 0
    while True:
        match = _OPERATOR.match(value, position)
        start = match.end() if match else position
        operator = match.group(1) if match else None
        if value.startswith('"', start):
            text, end = _quoted(value, start)
            joint = _JOINT.match(value, end)
            if joint is None and end < len(value):
                detail = "only AND or OR and an operator may follow the closing quote"
                raise Unfinished(detail, position=end, start=start)
            term = Term(operator, text, True, start, end)
        else:
            joint = _JOINT.search(value, start)
            end = joint.start() if joint else len(value)
            term = Term(operator, value[start:end], False, start, end)
        alternatives[-1].append(term)
        if joint is None:
            return alternatives
        if joint.group(1) == "OR":
            alternatives.append([])
        position = joint.end()


def operand(value: str, *, operator: str) -> Term:
    """The whole value as one operand: the form `field[op]=value`. Raises Unfinished."""
    if not value.startswith('"'):
        return Term(operator, value, False, 0, len(value))
    text, end = _quoted(value, 0)
    if end < len(value):
        raise Unfinished("nothing may follow the closing quote", position=end, start=0)
    return Term(operator, text, True, 0, end)


def _quoted(value: str, start: int) -> tuple[str, int]:
    match = _QUOTED.match(value, start)
    if match is None:
        raise Unfinished("the quote opened here is never closed", position=start, start=start)
    return _ESCAPED.sub(r"\1", match.group(1)), match.end()
