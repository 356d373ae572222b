"""Rate plans: the built-in one, and what an operator set for one client or key."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.audit.record import record
from app.domain.clients.find import client_of
from app.gateway.limiter.decision import Window
from app.gateway.limiter.plan import parse_plan
from app.kernel.clock import epoch_s
from app.kernel.errors import Missing
from app.storage.db import Row
from app.storage.types import BYTEWISE, InstantS


class RatePlan(Row):
    """The windows an operator set for one subject, such as `100000/minute;50/second`."""

    __tablename__ = "rate_plans"

    subject: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)  # client:ID or key:ID
    windows: Mapped[str]
    updated_at: Mapped[InstantS]


class NoSuchSubject(Missing):
    """Nothing by this id can have a plan of its own."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"There is no {kind} {id[:64]!a}.")


# How to tell whether a subject exists, by its kind. A kind that is not here has no subjects.
EXISTS: Final[Mapping[str, Callable[[Session, str], bool]]] = MappingProxyType(
    {"client": lambda session, id: client_of(session, id) is not None}
)


def set_plan(session: Session, *, subject: str, windows: str) -> tuple[Window, ...]:
    """Replace every window of a subject, `client:ID` or `key:ID`; answer with the new ones.

    Raises PlanUnreadable; NoSuchSubject.
    """
    parsed = parse_plan(windows)
    kind, _, id = subject.partition(":")
    exists = EXISTS.get(kind)
    if exists is None or not exists(session, id):
        raise NoSuchSubject(kind, id)
    session.merge(RatePlan(subject=subject, windows=windows.strip(), updated_at=epoch_s()))
    session.flush()
    record(session, "plan.set", client=id if kind == "client" else None, windows=windows)
    return parsed
