"""What happened, for whatever a person would ask about later."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import Row
from app.storage.types import BYTEWISE, Code, Id, InstantUs


class AuditEvent(Row):
    """One fact: who did what to what, when; `facts` is a JSON object without secrets."""

    __tablename__ = "audit_events"

    id: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    at: Mapped[InstantUs]
    action: Mapped[Code]
    user_id: Mapped[Id | None]
    client_id: Mapped[Id | None]
    grant_id: Mapped[Id | None]
    org_id: Mapped[Id | None]
    facts: Mapped[str] = mapped_column(Text)
