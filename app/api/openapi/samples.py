"""What callers may send, as samples: a body for each address that takes one, a value per field."""

from collections.abc import Mapping
from typing import Final

from app.kernel.ids import ULID_LENGTH
from app.query.fields import Field
from app.query.values import CodeType, IdType

# ULIDs that read as samples; whoever sends one puts an id of their own in its place.
SAMPLE_ULID: Final = "01JZ9XQ4M7C2V8R5T1W3Y6K0NB"
SECOND_ULID: Final = "01JZ9XQ4M7C2V8R5T1W3Y6K0NC"

# What is sent, by the end of the address after the resource's name.
BODIES: Final[Mapping[str, Mapping[str, Mapping[str, object]]]] = {
    "contacts": {
        "": {
            "type": "company",
            "status": "customer",
            "company_name": "Acme Pty Ltd",
            "email": "accounts@acme.example",
            "addresses": [
                {"type": "billing", "street": "1 Wharf Road", "city": "Sydney", "country": "AU"}
            ],
        },
        "/{id}": {"email": "accounts@acme.example"},
        "/query": {
            "filter": {"field": "status", "op": "in", "value": ["customer", "lead"]},
            "sort": ["name"],
            "limit": 20,
        },
    },
    "invoices": {
        "": {
            "contact_id": f"con_{SAMPLE_ULID}",
            "date": "2026-03-02",
            "due_date": "2026-04-01",
            "reference": "PO 4711",
            "lines": [{"description": "Design work", "quantity": "8", "unit_price": "120.00"}],
        },
        "/{id}": {"reference": "PO 4711", "notes": "Thank you for your trust."},
        "/query": {
            "filter": {
                "or": [
                    {"field": "status", "op": "in", "value": ["draft", "open"]},
                    {"field": "due_date", "op": "lt", "value": "2026-01-01"},
                ]
            },
            "sort": ["-due_date"],
            "limit": 20,
        },
    },
    "tax-rates": {"/query": {"filter": {"field": "rate", "op": "gt", "value": "0"}, "limit": 20}},
}

# Two values that each type reads, by its name.
_BY_TYPE: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("Acme", "Wattle"),
    "integer": ("1042", "1043"),
    "decimal": ("1320.00", "100"),
    "date": ("2026-03-31", "2026-Q1"),
    "instant": ("2026-03-31T09:00:00Z", "2026-03-31"),
    "boolean": ("true", "false"),
}
# What says more of a field than its type does, by the last part of its name.
_BY_NAME: Final[Mapping[str, tuple[str, str]]] = {
    "number": ("INV-0042", "INV-0043"),
    "currency": ("AUD", "EUR"),
    "reference": ("PO 4711", "PO 4712"),
    "notes": ("deposit paid", "deposit"),
    "company_name": ("Acme Pty Ltd", "Wattle & Co"),
    "first_name": ("Ada", "Grace"),
    "last_name": ("Lovelace", "Hopper"),
    "email": ("accounts@acme.example", "office@wattle.example"),
    "phone": ("+61 2 5550 1234", "+61 2 5550 5678"),
    "tax_number": ("51824753556", "83914571673"),
    "rate": ("10", "15"),
}
_BY_OPERATOR: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("name", "starts"): ("acm", "wat"),
    ("number", "starts"): ("INV-00", "INV-"),
    ("reference", "starts"): ("PO ", "PO"),
    ("email", "starts"): ("accounts@", "office@"),
}


def sample_id(prefix: str, ulid: str = SAMPLE_ULID) -> str:
    """An id of that prefix, for samples."""
    assert len(ulid) == ULID_LENGTH
    return f"{prefix}_{ulid}"


def body_of(resource: str, end: str) -> Mapping[str, object] | None:
    """What is sent to an address of a resource, by its end; None where nothing is."""
    return BODIES.get(resource, {}).get(end)


def values_of(field: Field, operator: str = "eq") -> tuple[str, str]:
    """Two values that a field may be compared with."""
    if isinstance(field.type, CodeType):
        return field.type.values[0], field.type.values[-1]
    if isinstance(field.type, IdType):
        return sample_id(field.type.prefix), sample_id(field.type.prefix, SECOND_ULID)
    name = field.name.rpartition(".")[2]
    return _BY_OPERATOR.get((name, operator)) or _BY_NAME.get(name) or _BY_TYPE[field.type.name]
