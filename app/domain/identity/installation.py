"""Facts about the database as a whole; above all, whether it holds demo data."""

from typing import Final

from sqlalchemy import Engine, inspect
from sqlalchemy.orm import Session

from app.domain.identity.tables import Installation
from app.kernel.errors import CountinghouseError
from app.storage.transaction import transaction

DEMO: Final = "demo"


class DemoRefused(CountinghouseError):
    """A production service must not open a database whose passwords are printed on screens."""

    kind, code, number = "rule", "demo_refused", 30

    def __init__(self) -> None:
        super().__init__(
            "Countinghouse cannot start: this database holds demo data, so production must not "
            "use it. Name another database in DATABASE_URL."
        )


def note(session: Session, *, name: str, value: str) -> None:
    """Note a fact about this database; a later note replaces an earlier one."""
    session.merge(Installation(name=name, value=value))
    session.flush()


def noted(session: Session, *, name: str) -> str | None:
    """The fact noted under a name, or None."""
    row = session.get(Installation, name)
    return None if row is None else row.value


def mark_demo(session: Session, *, version: str) -> None:
    """Mark the database as one that holds demo data, made by this version of it."""
    note(session, name=DEMO, value=version)


def refuse_demo(engine: Engine) -> None:
    """Refuse a database that holds demo data (security.md 2).

    A database without tables holds none. One that cannot be asked is not trusted either. Raises
    DemoRefused; whatever the database raises when it cannot be reached.
    """
    if not inspect(engine).has_table(Installation.__tablename__):
        return
    with transaction(engine, writes=False) as session:
        if holds_demo(session):
            raise DemoRefused


def holds_demo(session: Session) -> bool:
    """Whether this database is marked as one with demo data."""
    return noted(session, name=DEMO) is not None
