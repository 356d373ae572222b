"""What the samples send: queries, and bodies to make and to change one of each resource."""

import json
from collections.abc import Mapping
from typing import Final

from app.kernel.ids import ULID_LENGTH

# A ULID that reads as a sample; whoever runs one puts an id of their own in its place.
SAMPLE_ULID: Final = "01JZ9XQ4M7C2V8R5T1W3Y6K0NB"

# What is sent, by the end of the address after the resource's name.
BODIES: Final[Mapping[str, Mapping[str, object]]] = {
    "contacts": {
        "": {"type": "company", "status": "customer", "company_name": "Acme Pty Ltd"},
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
            "lines": [{"description": "Design work", "quantity": "8", "unit_price": "120.00"}],
        },
        "/{id}": {"reference": "PO 4711"},
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
# A query that shows what a list can do.
LISTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "contacts": (("status", "customer"), ("sort", "name"), ("limit", "20")),
    "invoices": (("due_date", "lt:2026-01-01"), ("sort", "-due_date,-id"), ("limit", "20")),
}
PLAIN_LIST: Final = (("limit", "20"),)
FEED: Final = (("limit", "50"),)


def sample_id(prefix: str) -> str:
    """An id of that prefix, for samples."""
    assert len(SAMPLE_ULID) == ULID_LENGTH
    return f"{prefix}_{SAMPLE_ULID}"


def body_of(resource: str, *, path: str) -> str | None:
    """What is sent to an address of a resource, as JSON text; None where no sample is written."""
    body = BODIES.get(resource, {}).get(path.partition(resource)[2])
    return None if body is None else json.dumps(body)
