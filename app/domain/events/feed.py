"""The changes of an organisation after a place in its sequence."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, bindparam
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


_AFTER: Final = Prepared(
    columns_of(
        Change,
        Change.sequence,
        Change.resource,
        Change.row_id,
        Change.deed,
        Change.version,
        Change.at,
    )
    .where(Change.sequence > bindparam("after", type_=BigInteger()))
    .order_by(Change.sequence)
    .limit(bindparam("rows", type_=BigInteger()))
)


def changes_after(
    session: Session, *, organisation: str, after: int, rows_max: int
) -> list[ChangeTold]:
    """At most so many changes that follow the place `after`, in their order.

    None of them is ever preceded by one that shows itself later: places are taken under a lock
    that is held until the commit (see `note`).
    """
    given = {"organisation": organisation, "after": after, "rows": rows_max}
    return [ChangeTold(*row) for row in fetch(session, _AFTER, given)]
