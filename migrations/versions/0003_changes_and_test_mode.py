"""A feed of changes, and organisations for tests."""

import sqlalchemy as sa
from alembic import op

from app.storage.types import BYTEWISE

revision = "0003"
down_revision = "0002"

# What stood in the books before the feed began is told as created, oldest first.
RESOURCES = (("contacts", "contacts"), ("tax-rates", "tax_rates"), ("invoices", "invoices"))
# Tables, their new columns of whole numbers, and what every row there was had in it.
COLUMNS = (
    ("organisations", "livemode", "1"),
    ("organisations", "requires_if_match", "0"),
    ("clients", "is_test_only", "0"),
)


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("org_id", BYTEWISE, sa.ForeignKey("organisations.id"), primary_key=True),
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("resource", BYTEWISE, nullable=False),
        sa.Column("row_id", BYTEWISE, nullable=False),
        sa.Column("deed", BYTEWISE, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_changes_resource", "changes", ["org_id", "resource", "sequence"])
    op.create_table(
        "change_heads",
        sa.Column("org_id", BYTEWISE, sa.ForeignKey("organisations.id"), primary_key=True),
        sa.Column("resource", BYTEWISE, primary_key=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
    )
    _tell_what_stood()
    for table, column, default in COLUMNS:
        whole = sa.Column(column, sa.BigInteger(), nullable=False, server_default=default)
        op.add_column(table, whole)


def _tell_what_stood() -> None:
    parts = " UNION ALL ".join(
        f"SELECT org_id, '{resource}' AS resource, {place} AS place, id, version, created_at"
        f" FROM {table}"
        for place, (resource, table) in enumerate(RESOURCES)
    )
    op.execute(
        "INSERT INTO changes (org_id, sequence, resource, row_id, deed, version, at)"
        " SELECT org_id,"
        " row_number() OVER (PARTITION BY org_id ORDER BY place, created_at, id),"
        f" resource, id, 'created', version, created_at FROM ({parts}) AS stood"
    )
    told = "INSERT INTO change_heads (org_id, resource, sequence) SELECT org_id"
    op.execute(f"{told}, resource, max(sequence) FROM changes GROUP BY org_id, resource")
    op.execute(f"{told}, '*', max(sequence) FROM changes GROUP BY org_id")


def downgrade() -> None:
    # Not in batches: those rebuild a table on SQLite, and others refer to these.
    for table, column, _ in reversed(COLUMNS):
        op.drop_column(table, column)
    op.drop_table("change_heads")
    op.drop_table("changes")
