"""A resource of the tests' own, with a field of every type, nulls, and more than one tenant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
)

from app.query.cursor import Seal
from app.query.fields import Field, QueryFields
from app.query.grammar import LIMITS, Limits, Order, Query
from app.query.listing import Listing, prepare
from app.query.read import Page, read_page
from app.query.spell import spell
from app.query.values import (
    BooleanType,
    CodeType,
    DateType,
    DecimalType,
    IdType,
    InstantType,
    IntegerType,
    TextType,
)
from app.storage.fetch import fetch_text
from app.storage.transaction import open_session
from app.storage.types import BYTEWISE

OWN, OTHER = "org_own", "org_other"
TIMEZONE = "Australia/Sydney"
STATUSES = ("draft", "open", "paid")
KEYS = (b"k" * 32, b"o" * 32)

papers = Table(
    "papers",
    MetaData(),
    Column("org_id", BYTEWISE, primary_key=True),
    Column("id", BYTEWISE, primary_key=True),
    Column("oid", Integer, nullable=False),
    Column("status", BYTEWISE, nullable=False),
    Column("number", BYTEWISE),
    Column("notes", String),
    Column("date", BYTEWISE, nullable=False),
    Column("due_date", BYTEWISE),
    Column("total", BigInteger, nullable=False),
    Column("quantity", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
    Column("is_taxed", BigInteger, nullable=False),
)
for name in ("oid", "status", "number", "date", "due_date", "total", "quantity", "sent_at"):
    place = (papers.c.org_id, papers.c[name], papers.c.id)
    if papers.c[name].nullable:
        # Null is smallest in our order; in PostgreSQL's own it is the greatest.
        nulls_first = (papers.c.org_id, papers.c[name].nulls_first(), papers.c.id)
        Index(f"ix_papers_{name}_nulls", *nulls_first).ddl_if(dialect="postgresql")
        Index(f"ix_papers_{name}", *place).ddl_if(dialect="sqlite")
    else:
        Index(f"ix_papers_{name}", *place)

FIELDS = QueryFields(
    "paper",
    (
        Field("id", IdType("ppr"), papers.c.id, is_sortable=True),
        Field("oid", IntegerType(), papers.c.oid, is_sortable=True),
        Field("status", CodeType(STATUSES), papers.c.status, is_sortable=True),
        Field("number", TextType(), papers.c.number, is_sortable=True),
        Field("notes", TextType(), papers.c.notes, operators=("eq", "not")),
        Field("date", DateType(), papers.c.date, is_sortable=True),
        Field("due_date", DateType(), papers.c.due_date, is_sortable=True),
        Field("total", DecimalType(2), papers.c.total, is_sortable=True),
        Field("quantity", DecimalType(4), papers.c.quantity, is_sortable=True),
        Field("created_at", InstantType(), papers.c.created_at),
        Field("sent_at", InstantType(), papers.c.sent_at, is_sortable=True),
        Field("is_taxed", BooleanType(), papers.c.is_taxed),
    ),
    default_sort=(Order("date", descending=True),),
)
COLUMNS = tuple(papers.c)[1:]
NAMES = tuple(column.name for column in COLUMNS)
BASE = select(*COLUMNS).where(papers.c.org_id == bindparam("organisation"))
LISTING = Listing(FIELDS, BASE)

PLAIN: Mapping[str, Any] = {
    "org_id": OWN,
    "oid": 1,
    "status": "draft",
    "number": None,
    "notes": None,
    "date": "2026-01-01",
    "due_date": None,
    "total": 0,
    "quantity": None,
    "created_at": 0,
    "sent_at": None,
    "is_taxed": 0,
}


def paper_id(number: int) -> str:
    """A well-formed id that sorts as its number does."""
    return f"ppr_{number:026d}"


def paper(number: int, /, **values: Any) -> dict[str, Any]:
    """A row with this id; what is not said is plain or null."""
    return {**PLAIN, "id": paper_id(number), "oid": number, **values}


def sealing(*, tenant: str = OWN, client: str = "cli_own", keys: tuple[bytes, ...] = KEYS) -> Seal:
    """Whose cursors a test reads."""
    return Seal(keys, tenant, client, 1_790_000_000)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The papers of one real database."""

    engine: Engine
    listing: Listing = LISTING

    def put(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows."""
        waiting = list(rows)
        if waiting:
            with self.engine.begin() as connection:
                connection.execute(insert(papers), waiting)

    def take(self, *ids: str) -> None:
        """Delete rows of the own organisation."""
        with self.engine.begin() as connection:
            chosen = (papers.c.org_id == OWN) & papers.c.id.in_(ids)
            connection.execute(delete(papers).where(chosen))

    def clear(self) -> None:
        """Delete every row."""
        with self.engine.begin() as connection:
            connection.execute(delete(papers))

    def read(
        self,
        query: Query,
        *,
        organisation: str = OWN,
        seal: Seal | None = None,
        limits: Limits = LIMITS,
    ) -> Page:
        """One page, read as the product reads it."""
        prepared = prepare(
            self.listing,
            query,
            parameters={"organisation": organisation},
            sealing=seal or sealing(tenant=organisation),
            limits=limits,
        )
        session = open_session(self.engine, writes=False)
        try:
            run = partial(fetch_text, session)
            return read_page(prepared, dialect=self.engine.dialect, run=run)
        finally:
            session.close()

    def ask(self, text: str = "", *, limits: Limits = LIMITS, **how: Any) -> Page:
        """One page for `name=value` pairs written on one line, joined by `&`, not encoded."""
        return self.read(
            spell(FIELDS, pairs(text), timezone=TIMEZONE, limits=limits), limits=limits, **how
        )

    def ids(self, text: str = "") -> list[str]:
        """The ids found, in order."""
        return [row[0] for row in self.ask(text).rows]


def pairs(text: str) -> list[tuple[str, str]]:
    """`a=b&c=d` as pairs, decoded already."""
    parts = [part.partition("=") for part in text.split("&")] if text else []
    return [(name, value) for name, _, value in parts]


def at(query: Query, cursor: str | None) -> Query:
    """The same query from another place."""
    return replace(query, page=replace(query.page, cursor=cursor))
