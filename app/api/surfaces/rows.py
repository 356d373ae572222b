"""Rows as bytes: rendered once, and kept for as long as what they show stays the same."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any, Final

import msgspec
from sqlalchemy.orm import Session

from app.api.resources.resource import Key, Resource
from app.api.resources.showing import WHOLE, Json, Showing, shown_as
from app.api.surfaces.answers import written
from app.api.surfaces.visit import Visit
from app.kernel.budget import Budget
from app.storage.batch import Batch

_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


# How many rows are read, and how many bytes put together, between two looks at the clock: with
# as many lines as a document may have, some 60 ms.
ROWS_AT_ONCE: Final = 5
BYTES_AT_ONCE: Final = 131_072
# A larger page takes longer to put together than any other request may wait for.
PAGE_BYTES_MAX: Final = 3_145_728


def rows_within(
    resource: Resource,
    session: Session,
    visit: Visit,
    keys: Sequence[Key],
    *,
    showing: Showing = WHOLE,
    budget: Budget,
) -> tuple[list[bytes], int]:
    """The rows with these keys, from the first on for as long as there is time and the page is
    not too large; how many of the keys that were. The first handful is shown in any case, so
    that whoever asks gets on.
    """
    shown: list[bytes] = []
    reached = size = 0
    while reached < len(keys) and (reached == 0 or (budget.left_s > 0 and size < PAGE_BYTES_MAX)):
        some = _handful(resource, visit, keys[reached:], showing=showing)
        shown += rows_of(resource, session, visit, some, showing=showing)
        reached += len(some)
        size = sum(map(len, shown))
    return shown, reached


def _handful(
    resource: Resource, visit: Visit, keys: Sequence[Key], *, showing: Showing
) -> Sequence[Key]:
    """As many of the keys as are shown without a look at the clock: all those that are kept as
    they are shown, or few enough of the others.
    """
    part = (showing.paths,) if showing.paths and not showing.expanded else ()
    kept = visit.door.kept.rows(visit.organisation.id, [(*key, *part) for key in keys])
    fresh = size = 0
    for count, row in enumerate(kept):
        fresh += row is None
        size += len(row or b"") if showing.expanded else 0
        if fresh > ROWS_AT_ONCE or (count and size > BYTES_AT_ONCE):
            return keys[:count]
    return keys


def rows_of(
    resource: Resource,
    session: Session,
    visit: Visit,
    keys: Sequence[Key],
    *,
    showing: Showing = WHOLE,
) -> list[bytes]:
    """The rows with these keys as bytes; only those not rendered before are read in full.

    Called by reading transactions alone (docs/decisions/0007): a row that is written may yet be
    rolled back, and its version then come to mean something else. What is expanded shows other
    rows, of which its key says nothing: it is put together afresh from rows that are kept whole.
    """
    if showing.expanded:
        plain = [_decode(row) for row in rows_of(resource, session, visit, keys)]
        whole = partial(_whole, session, visit)
        return [written(row) for row in shown_as(plain, showing, whole=whole)]
    kept, organisation = visit.door.kept, visit.organisation.id
    # A row shown in part is kept beside the whole one, under a key that says which part it is.
    part = (showing.paths,) if showing.paths else ()
    rows = kept.rows(organisation, [(*key, *part) for key in keys] if part else keys)
    missing = [key[0] for key, row in zip(keys, rows, strict=True) if row is None]
    if missing:
        fresh: dict[str, bytes] = {}
        for record in resource.by_id(session, organisation=organisation, ids=missing).values():
            [shown] = shown_as([resource.shape.write(record)], showing, whole=_nothing)
            row = fresh[record.id] = written(shown)
            # Under the key it was read with, which may be newer than the one it was listed with.
            kept.keep(organisation, (*resource.key_of(record), *part), row)
        rows = [row or fresh.get(key[0]) for key, row in zip(keys, rows, strict=True)]
    return [row for row in rows if row is not None]


def row_of(resource: Resource, record: Any) -> bytes:
    """One object shown whole."""
    return written(resource.shape.write(record))


def one_as_shown(
    resource: Resource, session: Session, visit: Visit, record: Any, *, showing: Showing
) -> tuple[bytes, str]:
    """One object as it was asked for, and the tag of that."""
    row, tags = row_of(resource, record), visit.door.tags
    if showing is WHOLE:
        return row, tags.of_row(row)
    [part] = shown_as([_decode(row)], showing, whole=partial(_whole, session, visit))
    shown = written(part)
    return shown, tags.of_part(row, shown)


def _whole(
    session: Session, visit: Visit, target: Resource, ids: Sequence[str]
) -> Mapping[str, Json]:
    """What is referred to, found by the keys that it has now."""
    keys = _keys_by_id(target).rows(session, organisation=visit.organisation.id, ids=ids)
    found = (_decode(row) for row in rows_of(target, session, visit, keys))
    return {str(row["id"]): row for row in found}


def _nothing(_target: Resource, _ids: Sequence[str]) -> Mapping[str, Json]:
    return {}


@cache
def _keys_by_id(resource: Resource) -> Batch:
    return Batch(resource.keys, by=resource.keys.selected_columns[0])
