"""How often the contacts of an organisation have been renamed, for whoever keeps their names."""

from typing import Final

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from app.storage.oids import OidCounter, next_oid
from app.storage.tenancy import ORGANISATION

# The head (see `heads_of`) that rises with every new name.
NAMES: Final = "contact-names"
_COUNTER: Final = "contact_names"

# For statements that show names: a column of the statement's own moment, the same in each row.
RENAMINGS: Final[ColumnElement[int]] = func.coalesce(
    select(OidCounter.value)
    .where(OidCounter.org_id == ORGANISATION, OidCounter.name == literal_column(f"'{_COUNTER}'"))
    .scalar_subquery(),
    literal_column("0"),
)


def count_renaming(session: Session, *, organisation: str) -> None:
    """Count one, in the transaction that renames: what was kept before has no meaning after."""
    next_oid(session, organisation=organisation, table=_COUNTER)
