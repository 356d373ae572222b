"""What the samples of the reference send: queries, and bodies as the document has them."""

import json
from collections.abc import Mapping
from typing import Final

from app.api.openapi import samples

# A query that shows what a list can do.
LISTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "contacts": (("status", "customer"), ("sort", "name"), ("limit", "20")),
    "invoices": (("due_date", "lt:2026-01-01"), ("sort", "-due_date,-id"), ("limit", "20")),
}
PLAIN_LIST: Final = (("limit", "20"),)
FEED: Final = (("limit", "50"),)


def body_of(resource: str, *, path: str) -> str | None:
    """What is sent to an address of a resource, as JSON text; None where nothing is."""
    body = samples.body_of(resource, path.partition(resource)[2])
    return None if body is None else json.dumps(body)
