"""Keep what the planner knows of the tables up to date."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# SQLite learns about its tables only when it is asked to; PostgreSQL's autovacuum does it alone.
KEEP_UP = {"sqlite": "PRAGMA optimize"}


def gather_statistics(session: Session) -> None:
    """Look at every table now: after many rows arrived at once."""
    session.flush()
    session.execute(text("ANALYZE"))


def keep_statistics(session: Session) -> None:
    """Look again at the tables that have changed much, where the database does not by itself."""
    statement = KEEP_UP.get(session.get_bind().dialect.name)
    if statement is not None:
        session.execute(text(statement))
