"""Level 1 of the grammar, where each field is a parameter: `total=gte:100`, `total[gte]=100`."""

import re
from dataclasses import replace
from typing import Final

from app.kernel.errors import Fault
from app.query.comparison import Slip
from app.query.faults import closest, corrected, shown
from app.query.fields import Field, QueryFields
from app.query.grammar import OPERATOR_WORDS, Condition, Predicate, all_of, any_of
from app.query.meant import (
    alternatives,
    between,
    foreign_first,
    is_grouped,
    meant_by,
    nearest,
    signed,
)
from app.query.places import slip_fault, syntax_fault
from app.query.reading import Reading, too_many_comparisons
from app.query.terms import Term, Unfinished, only_term, quoted, terms
from app.query.values import DecimalType, IntegerType, TextType

# What looks like an operator in front of an operand, though it is none.
_LIKE_AN_OPERATOR: Final = re.compile(r"([A-Za-z_]{1,12}):")
_JOINING_WORD: Final = re.compile(r" (?:AND|OR) ")


def read_field(reading: Reading, name: str, value: str) -> None:
    """`field=value`, `field=op:value`, and several of the latter joined by AND and OR."""
    declared = reading.fields.by_name[name]
    try:
        written = terms(value)
    except Unfinished as fault:
        reading.refuse(syntax_fault(fault, parameter=name, text=value, field=name))
        return
    alternatives: list[Condition] = []
    for together in written:
        found: list[Condition] = []
        for term in together:
            held = _held(reading, declared, term, parameter=name, text=value)
            if held is not None:
                found.append(held)
        joined = all_of(found)
        if joined is not None:
            alternatives.append(joined)
    meant = any_of(alternatives)
    if meant is not None:
        reading.conditions.append(meant)


def read_bracketed(reading: Reading, name: str, operator: str, value: str) -> None:
    """`field[op]=value`, the other spelling of `field=op:value`."""
    parameter = f"{name}[{operator}]"
    declared = reading.fields.by_name.get(name)
    if declared is None:
        reading.refuse(_unknown_field(reading.fields, name, operator, value))
        return
    if operator not in OPERATOR_WORDS:
        reading.refuse(_unknown_operator(declared, parameter, operator, value))
        return
    try:
        term = only_term(value, operator=operator)
    except Unfinished as fault:
        reading.refuse(syntax_fault(fault, parameter=parameter, text=value, field=name))
        return
    held = _held(reading, declared, term, parameter=parameter, text=value, is_bracketed=True)
    if held is not None:
        reading.conditions.append(held)


def _held(
    reading: Reading,
    declared: Field,
    term: Term,
    *,
    parameter: str,
    text: str,
    is_bracketed: bool = False,
) -> Condition | None:
    """The comparison as a predicate; None where it is one too many or refused."""
    name = declared.name
    if not reading.takes_another():
        if reading.is_first_too_many:
            fault = too_many_comparisons(reading.limits)
            reading.refuse(replace(fault, parameter=parameter, position=term.start, field=name))
        return None
    if told := _foreign(reading, declared, term):
        reading.refuse(slip_fault(told, term, field=name, parameter=parameter, text=text))
        return None
    operator = term.operator or "eq"
    value, slips = reading.compared(declared, operator, term.operands)
    if not slips:
        return Predicate(name, operator, value, parameter, term.operands[0].position)
    for slip in slips:
        closer = _told_closer(slip, term, declared, timezone=reading.under.timezone)
        fault = slip_fault(
            closer, term, field=name, parameter=parameter, text=text, is_bracketed=is_bracketed
        )
        reading.refuse(fault)
    return None


def _foreign(reading: Reading, declared: Field, term: Term) -> Slip | None:
    """The slip of text that begins with an operator of other interfaces; None for other text."""
    operand = term.operands[0]
    if term.operator is not None or operand.is_quoted:
        return None
    found = foreign_first(operand.text)
    if found is None or not declared.offered:
        return None
    word, behind = found
    meant = meant_by(word, behind, declared.offered)
    cure = f"{meant.operator}:{meant.text}" if meant else None
    suggestions = nearest(word, declared.offered)
    if suggestions == ("gte", "lte"):
        cure = between(behind, declared, timezone=reading.under.timezone)
    literal = ""
    if isinstance(declared.type, TextType):
        literal = f"; the text itself is written eq:{quoted(shown(operand.text))}"
    return Slip(
        "unknown_operator",
        f"there is no operator '{word}'; {declared.name} has"
        f" {', '.join(declared.offered)}{literal}",
        operand,
        suggestions=suggestions,
        operand_cure=cure,
    )


def _commas(slip: Slip, text: str, declared: Field) -> Slip:
    """A list without in:, unless a comma may part the thousands of a number."""
    meant = f"in:{text}"
    if isinstance(declared.type, DecimalType | IntegerType) and is_grouped(text):
        whole = text.replace(",", "")
        is_either = isinstance(declared.type, IntegerType) or "." not in text
        return replace(slip, suggestions=(whole, meant) if is_either else ())
    detail = f"{slip.detail}; a list stands behind in:"
    return replace(slip, detail=detail, suggestions=(meant,), operand_cure=meant)


def _told_closer(slip: Slip, term: Term, declared: Field, *, timezone: str) -> Slip:
    """What a value that no operator stands before was most likely meant to be."""
    operand = slip.operand
    if operand is None or operand.is_quoted or term.operator is not None:
        return slip
    text = operand.text
    if several := alternatives(text, declared, timezone=timezone):
        return replace(slip, suggestions=(several,), operand_cure=several)
    if meant := signed(text, declared, timezone=timezone):
        return replace(slip, suggestions=(meant,), operand_cure=meant)
    looks = _LIKE_AN_OPERATOR.match(text)
    is_number = isinstance(declared.type, DecimalType)
    if "," in text and "in" in declared.offered and not looks:
        return slip if slip.suggestions and is_number else _commas(slip, text, declared)
    if slip.suggestions:
        return slip
    if looks:
        known = closest(looks.group(1), declared.offered)
        return replace(
            slip,
            code="unknown_operator",
            detail=f"there is no operator '{looks.group(1)}'; {declared.name} has"
            f" {', '.join(declared.offered)}",
            suggestions=known,
            operand_cure=f"{known[0]}:{text[looks.end() :]}" if known else None,
        )
    if _JOINING_WORD.search(text):
        hint = "AND and OR join comparisons where an operator follows, as in AND lt:"
        return replace(slip, detail=f"{slip.detail}; {hint}")
    return slip


def _unknown_operator(field: Field, parameter: str, operator: str, value: str) -> Fault:
    """`field[operator]=value` with a word that is no operator."""
    suggestions = nearest(operator, field.offered)
    meant = meant_by(operator, value, field.offered)
    return Fault(
        "unknown_operator",
        f"there is no operator '{shown(operator)}'; {field.name} has {', '.join(field.offered)}",
        parameter=shown(parameter),
        field=field.name,
        suggestions=suggestions,
        fix=corrected(f"{field.name}[{meant.operator}]", meant.text) if meant else None,
    )


def _unknown_field(fields: QueryFields, name: str, operator: str, value: str) -> Fault:
    suggestions = closest(name, fields.filterable)
    return Fault(
        "unknown_field",
        f"{fields.resource} has no filterable field '{shown(name)}'",
        parameter=shown(f"{name}[{operator}]"),
        field=shown(name),
        suggestions=suggestions,
        fix=corrected(f"{suggestions[0]}[{operator}]", value) if suggestions else None,
    )
