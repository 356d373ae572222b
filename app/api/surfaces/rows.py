"""Rows as bytes: rendered once, and kept for as long as what they show stays the same."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.api.resources.resource import Key, Resource
from app.api.resources.showing import WHOLE, Showing, show
from app.api.surfaces.answers import written
from app.api.surfaces.visit import Visit


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
    rows, of which its key says nothing: it is neither kept nor taken from what was.
    """
    organisation = visit.organisation.id
    if showing.expanded:
        found = resource.by_id(session, organisation=organisation, ids=[key[0] for key in keys])
        records = [found[key[0]] for key in keys if key[0] in found]
        whole = show(resource, session, records, organisation=organisation, showing=showing)
        return [written(row) for row in whole]
    kept = visit.door.kept
    # A row shown in part is kept beside the whole one, under a key that says which part it is.
    part = (showing.paths,) if showing.paths else ()
    rows = kept.rows(organisation, [(*key, *part) for key in keys] if part else keys)
    missing = [key[0] for key, row in zip(keys, rows, strict=True) if row is None]
    if missing:
        fresh: dict[str, bytes] = {}
        for record in resource.by_id(session, organisation=organisation, ids=missing).values():
            [shown] = show(resource, session, (record,), organisation=organisation, showing=showing)
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
    organisation = visit.organisation.id
    [part] = show(resource, session, (record,), organisation=organisation, showing=showing)
    shown = written(part)
    return shown, tags.of_part(row, shown)
