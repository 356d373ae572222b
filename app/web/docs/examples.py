"""Examples of filters and bodies: what each type is compared with, and what is sent to make one."""

import json
from collections.abc import Mapping
from typing import Final

from app.kernel.ids import ULID_LENGTH
from app.query.faults import InvalidQuery
from app.query.fields import Field, QueryFields
from app.query.spell import spell
from app.query.values import CodeType, FieldType, IdType

# A ULID that reads as a sample; a test puts real ids in its place.
SAMPLE_ULID: Final = "01JZ9XQ4M7C2V8R5T1W3Y6K0NB"
EXAMPLES_MAX: Final = 4

# What is compared with a field of each type; those that the field does not offer are left out.
_BY_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("Acme", "starts:Ac", "in:Acme,Bolt", "has:acme"),
    "integer": ("gte:10 AND lt:20", "in:7,12"),
    "decimal": ("gte:100 AND lt:500.50", "0"),
    "date": ("2026-Q1", "gte:2026-01-01 AND lt:2026-04-01"),
    "instant": ("gte:2026-01-01T00:00:00Z", "2026-03-31"),
    "boolean": ("true",),
}
# Words that fit a field better than any text would.
_BY_NAME: Final[Mapping[str, tuple[str, ...]]] = {
    "currency": ("AUD", "in:AUD,EUR"),
    "email": ("accounts@acme.example", "starts:accounts@"),
    "number": ("INV-0042", "starts:INV-"),
    "phone": ("starts:+61",),
    "reference": ("PO 4711", "starts:PO"),
    "tax_number": ("starts:AU",),
    "first_name": ("Ada", "starts:Ad"),
    "last_name": ("Lovelace", "starts:Love"),
}

# What is sent to make and to change one of each resource.
BODIES: Final[Mapping[str, tuple[object, object]]] = {
    "contacts": (
        {"type": "company", "status": "customer", "company_name": "Acme Pty Ltd"},
        {"email": "accounts@acme.example"},
    ),
    "invoices": (
        {
            "contact_id": f"con_{SAMPLE_ULID}",
            "date": "2026-03-02",
            "due_date": "2026-04-01",
            "lines": [{"description": "Design work", "quantity": "8", "unit_price": "120.00"}],
        },
        {"reference": "PO 4711"},
    ),
}
# A query that shows what a list can do, where it has these fields.
LISTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "contacts": (("status", "customer"), ("sort", "name"), ("limit", "20")),
    "invoices": (("due_date", "lt:2026-01-01"), ("sort", "-due_date,-id"), ("limit", "20")),
}
PLAIN_LIST: Final = (("limit", "20"),)


def sample_id(prefix: str) -> str:
    """An id of that prefix, for samples."""
    assert len(SAMPLE_ULID) == ULID_LENGTH
    return f"{prefix}_{SAMPLE_ULID}"


def body_of(resource: str, *, is_new: bool) -> str | None:
    """What is sent to make or to change one, as JSON text; None where no sample is written."""
    bodies = BODIES.get(resource)
    return None if bodies is None else json.dumps(bodies[0 if is_new else 1])


def filters_of(field: Field, fields: QueryFields) -> tuple[str, ...]:
    """Operands of a field's parameter, each of which the grammar reads."""
    operands = [*(_BY_NAME.get(field.name) or _operands(field.type))]
    if field.has_nulls:
        operands.append("not:null")
    return tuple(each for each in operands if _is_read(fields, field.name, each))[:EXAMPLES_MAX]


def _operands(type: FieldType) -> tuple[str, ...]:
    if isinstance(type, CodeType):
        return (type.values[0], f"in:{','.join(type.values[:2])}")
    if isinstance(type, IdType):
        return (sample_id(type.prefix),)
    return _BY_TYPE.get(type.name, ())


def _is_read(fields: QueryFields, name: str, operand: str) -> bool:
    try:
        spell(fields, [(name, operand)])
    except InvalidQuery:
        return False
    return True
