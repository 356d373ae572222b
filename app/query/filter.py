"""Level 2 of the grammar: one expression, `filter=or(status:eq:draft,not(total:gt:100))`.

Functions and no infix words, so there is no precedence to get wrong. What cannot be taken apart
ends the reading of an expression; fields, operators and values that do not fit are told together.
"""

import re
from dataclasses import replace
from typing import Final

from app.kernel.errors import Fault
from app.query.faults import closest, corrected, shown
from app.query.grammar import (
    OPERATOR_WORDS,
    OPERATORS,
    Condition,
    Not,
    Predicate,
    all_of,
    any_of,
)
from app.query.meant import meant_by, nearest
from app.query.places import slip_fault, syntax_fault
from app.query.reading import Reading, too_many_comparisons
from app.query.terms import Edit, Operand, Term, Unfinished, bare_at, list_at, quoted_at

PARAMETER: Final = "filter"
JOINING: Final = ("and", "or", "not")

_FUNCTION: Final = re.compile(r" *(and|or|not)\(")
_COMPARISON: Final = re.compile(r' *([^():," ]+):([A-Za-z_]*):')
_JOINT: Final = re.compile(
    rf' +(AND|OR|and|or) +(?=[^():," ]+:(?:{"|".join(OPERATOR_WORDS)}):|(?:and|or|not)\()'
)
_SPACES: Final = re.compile(r" *")
# What is written where something else belongs.
_CALLED: Final = re.compile(r"([A-Za-z_]{1,12}) *\(")
_WITHOUT_OPERATOR: Final = re.compile(r'([^():,"<>=! ]+):(?=[^:])')
_SYMBOL: Final = re.compile(r'([^():,"<>=! ]+) *(<=|>=|!=|<>|==|=|<|>) *')
_BY_SYMBOL: Final = {
    **dict.fromkeys(("=", "=="), "eq"),
    **dict.fromkeys(("!=", "<>"), "not"),
    "<": "lt",
    "<=": "lte",
    ">": "gt",
    ">=": "gte",
}


def read_filter(reading: Reading, text: str) -> None:
    """Add the condition of one `filter` to those read so far; repeats of it hold together.

    Raises Enough where its faults are all that will be told.
    """
    expression = _Expression(reading, text)
    try:
        condition = expression.whole()
    except Unfinished as fault:
        reading.refuse(syntax_fault(fault, parameter=PARAMETER, text=text))
    except _Over:
        return
    else:
        if condition is not None:
            reading.conditions.append(condition)


class _Over(Exception):
    """Nothing more of this expression is read; why has been told."""


class _Expression:
    """One expression while it is read, from left to right, each character once."""

    __slots__ = ("at", "reading", "text")

    def __init__(self, reading: Reading, text: str) -> None:
        self.reading = reading
        self.text = text
        self.at = 0

    def whole(self) -> Condition | None:
        """The condition; None where something in it was refused."""
        condition = self._condition(0)
        self._skip_spaces()
        end = self.at
        edit: Edit | None
        if end == len(self.text):
            return condition
        if self.text[end] == ",":
            detail = "several conditions stand inside and(…) or or(…)"
            edit = Edit(0, len(self.text), f"and({self.text})")
        else:
            detail = "nothing may follow the end of the expression"
            edit = Edit(end, end + 1, "") if self.text[end] == ")" else None
        raise Unfinished(detail, position=end, edit=edit)

    def _condition(self, depth: int) -> Condition | None:
        opening = _FUNCTION.match(self.text, self.at)
        if opening is None:
            return self._comparison()
        start = opening.start(1)
        if depth == self.reading.limits.nesting_max:
            detail = f"and, or and not stand at most {depth} deep inside one another"
            self._refuse(Fault("too_deep", detail, position=start))
            raise _Over
        word = opening.group(1)
        self.at = opening.end()
        return self._joined(word, start, self._terms(start, depth + 1))

    def _terms(self, start: int, depth: int) -> list[Condition | None]:
        """The conditions inside a bracket, and past its end."""
        terms = []
        while True:
            terms.append(self._condition(depth))
            self._skip_spaces()
            following = self.text[self.at : self.at + 1]
            if following not in (",", ")"):
                detail = (
                    "a comma or a closing bracket is missing here"
                    if following
                    else f"the bracket of {self.text[start : start + 3].rstrip('(')} is not closed"
                )
                edit = None if following else Edit(self.at, self.at, ")")
                raise Unfinished(detail, position=self.at if following else start, edit=edit)
            self.at += 1
            if following == ")":
                return terms

    def _joined(self, word: str, start: int, terms: list[Condition | None]) -> Condition | None:
        if word == "not" and len(terms) > 1:
            inside = self.text[start + len("not(") : self.at - 1]
            detail = "not takes one condition; join several by and(…) or or(…)"
            edit = Edit(start, self.at, f"not(and({inside}))")
            self.reading.refuse(
                syntax_fault(
                    Unfinished(detail, position=start, edit=edit),
                    parameter=PARAMETER,
                    text=self.text,
                )
            )
            return None
        held = [term for term in terms if term is not None]
        if len(held) != len(terms):
            return None
        if word == "not":
            return Not(held[0])
        return all_of(held) if word == "and" else any_of(held)

    def _comparison(self) -> Condition | None:
        match = _COMPARISON.match(self.text, self.at)
        if match is None:
            self._explain_what_stands_here()
            raise _Over
        path, operator = match.groups()
        start = match.start(1)
        reading = self.reading
        if not reading.takes_another():
            if reading.is_first_too_many:
                self._refuse(replace(too_many_comparisons(reading.limits), position=start))
            raise _Over
        self.at = match.end()
        operands = self._operands(operator)
        declared = reading.fields.by_name.get(path)
        is_known = operator in OPERATOR_WORDS
        if declared is None or not declared.offered:
            self._unknown_field(path, start)
        if not is_known:
            offered = declared.offered if declared is not None else OPERATOR_WORDS
            self._unknown_operator(operator, match.start(2), offered)
        if declared is None or not is_known or not declared.offered:
            return None
        value, slips = reading.compared(declared, operator, operands)
        term = Term(operator, operands, match.start(2), self.at)
        for slip in slips:
            fault = slip_fault(slip, term, field=path, parameter=PARAMETER, text=self.text)
            reading.refuse(fault)
        return None if slips else Predicate(path, operator, value, PARAMETER, start)

    def _operands(self, operator: str) -> tuple[Operand, ...]:
        text, start = self.text, self.at
        if text.startswith("(", start):
            operands, self.at = list_at(text, start)
            return operands
        self._refuse_joint(start)
        operand = quoted_at(text, start) if text.startswith('"', start) else bare_at(text, start)
        self.at = operand.end
        if operator in OPERATORS and OPERATORS[operator].takes_list:
            edit = Edit(start, operand.end, f"({text[start : operand.end]})")
            detail = f"the list behind {operator} stands in brackets"
            raise Unfinished(detail, position=start, edit=edit)
        return (operand,)

    def _refuse_joint(self, start: int) -> None:
        """Raises Unfinished where AND or OR and a comparison follow a bare operand."""
        joint = _JOINT.search(self.text, start)
        if joint is None or any(mark in self.text[start : joint.start()] for mark in '(),"'):
            return
        words = {match.group(1).lower() for match in _JOINT.finditer(self.text)}
        edit = None
        if len(words) == 1 and not any(mark in self.text for mark in '(),"'):
            parts = ",".join(_JOINT.split(self.text)[::2])
            edit = Edit(0, len(self.text), f"{words.pop()}({parts})")
        detail = "conditions are joined by and(…) and or(…)"
        raise Unfinished(detail, position=joint.start() + 1, edit=edit)

    def _unknown_field(self, path: str, start: int) -> None:
        fields = self.reading.fields
        suggestions = closest(path, fields.filterable)
        edit = Edit(start, start + len(path), suggestions[0]) if suggestions else None
        fault = Fault(
            "unknown_field",
            f"{fields.resource} has no filterable field '{shown(path)}'",
            position=start,
            field=shown(path),
            suggestions=suggestions,
        )
        self._refuse(fault, edit)

    def _unknown_operator(self, operator: str, start: int, offered: tuple[str, ...]) -> None:
        written = self.text[start + len(operator) + 1 : self.at]
        suggestions = nearest(operator, offered)
        meant = meant_by(operator, written, offered)
        # The operand begins behind the colon, and ends where reading has come to.
        edit = None
        if meant is not None:
            edit = Edit(start, self.at, f"{meant.operator}:{meant.text}")
        fault = Fault(
            "unknown_operator",
            f"there is no operator '{shown(operator)}'; operators are {', '.join(offered)}",
            position=start,
            suggestions=suggestions,
        )
        self._refuse(fault, edit)

    def _explain_what_stands_here(self) -> None:
        """Refuse what is no condition, with the condition that was most likely meant."""
        self._skip_spaces()
        text, start = self.text, self.at
        suggestions: tuple[str, ...] = ()
        edit = None
        detail = "a condition such as status:eq:draft or and(…) is expected here"
        if called := _CALLED.match(text, start):
            word = called.group(1)
            detail = f"'{word}' is not one of and, or, not"
            suggestions = closest(word, JOINING)
            if suggestions:
                edit = Edit(start, called.end(), f"{suggestions[0]}(")
        elif bare := _WITHOUT_OPERATOR.match(text, start):
            detail = f"an operator is missing behind {shown(bare.group(1))}:"
            suggestions = ("eq",)
            edit = Edit(bare.end(), bare.end(), "eq:")
        elif symbol := _SYMBOL.match(text, start):
            operator = _BY_SYMBOL[symbol.group(2)]
            detail = f"operators are words here: {operator} in place of {symbol.group(2)}"
            suggestions = (operator,)
            edit = Edit(start, symbol.end(), f"{symbol.group(1)}:{operator}:")
        fault = Fault("syntax", detail, position=start, suggestions=suggestions)
        self._refuse(fault, edit)

    def _refuse(self, fault: Fault, edit: Edit | None = None) -> None:
        fix = None if edit is None else corrected(PARAMETER, edit.made_in(self.text))
        self.reading.refuse(replace(fault, parameter=PARAMETER, fix=fix))

    def _skip_spaces(self) -> None:
        self.at = _SPACES.match(self.text, self.at).end()  # type: ignore[union-attr]  # matches ""
