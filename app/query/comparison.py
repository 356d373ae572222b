"""One written comparison made into a predicate of its field, or refused with the reason."""

import re
from dataclasses import dataclass, replace
from typing import Final

from app.kernel.errors import Fault
from app.query.faults import closest, corrected, shown
from app.query.fields import Field
from app.query.grammar import OPERATORS, Predicate, Value
from app.query.terms import Term, Unfinished
from app.query.values import Unreadable

# What looks like an operator in front of an operand, though it is none.
_LIKE_AN_OPERATOR: Final = re.compile(r"([A-Za-z_]{1,12}):")
_JOINING_WORD: Final = re.compile(r" (?:AND|OR) ")


class Refused(Exception):
    """The comparison cannot be made; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Comparison:
    """A term of a parameter's value, and the field that it is about."""

    field: Field
    parameter: str
    value: str
    term: Term


def predicate(written: Comparison, *, timezone: str) -> Predicate:
    """The predicate that was meant. Raises Refused."""
    field, term = written.field, written.term
    operator = term.operator or "eq"
    if operator not in field.offered:
        raise Refused(_operator_not_allowed(written, operator))
    read: Value = None
    if term.text != "null" or term.is_quoted:
        try:
            read = field.type.read(term.text, timezone=timezone)
        except Unreadable as unreadable:
            raise Refused(_unreadable(written, unreadable.suggestions)) from None
    elif not OPERATORS[operator].takes_null:
        raise Refused(_null_compared(written, operator))
    return Predicate(field.name, operator, read, written.parameter, term.position)


def unknown_operator(field: Field, parameter: str, operator: str, value: str) -> Fault:
    """`field[operator]=value` with a word that is no operator."""
    suggestions = closest(operator, field.offered)
    return Fault(
        "unknown_operator",
        f"there is no operator '{shown(operator)}'; {field.name} has {', '.join(field.offered)}",
        parameter=shown(parameter),
        field=field.name,
        suggestions=suggestions,
        fix=corrected(f"{field.name}[{suggestions[0]}]", value) if suggestions else None,
    )


def unfinished(field: Field, parameter: str, value: str, fault: Unfinished) -> Fault:
    """A value whose quotes do not hold; the cure takes the rest of it literally."""
    rest = value[fault.start :].replace("\\", "\\\\").replace('"', '\\"')
    return Fault(
        "syntax",
        fault.detail,
        parameter=parameter,
        position=fault.position,
        field=field.name,
        fix=corrected(parameter, f'{value[: fault.start]}"{rest}"'),
    )


def _operator_not_allowed(written: Comparison, operator: str) -> Fault:
    field, term, value = written.field, written.term, written.value
    how = f"only with {', '.join(field.offered)}" if field.offered else "with nothing"
    position, fix = 0, None
    # The bracketed form has its operator in the parameter's name, and its operand at once.
    is_bracketed = term.operator is not None and term.position == 0
    if field.offered and is_bracketed:
        fix = corrected(f"{field.name}[{field.offered[0]}]", value)
    elif field.offered:
        position = term.position - len(operator) - 1 if term.operator else term.position
        fix = corrected(
            field.name, f"{value[:position]}{field.offered[0]}:{value[term.position :]}"
        )
    return Fault(
        "operator_not_allowed",
        f"{field.name} is compared {how}, not with {operator}",
        parameter=written.parameter,
        position=position,
        field=field.name,
        suggestions=field.offered,
        fix=fix,
    )


def _null_compared(written: Comparison, operator: str) -> Fault:
    name = written.field.name
    return Fault(
        "bad_value",
        f'null has no order, so {operator} matches nothing; write eq:null, not:null or "null"',
        parameter=written.parameter,
        position=written.term.position,
        field=name,
        suggestions=("eq:null", "not:null"),
        fix=corrected(name, "eq:null"),
    )


def _unreadable(written: Comparison, suggestions: tuple[str, ...]) -> Fault:
    field, term, value = written.field, written.term, written.value
    fault = Fault(
        "bad_value",
        f"{field.name} must be {field.type.expects}; '{shown(term.text)}' is not",
        parameter=written.parameter,
        position=term.position,
        field=field.name,
        suggestions=suggestions,
    )
    before, after = value[: term.position], value[term.end :]
    if suggestions:
        return replace(fault, fix=corrected(written.parameter, before + suggestions[0] + after))
    looks = _LIKE_AN_OPERATOR.match(term.text)
    if looks and term.operator is None and not term.is_quoted:
        known = closest(looks.group(1), field.offered)
        rest = term.text[looks.end() :] + after
        return replace(
            fault,
            code="unknown_operator",
            detail=f"there is no operator '{looks.group(1)}'; {field.name} has"
            f" {', '.join(field.offered)}",
            suggestions=known,
            fix=corrected(written.parameter, f"{before}{known[0]}:{rest}") if known else None,
        )
    if _JOINING_WORD.search(term.text):
        hint = "AND and OR join comparisons where an operator follows, as in AND lt:"
        return replace(fault, detail=f"{fault.detail}; {hint}")
    return fault
