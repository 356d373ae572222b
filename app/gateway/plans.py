"""Rate plans: the built-in one, and what an operator set for one client or key."""

from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import Row
from app.storage.types import BYTEWISE, InstantS


class RatePlan(Row):
    """The windows an operator set for one subject, such as `100000/minute;50/second`."""

    __tablename__ = "rate_plans"

    subject: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)  # client:ID or key:ID
    windows: Mapped[str]
    updated_at: Mapped[InstantS]
