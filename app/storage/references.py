"""Which tables still point at a row, found from the foreign keys themselves."""

import re
from functools import cache
from typing import Any

from sqlalchemy import ForeignKeyConstraint, FromClause, Table, bindparam
from sqlalchemy.orm import Session, class_mapper

from app.storage.db import Row
from app.storage.tenancy import columns_of
from app.storage.types import OwnedRow

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def references_to(
    session: Session, table: type[OwnedRow], *, organisation: str, row_id: str
) -> tuple[str, ...]:
    """What refers to a row of one organisation, in words: ("Invoice", "Credit note")."""
    parameters = {"organisation": organisation, "row_id": row_id}
    return tuple(
        title
        for title, statement in _pointing_at(class_mapper(table).local_table)
        if session.execute(statement, parameters).first() is not None
    )


@cache
def _pointing_at(table: FromClause) -> tuple[tuple[str, Any], ...]:
    found = []
    for mapper in sorted(Row.registry.mappers, key=lambda mapper: mapper.class_.__name__):
        if not issubclass(mapper.class_, OwnedRow) or not isinstance(mapper.local_table, Table):
            continue
        for key in mapper.local_table.foreign_key_constraints:
            if key.referred_table is table and key.ondelete is None:
                column = _pointer_column(key)
                statement = columns_of(mapper.class_, column).where(column == bindparam("row_id"))
                found.append((_title(mapper.class_.__name__), statement.limit(1)))
    return tuple(found)


def _pointer_column(key: ForeignKeyConstraint) -> Any:
    """The column of a composite key (org_id, x_id) that names the row."""
    return next(column for column in key.columns if column.name != "org_id")


def _title(name: str) -> str:
    return _WORD.sub(" ", name).capitalize()
