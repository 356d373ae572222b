"""What queries stand on: an index for every filter and sort, folded text, and words to search.

On PostgreSQL the text index is one of an expression, and follows its table; on SQLite it is an
FTS5 table over the text of another, and told of every change.
"""

import hashlib
import unicodedata
from base64 import b32encode
from itertools import accumulate

import sqlalchemy as sa
from alembic import op

from app.storage.types import BYTEWISE

revision = "0004"
down_revision = "0003"

ROWS_AT_ONCE = 1_000
INDEXES = {
    "contacts": {
        "company_name": "company_name",
        "first_name": "first_name",
        "last_name": "last_name",
        "phone": "phone",
        "tax_number": "tax_number",
        "folded_name": "folded_name",
        "folded_email": "folded_email",
    },
    "invoices": {
        "compared_due": "compared_due",
        "currency": "currency",
        "reference": "reference",
        "folded_reference": "folded_reference",
        "folded_number": "folded_number",
        "sent": "sent_at",
        "viewed": "viewed_at",
    },
    "tax_rates": {
        "name": "name",
        "rate": "rate",
        "valid_from": "valid_from",
        "valid_to": "valid_to",
        "created": "created_at",
        "updated": "updated_at",
    },
}
LINE_INDEXES = {"item": "item_id", "tax_rate": "tax_rate_id"}
FOLDED = {
    "contacts": {"folded_name": "name", "folded_email": "email"},
    "invoices": {"folded_number": "number", "folded_reference": "reference"},
}
# How words were folded, marked and kept when this was written. What the app does later may
# differ, and then a migration of its own brings the entries along.
SEARCHED = {
    "contacts": (
        "name",
        "company_name",
        "first_name",
        "last_name",
        "email",
        "phone",
        "tax_number",
    ),
    "invoices": ("number", "reference", "notes"),
}
# The text of each resource whose words are marked once more, by the mark of their place.
PLACES = {"contacts": "name", "invoices": "notes"}
PLACE = "n"
EVERYWHERE = "q"
SCOPE_BYTES = 8
WORD_CHARACTERS_MAX = 64
WORDS_KEPT_MAX = 10_000
WORD_BYTES_KEPT_MAX = 800_000


def upgrade() -> None:
    for table, columns in FOLDED.items():
        for name in columns:
            # Every contact has a name. A constant default spares SQLite a copy of the table,
            # which others refer to.
            never_null = {"nullable": False, "server_default": ""} if name == "folded_name" else {}
            op.add_column(table, sa.Column(name, BYTEWISE, **never_null))
        _fold(table, columns)
    _create_indexes()
    _create_search()
    _search("contacts", {})
    _search("invoices", _descriptions())
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
    # New indexes make SQLite drop the right plans until it has looked at them.
    op.execute("ANALYZE")


def _fold(table: str, columns: dict[str, str]) -> None:
    names = dict.fromkeys(("org_id", "id", *columns, *columns.values()))
    rows = sa.table(table, *(sa.column(name) for name in names))
    connection = op.get_bind()
    wanted = sa.select(rows.c.org_id, rows.c.id, *(rows.c[name] for name in columns.values()))
    found = connection.execute(wanted).all()
    change = (
        sa.update(rows)
        .where(rows.c.org_id == sa.bindparam("own_org"), rows.c.id == sa.bindparam("own_id"))
        .values({name: sa.bindparam(f"new_{name}") for name in columns})
    )
    for start in range(0, len(found), ROWS_AT_ONCE):
        connection.execute(
            change,
            [
                {"own_org": org_id, "own_id": row_id}
                | {
                    f"new_{name}": None if text is None else folded(text)
                    for name, text in zip(columns, texts, strict=True)
                }
                for org_id, row_id, *texts in found[start : start + ROWS_AT_ONCE]
            ],
        )


def _create_indexes() -> None:
    for table, columns in INDEXES.items():
        for name, column in columns.items():
            op.create_index(f"ix_{table}_{name}", table, ["org_id", column, "id"])
    for name, column in LINE_INDEXES.items():
        op.create_index(
            f"ix_invoice_lines_{name}", "invoice_lines", ["org_id", column, "invoice_id"]
        )
    if op.get_bind().dialect.name == "postgresql":
        numbers = ["org_id", sa.text("number NULLS FIRST"), "id"]
        op.create_index("ix_invoices_number_nulls", "invoices", numbers)
    else:
        op.create_index("ix_invoices_number", "invoices", ["org_id", "number", "id"])


def _create_search() -> None:
    op.create_table(
        "search_entries",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("org_id", BYTEWISE, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("resource", BYTEWISE, nullable=False),
        sa.Column("row_id", BYTEWISE, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.UniqueConstraint("org_id", "resource", "row_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX search_index ON search_entries"
            " USING gin (array_to_tsvector(string_to_array(text, ' ')))"
        )
        return
    # Words are apart already: what is no space belongs to them. The prefix index is for a mark
    # of 13 characters, a place, and the first three of a word.
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5 (text, content = 'search_entries',"
        " content_rowid = 'number', tokenize = 'ascii', detail = none, prefix = '17')"
    )


def _search(resource: str, further: dict) -> None:
    names = SEARCHED[resource]
    place = names.index(PLACES[resource])
    columns = (sa.column(name) for name in ("org_id", "id", *names))
    rows = sa.select(*columns).select_from(sa.table(resource))
    for org_id, row_id, *texts in op.get_bind().execute(rows).all():
        whole = [*texts, *further.get((org_id, row_id), ())]
        _keep(org_id, resource, row_id, entry_text(org_id, resource, whole, texts[place]))


def _descriptions() -> dict:
    found = {}
    rows = sa.text("SELECT org_id, invoice_id, description FROM invoice_lines ORDER BY position")
    for org_id, invoice_id, text in op.get_bind().execute(rows):
        found.setdefault((org_id, invoice_id), []).append(text)
    return found


def _keep(org_id: str, resource: str, row_id: str, text: str) -> None:
    op.get_bind().execute(
        sa.text(
            "INSERT INTO search_entries (org_id, resource, row_id, text)"
            " VALUES (:org_id, :resource, :row_id, :text)"
        ),
        {"org_id": org_id, "resource": resource, "row_id": row_id, "text": text},
    )


def entry_text(org_id: str, resource: str, texts: list, placed: str | None) -> str:
    """What is stored for a row: its words behind the marks of their place and of everywhere."""
    scope = _scope(org_id, resource)
    words = [f"{scope}{PLACE}{word}" for word in _words_of(placed or "")]
    whole = " ".join(one for one in texts if one)
    words += [f"{scope}{EVERYWHERE}{word}" for word in _words_of(whole)]
    sizes = accumulate(len(word.encode()) for word in words[:WORDS_KEPT_MAX])
    kept = sum(1 for size in sizes if size <= WORD_BYTES_KEPT_MAX)
    return " ".join(words[:kept])


def _scope(org_id: str, resource: str) -> str:
    meant = f"{len(org_id)}:{org_id}{resource}".encode()
    digest = hashlib.blake2b(meant, digest_size=SCOPE_BYTES).digest()
    return b32encode(digest).decode().rstrip("=").lower()


def _words_of(text: str) -> list:
    plain = unicodedata.normalize("NFD", folded(text))
    bare = "".join(
        one if one.isalnum() else "" if unicodedata.category(one)[0] == "M" else " "
        for one in plain
    )
    return list(dict.fromkeys(word[:WORD_CHARACTERS_MAX] for word in bare.split()))


def folded(text: str) -> str:
    """One form for text that differs in case or in compatible characters alone."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("DROP TABLE search_index")
    op.drop_table("search_entries")
    op.drop_index("ix_invoices_number" if is_sqlite else "ix_invoices_number_nulls", "invoices")
    for name in LINE_INDEXES:
        op.drop_index(f"ix_invoice_lines_{name}", "invoice_lines")
    for table, columns in INDEXES.items():
        for name in columns:
            op.drop_index(f"ix_{table}_{name}", table)
    for table, columns in FOLDED.items():
        for name in columns:
            op.drop_column(table, name)
