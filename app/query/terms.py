"""Operands taken out of text: bare, quoted or in a list; and level 1's AND and OR between them."""

import re
from typing import Final, NamedTuple

from app.query.grammar import OPERATOR_WORDS, OPERATORS

LISTING: Final = frozenset(name for name, operator in OPERATORS.items() if operator.takes_list)

_WORDS: Final = "|".join(OPERATOR_WORDS)
_OPERATOR: Final = re.compile(rf"({_WORDS}):")
# The words conjoin only where an operator follows: `name=Fish AND chips` is text.
_JOINT: Final = re.compile(rf" (AND|OR) (?=(?:{_WORDS}):)")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_BARE: Final = re.compile(r'[^(),"]*')
# What an unquoted item most likely was: brackets and quotes in it belong to it.
_MEANT: Final = re.compile(r"(?:\([^()]*\)|[^,()])*")


class Operand(NamedTuple):
    """One value as it was written, from `position` to `end`; quotes make null a text."""

    text: str
    is_quoted: bool
    position: int
    end: int

    @property
    def is_null(self) -> bool:
        """Whether this is the bare word null."""
        return self.text == "null" and not self.is_quoted


class Term(NamedTuple):
    """One comparison as it was written, from `start` to `end`.

    `operator` is None where none was written, which means eq. Several operands are a list.
    """

    operator: str | None
    operands: tuple[Operand, ...]
    start: int
    end: int

    @property
    def position(self) -> int:
        """Where the operand stands."""
        return self.operands[0].position


class Edit(NamedTuple):
    """What should have been written from `start` to `end`."""

    start: int
    end: int
    text: str

    def made_in(self, text: str) -> str:
        """The text as it should have been."""
        return f"{text[: self.start]}{self.text}{text[self.end :]}"


class Unfinished(ValueError):
    """The value cannot be taken apart at `position`; `edit` is what would help."""

    def __init__(self, detail: str, *, position: int, edit: Edit | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.position = position
        self.edit = edit


def quoted(text: str) -> str:
    """Any text as the grammar takes it literally."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def terms(value: str) -> list[list[Term]]:
    """The value as alternatives (OR), each a list of terms that hold together (AND).

    AND binds tighter than OR. Raises Unfinished for quotes and brackets that do not hold.
    """
    if " " not in value and '"' not in value:
        match = _OPERATOR.match(value)
        operator = match.group(1) if match else None
        if operator not in LISTING:
            # Most values are one operand and nothing else.
            start = match.end() if match else 0
            end = len(value)
            return [[Term(operator, (Operand(value[start:], False, start, end),), 0, end)]]
    alternatives: list[list[Term]] = [[]]
    position = 0
    while True:
        match = _OPERATOR.match(value, position)
        start = match.end() if match else position
        operator = match.group(1) if match else None
        operands: tuple[Operand, ...]
        if operator in LISTING:
            operands, end = _listed_here(value, start)
            joint = _joint(value, end, start)
        elif value.startswith('"', start):
            operand = quoted_at(value, start)
            operands, end = (operand,), operand.end
            joint = _joint(value, end, start)
        else:
            joint = _JOINT.search(value, start)
            end = joint.start() if joint else len(value)
            operands = (Operand(value[start:end], False, start, end),)
        alternatives[-1].append(Term(operator, operands, position, end))
        if joint is None:
            return alternatives
        if joint.group(1) == "OR":
            alternatives.append([])
        position = joint.end()


def only_term(value: str, *, operator: str) -> Term:
    """The whole value as one operand: the form `field[op]=value`. Raises Unfinished."""
    if operator in LISTING:
        operands, end = _listed_here(value, 0)
    elif value.startswith('"'):
        operand = quoted_at(value, 0)
        operands, end = (operand,), operand.end
    else:
        operands, end = (Operand(value, False, 0, len(value)),), len(value)
    if end < len(value):
        edit = Edit(0, len(value), quoted(value))
        raise Unfinished("nothing may follow here", position=end, edit=edit)
    return Term(operator, operands, 0, end)


def quoted_at(text: str, start: int) -> Operand:
    """The quoted operand that begins here. Raises Unfinished where the quote is never closed."""
    match = _QUOTED.match(text, start)
    if match is None:
        edit = Edit(start, len(text), quoted(text[start:]))
        raise Unfinished("the quote opened here is never closed", position=start, edit=edit)
    return Operand(_ESCAPED.sub(r"\1", match.group(1)), True, start, match.end())


def bare_at(text: str, start: int) -> Operand:
    """The unquoted operand that begins here, up to a comma or closing bracket. Raises Unfinished.

    Brackets and quotes end an unquoted operand, so text that holds them must be quoted, and so
    must text with a space at either end.
    """
    end = _BARE.match(text, start).end()  # type: ignore[union-attr]  # it matches "" too
    if end < len(text) and text[end] in '("':
        meant = _MEANT.match(text, start)
        whole = meant.group() if meant else ""
        raise Unfinished(
            f"text that holds {text[end]} must be quoted",
            position=end,
            edit=Edit(start, start + len(whole), quoted(whole)),
        )
    plain = text[start:end]
    if plain and (plain[0] == " " or plain[-1] == " "):
        # Kept, the space would silently match nothing.
        detail = "text that begins or ends with a space must be quoted"
        raise Unfinished(detail, position=start, edit=Edit(start, end, plain.strip(" ")))
    return Operand(plain, False, start, end)


def list_at(text: str, start: int) -> tuple[tuple[Operand, ...], int]:
    """The list whose bracket opens here, and where it ends. Raises Unfinished."""
    operands, end = _items(text, start + 1, ends_at_joint=False)
    if not text.startswith(")", end):
        edit = Edit(end, end, ")")
        raise Unfinished("the bracket of this list is never closed", position=start, edit=edit)
    return operands, end + 1


def _listed_here(value: str, start: int) -> tuple[tuple[Operand, ...], int]:
    """Level 1's list: in brackets, or up to AND, OR or the end of the value."""
    if value.startswith("(", start):
        return list_at(value, start)
    return _items(value, start, ends_at_joint=True)


def _items(text: str, start: int, *, ends_at_joint: bool) -> tuple[tuple[Operand, ...], int]:
    operands = []
    position = start
    while True:
        if text.startswith('"', position):
            operand = quoted_at(text, position)
        else:
            operand = _item_at(text, position, ends_at_joint=ends_at_joint)
        operands.append(operand)
        if operand.end == len(text) or text[operand.end] != ",":
            return tuple(operands), operand.end
        position = operand.end + 1


def _item_at(text: str, start: int, *, ends_at_joint: bool) -> Operand:
    joint = None
    if ends_at_joint:
        bare_end = _BARE.match(text, start).end()  # type: ignore[union-attr]  # it matches "" too
        joint = _JOINT.search(text, start, bare_end)
    if joint is None:
        operand = bare_at(text, start)
    else:
        operand = Operand(text[start : joint.start()], False, start, joint.start())
    if operand.text:
        return operand
    detail = 'a value of the list is missing here; write "" for empty text'
    comma = text.startswith(",", operand.end)
    before = start - 1 if start and text[start - 1] == "," and not comma else start
    edit = Edit(before, operand.end + comma, "")
    raise Unfinished(detail, position=start, edit=edit)


def _joint(value: str, end: int, start: int) -> re.Match[str] | None:
    """The AND or OR that follows a quoted operand or a list, where the value goes on at all."""
    joint = _JOINT.match(value, end)
    if joint is None and end < len(value):
        detail = "only AND or OR and an operator may follow here"
        edit = Edit(start, len(value), quoted(value[start:]))
        raise Unfinished(detail, position=end, edit=edit)
    return joint
