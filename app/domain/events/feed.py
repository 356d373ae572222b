"""The changes of an organisation after a place in its sequence."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from sqlalchemy import BigInteger, bindparam, literal_column, union_all
from sqlalchemy.orm import Session

from app.domain.events.tables import Change
from app.storage.fetch import Prepared, fetch
from app.storage.tenancy import columns_of


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """One change; `deed` is created, updated or deleted, `at_us` microseconds since 1970."""

    sequence: int
    resource: str
    id: str
    deed: str
    version: int
    at_us: int


# Wider than any number of rows, on both databases.
_NUMBER: Final = BigInteger()


def changes_after(
    session: Session, *, organisation: str, resources: Iterable[str], after: int, rows_max: int
) -> list[ChangeTold]:
    """At most so many changes of these resources that follow the place `after`, in their order.

    None of them is ever preceded by one that shows itself later: places are taken under a lock
    that is held until the commit (see `note`), and all is read in one statement.
    """
    given = {"organisation": organisation, "after": after, "rows": rows_max}
    rows = fetch(session, _following(tuple(sorted(resources))), given)
    return [ChangeTold(*row) for row in rows]


@cache
def _following(resources: tuple[str, ...]) -> Prepared:
    """The statement for one choice of resources; there are as many as there are scopes.

    Each is read along an index of its own: what a reader is not told of is not looked at
    either, so that it costs nothing and shows in nothing.
    """
    rows = bindparam("rows", type_=_NUMBER)
    parts = [
        columns_of(
            Change,
            Change.sequence,
            Change.resource,
            Change.row_id,
            Change.deed,
            Change.version,
            Change.at,
        )
        .where(
            Change.resource == literal_column(f"'{resource}'"),
            Change.sequence > bindparam("after", type_=_NUMBER),
        )
        .order_by(Change.sequence)
        .limit(rows)
        .subquery()
        for resource in resources
    ]
    together = union_all(*(part.select() for part in parts)).subquery()
    return Prepared(together.select().order_by(together.c.sequence).limit(rows))
