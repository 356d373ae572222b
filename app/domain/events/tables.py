"""What changed in an organisation's books, in the order in which the changes were committed."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import Row
from app.storage.types import BYTEWISE, Code, Id, InstantUs, OrganisationRow, Whole


class Change(OrganisationRow, Row):
    """One change of one row: created, updated or deleted; a deleted row leaves this behind.

    `sequence` counts 1, 2, 3 … per organisation without a gap, in the order of commits.
    `version` is the row's own after the change, and its last one where it was deleted.
    """

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_resource", "org_id", "resource", "sequence"),)

    sequence: Mapped[Whole] = mapped_column(primary_key=True)
    resource: Mapped[Code]
    row_id: Mapped[Id]
    deed: Mapped[Code]
    version: Mapped[Whole]
    at: Mapped[InstantUs]


class ChangeHead(OrganisationRow, Row):
    """The last sequence of one resource of one organisation; `*` stands for all of them."""

    __tablename__ = "change_heads"

    resource: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    sequence: Mapped[Whole]
