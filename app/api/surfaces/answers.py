"""What goes back: bodies put together from rows that are already rendered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from flask import Response

from app.api.resources.read import Unheeded
from app.query.explain import PlanTold
from app.query.read import Page

MEDIA_TYPE: Final = "application/json"

Headers = tuple[tuple[str, str], ...]

_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body and the headers that belong to it alone."""

    status: int
    body: bytes = b""
    headers: Headers = ()
    media_type: str = MEDIA_TYPE

    def response(self, headers: Headers) -> Response:
        """As Flask sends it, with the headers that every answer to this call carries."""
        own = (("Content-Type", self.media_type),) if self.body else ()
        response = Response(self.body, self.status, [*own, *self.headers, *headers])
        if not self.body:
            del response.headers["Content-Type"]
        return response


def written(value: object) -> bytes:
    """A JSON value as bytes."""
    return _encode(value)


def one(row: bytes, unheeded: Sequence[Unheeded] = ()) -> bytes:
    """One object; what was sent in vain is told beside it."""
    if not unheeded:
        return b'{"data":%b}' % row
    warnings = [{"pointer": each.pointer, "detail": each.detail} for each in unheeded]
    return b'{"data":%b,"warnings":%b}' % (row, _encode(warnings))


def many(rows: Sequence[bytes], page: Page, plan: PlanTold | None = None) -> bytes:
    """A page of objects, with how it was found where that was asked."""
    pagination: dict[str, object] = {
        "next_cursor": page.next_cursor,
        "prev_cursor": page.prev_cursor,
        "page": page.page,
        "per_page": page.per_page,
        "total": page.total,
        "total_is": page.total_is,
    }
    if page.scanned is not None:
        pagination["scanned"] = page.scanned
    shown = b",".join(rows)
    if plan is None:
        return b'{"data":[%b],"pagination":%b}' % (shown, _encode(pagination))
    return b'{"data":[%b],"pagination":%b,"plan":%b}' % (shown, _encode(pagination), _encode(plan))
