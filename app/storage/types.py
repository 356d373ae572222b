"""Column types that mean the same on both databases, and what every tenant row carries."""

from collections.abc import Callable
from typing import Annotated, Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.text import folded

# Text that is compared byte by byte on PostgreSQL as SQLite does, whatever the server's locale.
BYTEWISE = String().with_variant(String(collation="C"), "postgresql")

Id = Annotated[str, mapped_column(BYTEWISE)]
Day = Annotated[str, mapped_column(BYTEWISE)]  # a calendar day, YYYY-MM-DD
Code = Annotated[str, mapped_column(BYTEWISE)]
Digest = Annotated[bytes, mapped_column(LargeBinary(32))]
Whole = Annotated[int, mapped_column(BigInteger)]  # minor units, scaled decimals, counts
InstantS = Annotated[int, mapped_column(BigInteger)]  # seconds since the epoch
InstantUs = Annotated[int, mapped_column(BigInteger)]  # microseconds since the epoch


def folded_from(name: str) -> Callable[[Any], str | None]:
    """The default of a column that holds another one folded, for searching by its beginning."""

    def fold(context: Any) -> str | None:
        text = context.get_current_parameters().get(name)
        return None if text is None else folded(text)

    return fold


class OrganisationRow:
    """A row inside one organisation (architecture.md, principle 7), which leads its key."""

    org_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("organisations.id"), primary_key=True)


class OwnedRow(OrganisationRow):
    """A row with an id of its own inside one organisation.

    The organisation leads the primary key, so that foreign keys are composite and no row can
    point into another organisation.
    """

    id: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)


class TenantRow(OwnedRow):
    """What every resource of an organisation carries beside its own fields.

    `oid` counts per organisation and table; `version` rises with every change.
    """

    oid: Mapped[Whole]
    version: Mapped[Whole] = mapped_column(default=1)
    created_at: Mapped[InstantUs]
    updated_at: Mapped[InstantUs]
