"""Small whole numbers for people and older clients: 1, 2, 3 … per organisation and table."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.storage.db import Row
from app.storage.types import BYTEWISE, Whole


class OidCounter(Row):
    """The last number of one series of one organisation.

    A series is the `oid` of a table, under the table's name, or a count of changes that others
    rely on, such as `contact_names`.
    """

    __tablename__ = "oid_counters"

    org_id: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    name: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    value: Mapped[Whole]


def next_oid(session: Session, *, organisation: str, table: str) -> int:
    """Take the next number; the row stays locked until the transaction ends."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(OidCounter)
        .values(org_id=organisation, name=table, value=1)
        .on_conflict_do_update(
            index_elements=["org_id", "name"], set_={"value": OidCounter.value + 1}
        )
        .returning(OidCounter.value)
    )
    return session.execute(statement).scalar_one()
