"""The one door to tenant rows: every statement on them starts here, with its organisation."""

from typing import Any, TypeVar

from sqlalchemy import BindParameter, Delete, Select, Update, bindparam, delete, select, update
from sqlalchemy.orm import Session

from app.storage.types import OrganisationRow, OwnedRow

Tenant = TypeVar("Tenant", bound=OrganisationRow)

ORGANISATION: BindParameter[str] = bindparam("organisation")


def rows_of(table: type[Tenant], *, organisation: str) -> Select[Tenant]:
    """Select whole rows of one organisation."""
    return select(table).where(table.org_id == organisation)


def columns_of(table: type[OrganisationRow], *columns: Any) -> Select[Any]:
    """Select columns of one organisation's rows, for statements that are prepared once.

    The organisation is the parameter `organisation`, given whenever the statement runs.
    """
    return select(*columns).where(table.org_id == ORGANISATION)


def joined(table: type[OwnedRow], *, to: type[OwnedRow], on: Any) -> Any:
    """The condition that joins two tenant tables: the same organisation, and `on`."""
    return (table.org_id == to.org_id) & on


def change(table: type[OrganisationRow], *, organisation: str) -> Update:
    """Update rows of one organisation."""
    return update(table).where(table.org_id == organisation)


def remove(table: type[OrganisationRow], *, organisation: str) -> Delete:
    """Delete rows of one organisation."""
    return delete(table).where(table.org_id == organisation)


def hold(session: Session, table: type[OwnedRow], *, organisation: str, id: str) -> None:
    """Hold one row until the transaction ends, so that two changes of it come one by one.

    On SQLite a transaction that writes holds the whole database already.
    """
    session.execute(
        select(table.id).where(table.org_id == organisation, table.id == id).with_for_update()
    )
