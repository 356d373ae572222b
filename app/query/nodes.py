"""The conditions of level 3: objects of field, op and value, inside and, or and not."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.kernel.errors import Fault
from app.query.comparison import SLIPS_PER_LIST_MAX, Slip, compare, listed, not_one
from app.query.faults import closest, shown
from app.query.fields import Field
from app.query.filter import JOINING
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
from app.query.reading import Reading, too_many_comparisons
from app.query.terms import Operand
from app.query.values import BooleanType, DecimalType, IntegerType, Unreadable

LEAF: Final = ("field", "op", "value")

_EXPECTED: Final = "an object with field, op and value, or with and, or or not"
_NUMBER_BITS_MAX: Final = 63
_NUMBER_DIGITS_MAX: Final = 19


class _Over(Exception):
    """Nothing more of the tree is read; why has been told."""


def pointed_at(pointer: str, step: str | int) -> str:
    """A step further down a JSON pointer (RFC 6901 §3)."""
    return f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"


def read_node(reading: Reading, node: object, pointer: str) -> Condition | None:
    """The condition of a tree; None where something in it was refused.

    Raises Enough where its faults are all that will be told.
    """
    try:
        return _condition(reading, node, pointer, 0)
    except _Over:
        return None


def _condition(reading: Reading, node: object, pointer: str, depth: int) -> Condition | None:
    if not isinstance(node, dict):
        _count(reading, pointer)
        reading.refuse(Fault("syntax", f"a condition is {_EXPECTED}", pointer=pointer))
        return None
    word = next((word for word in JOINING if word in node), None)
    if word is None:
        _count(reading, pointer)
        return _comparison(reading, node, pointer)
    at = pointed_at(pointer, word)
    if len(node) > 1:
        _count(reading, pointer)
        detail = f"{word} stands alone in its object"
        reading.refuse(Fault("syntax", detail, pointer=pointer))
        return None
    if depth == reading.limits.nesting_max:
        detail = f"and, or and not stand at most {depth} deep inside one another"
        reading.refuse(Fault("too_deep", detail, pointer=at))
        return None
    if word == "not":
        term = _condition(reading, node[word], at, depth + 1)
        return None if term is None else Not(term)
    return _joined(reading, word, node[word], at, depth + 1)


def _joined(
    reading: Reading, word: str, inside: object, pointer: str, depth: int
) -> Condition | None:
    if not isinstance(inside, list) or not inside:
        _count(reading, pointer)
        detail = f"{word} joins a list of at least one condition"
        reading.refuse(Fault("syntax", detail, pointer=pointer))
        return None
    terms = [
        _condition(reading, term, pointed_at(pointer, index), depth)
        for index, term in enumerate(inside)
    ]
    held = [term for term in terms if term is not None]
    if len(held) != len(terms):
        return None
    return all_of(held) if word == "and" else any_of(held)


def _count(reading: Reading, pointer: str) -> None:
    """One more comparison, or what stands in the place of one. Raises _Over beyond the last."""
    if reading.takes_another():
        return
    if reading.is_first_too_many:
        fault = too_many_comparisons(reading.limits)
        reading.refuse(Fault(fault.code, fault.detail, pointer=pointer))
    raise _Over


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A comparison that names a known field and operator, where it stands."""

    field: Field
    operator: str
    pointer: str


def _comparison(reading: Reading, node: dict[str, object], pointer: str) -> Condition | None:
    has_form = _check_members(reading, node, pointer)
    field = _field(reading, node["field"], pointer) if "field" in node else None
    operator = _operator(reading, node, pointer, field) if "op" in node else None
    if field is None or operator is None or not has_form:
        return None
    leaf = _Leaf(field, operator, pointer)
    value = node["value"]
    entries = value if isinstance(value, list) else [value]
    takes_list = OPERATORS[operator].takes_list
    if isinstance(value, list) != takes_list or not entries:
        reading.refuse(_not_its_form(leaf, value))
        return None
    operands, slips = _operands(leaf, entries, reading)
    read, more = reading.compared(field, operator, operands) if operands else (None, ())
    for slip in (*slips, *more):
        reading.refuse(_fault(slip, leaf, operands, reading, is_listed=takes_list))
    return None if slips or more else Predicate(field.name, operator, read, pointer=pointer)


def _check_members(reading: Reading, node: dict[str, object], pointer: str) -> bool:
    absent = [name for name in LEAF if name not in node]
    strange = [name for name in node if name not in LEAF]
    if absent:
        verb = "is" if len(absent) == 1 else "are"
        detail = f"a condition is {_EXPECTED}; {listed(absent)} {verb} missing"
        reading.refuse(Fault("syntax", detail, pointer=pointer))
    for name in strange:
        reading.refuse(
            Fault(
                "syntax",
                f"a condition has no member '{shown(name)}'",
                pointer=pointed_at(pointer, shown(name)),
                suggestions=closest(name, (*LEAF, *JOINING)),
            )
        )
    return not absent and not strange


def _field(reading: Reading, name: object, pointer: str) -> Field | None:
    fields = reading.fields
    declared = fields.by_name.get(name) if isinstance(name, str) else None
    if declared is not None and declared.offered:
        return declared
    text = name if isinstance(name, str) else ""
    suggestions = closest(text, fields.filterable)
    reading.refuse(
        Fault(
            "unknown_field",
            f"{fields.resource} has no filterable field '{shown(text)}'",
            pointer=pointed_at(pointer, "field"),
            field=shown(text) or None,
            suggestions=suggestions,
            fix=json.dumps(suggestions[0]) if suggestions else None,
        )
    )
    return None


def _operator(
    reading: Reading, node: dict[str, object], pointer: str, field: Field | None
) -> str | None:
    word = node["op"]
    if isinstance(word, str) and word in OPERATORS:
        return word
    text = word if isinstance(word, str) else ""
    offered = OPERATOR_WORDS if field is None else field.offered
    suggestions = nearest(text, offered)
    value = node.get("value")
    meant = meant_by(text, value if isinstance(value, str) else "", offered)
    # A body keeps its value, so a word that would need another value has no fix.
    is_sure = meant is not None and (not isinstance(value, str) or meant.text == value)
    reading.refuse(
        Fault(
            "unknown_operator",
            f"there is no operator '{shown(text)}'; operators are {', '.join(offered)}",
            pointer=pointed_at(pointer, "op"),
            field=None if field is None else field.name,
            suggestions=suggestions,
            fix=json.dumps(suggestions[0]) if is_sure else None,
        )
    )
    return None


def _not_its_form(leaf: _Leaf, value: object) -> Fault:
    """A list where one value belongs, or one value where a list does."""
    if isinstance(value, list):
        slip = not_one(leaf.field, leaf.operator, Operand("", False, 0, 0))
        if value and slip.operator_cure is not None:
            fix = json.dumps(slip.operator_cure)
            at = pointed_at(leaf.pointer, "op")
            return Fault(
                slip.code,
                slip.detail,
                at,
                field=leaf.field.name,
                suggestions=slip.suggestions,
                fix=fix,
            )
        detail = slip.detail if value else f"the list behind {leaf.operator} is empty"
        at = pointed_at(leaf.pointer, "value")
        return Fault("bad_value", detail, at, field=leaf.field.name)
    is_plain = value is None or isinstance(value, str | int)
    return Fault(
        "bad_value",
        f"{leaf.operator} takes a list of values",
        pointed_at(leaf.pointer, "value"),
        field=leaf.field.name,
        fix=json.dumps([value]) if is_plain else None,
    )


def _operands(
    leaf: _Leaf, entries: list[object], reading: Reading
) -> tuple[tuple[Operand, ...], list[Slip]]:
    """The values as level 1 would write them, each at its index, and those that cannot be."""
    most = reading.under.list_values_max
    operands = []
    slips: list[Slip] = []
    for index, entry in enumerate(entries[: most + 1]):
        text = _text(leaf, entry)
        if text is not None:
            operands.append(Operand(text, entry is not None, index, index))
        elif len(slips) < SLIPS_PER_LIST_MAX:
            slips.append(_mistyped(leaf, entry, index, reading))
    return tuple(operands), slips


def _text(leaf: _Leaf, entry: object) -> str | None:
    """The value as text; None where its JSON type is not one that the field takes."""
    if entry is None:
        return "null"
    if isinstance(entry, str):
        return entry
    kind = leaf.field.type
    if isinstance(entry, bool):
        return str(entry).lower() if isinstance(kind, BooleanType) else None
    if not isinstance(kind, IntegerType | DecimalType) or leaf.operator in ("starts", "has"):
        return None
    return _digits(entry, is_whole=isinstance(kind, IntegerType))


def _digits(entry: object, *, is_whole: bool) -> str | None:
    """A JSON number as decimal digits, exactly; None for anything else, and for giants."""
    if isinstance(entry, int):
        return str(entry) if entry.bit_length() <= _NUMBER_BITS_MAX else None
    if not isinstance(entry, Decimal) or not entry.is_finite():
        return None
    if is_whole and entry.adjusted() < _NUMBER_DIGITS_MAX and entry == int(entry):
        return str(int(entry))
    return str(entry)


def _mistyped(leaf: _Leaf, entry: object, index: int, reading: Reading) -> Slip:
    """A value of another JSON type, with the text that would be right where one is."""
    cure = None
    if isinstance(entry, int) and not isinstance(entry, bool):
        cure = _digits(entry, is_whole=True)
        try:
            leaf.field.type.read(cure or "", timezone=reading.under.timezone)
        except Unreadable:
            cure = None
    return Slip(
        "bad_value",
        f"{leaf.field.name} must be {leaf.field.type.expects}, as JSON text"
        if not isinstance(leaf.field.type, IntegerType | DecimalType | BooleanType)
        else f"{leaf.field.name} must be {leaf.field.type.expects}",
        Operand("", False, index, index),
        operand_cure=cure,
    )


def _fault(
    slip: Slip, leaf: _Leaf, operands: tuple[Operand, ...], reading: Reading, *, is_listed: bool
) -> Fault:
    """A slip at the member where its cure belongs, or where the value stands."""
    fix = None
    if slip.operator_cure is not None:
        pointer = pointed_at(leaf.pointer, "op")
        takes_list = OPERATORS[slip.operator_cure].takes_list
        _, left = compare(leaf.field, slip.operator_cure, operands, under=reading.under)
        if not left and takes_list == is_listed:
            fix = json.dumps(slip.operator_cure)
    elif slip.operand is None:
        pointer = pointed_at(leaf.pointer, "op")
    else:
        pointer = pointed_at(leaf.pointer, "value")
        if is_listed:
            pointer = pointed_at(pointer, slip.operand.position)
        fix = None if slip.operand_cure is None else json.dumps(slip.operand_cure)
    return Fault(
        slip.code,
        slip.detail,
        pointer=pointer,
        field=leaf.field.name,
        suggestions=slip.suggestions,
        fix=fix,
    )
