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
    text,
)

from app.kernel.text import folded
from app.query.cursor import Seal
from app.query.fields import Field, QueryFields, Search, Within
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
from app.storage.search import KeptTexts, SearchEntry, forget_searchable, keep_searchable
from app.storage.transaction import open_session, transaction
from app.storage.types import BYTEWISE

OWN, OTHER = "org_own", "org_other"
TIMEZONE = "Australia/Sydney"
PATIENCE_MS = 60_000
WALK_PAGES_MAX = 200
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
    Column("folded_number", BYTEWISE),
    Column("party_id", BYTEWISE),
    Column("notes", String),
    Column("date", BYTEWISE, nullable=False),
    Column("due_date", BYTEWISE),
    Column("total", BigInteger, nullable=False),
    Column("quantity", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
    Column("is_taxed", BigInteger, nullable=False),
)
parties = Table(
    "parties",
    papers.metadata,
    Column("org_id", BYTEWISE, primary_key=True),
    Column("id", BYTEWISE, primary_key=True),
    Column("name", BYTEWISE),
    Column("folded_name", BYTEWISE),
    Index("ix_parties_name", "org_id", "name", "id"),
    Index("ix_parties_folded_name", "org_id", "folded_name", "id"),
)
marks = Table(
    "marks",
    papers.metadata,
    Column("org_id", BYTEWISE, primary_key=True),
    Column("paper_id", BYTEWISE, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("item", BYTEWISE),
    Column("amount", BigInteger),
    Index("ix_marks_item", "org_id", "item", "paper_id"),
    Index("ix_marks_amount", "org_id", "amount", "paper_id"),
)
Index("ix_papers_folded_number", papers.c.org_id, papers.c.folded_number, papers.c.id)
Index("ix_papers_party", papers.c.org_id, papers.c.party_id, papers.c.id)
Index("ix_papers_created", papers.c.org_id, papers.c.created_at, papers.c.id)
for name in ("oid", "status", "number", "date", "due_date", "total", "quantity", "sent_at"):
    place = (papers.c.org_id, papers.c[name], papers.c.id)
    if papers.c[name].nullable:
        # Null is smallest in our order; in PostgreSQL's own it is the greatest.
        nulls_first = (papers.c.org_id, papers.c[name].nulls_first(), papers.c.id)
        Index(f"ix_papers_{name}_nulls", *nulls_first).ddl_if(dialect="postgresql")
        Index(f"ix_papers_{name}", *place).ddl_if(dialect="sqlite")
    else:
        Index(f"ix_papers_{name}", *place)

ORGANISATION = bindparam("organisation")
# What the parties are called: every paper may name one of them.
PARTIES: Mapping[str, str | None] = {
    "pty_1": "Acme",
    "pty_2": "ACME Pty",
    "pty_3": "Ünder",
    "pty_4": None,
}
MARKS = Within(rows=select(marks.c.paper_id).where(marks.c.org_id == ORGANISATION), key=papers.c.id)
FROM_PARTIES = Within(
    rows=select(parties.c.id).where(parties.c.org_id == ORGANISATION),
    key=papers.c.party_id,
    column=parties.c.name,
    normalised=parties.c.folded_name,
)
TEXTS = KeptTexts("papers")
NOTES_PLACE = "n"


def of_party(column: Any) -> Any:
    """A column of the party that a paper names."""
    chosen = (parties.c.org_id == ORGANISATION) & (parties.c.id == papers.c.party_id)
    return select(column).where(chosen).correlate(papers).scalar_subquery()


FIELDS = QueryFields(
    "paper",
    (
        Field("id", IdType("ppr"), papers.c.id, is_sortable=True),
        Field("oid", IntegerType(), papers.c.oid, is_sortable=True),
        Field("status", CodeType(STATUSES), papers.c.status, is_sortable=True),
        Field(
            "number",
            TextType(),
            papers.c.number,
            is_sortable=True,
            normalised=papers.c.folded_number,
        ),
        Field(
            "notes",
            TextType(),
            papers.c.notes,
            operators=("eq", "not", "in", "notin", "has"),
            place=NOTES_PLACE,
        ),
        Field("date", DateType(), papers.c.date, is_sortable=True),
        Field("due_date", DateType(), papers.c.due_date, is_sortable=True),
        Field("total", DecimalType(2), papers.c.total, is_sortable=True),
        Field("quantity", DecimalType(4), papers.c.quantity, is_sortable=True),
        Field("created_at", InstantType(), papers.c.created_at),
        Field("sent_at", InstantType(), papers.c.sent_at, is_sortable=True),
        Field("is_taxed", BooleanType(), papers.c.is_taxed),
        Field(
            "party.name",
            TextType(),
            of_party(parties.c.name),
            normalised=of_party(parties.c.folded_name),
            origin=FROM_PARTIES,
        ),
        Field("marks.item", TextType(), marks.c.item, within=MARKS),
        Field("marks.amount", DecimalType(2), marks.c.amount, within=MARKS),
    ),
    search=Search(covers=("number", "notes"), texts=TEXTS),
    default_sort=(Order("date", descending=True),),
)
COLUMNS = tuple(column for column in papers.c if column.name not in ("org_id", "folded_number"))
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
    "party_id": None,
    "marks": (),
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
        waiting = [dict(row) for row in rows]
        if not waiting:
            return
        found = [
            {
                "org_id": row["org_id"],
                "paper_id": row["id"],
                "place": place,
                "item": mark[0],
                "amount": mark[1],
            }
            for row in waiting
            for place, mark in enumerate(row.pop("marks"))
        ]
        for row in waiting:
            row["folded_number"] = None if row["number"] is None else folded(row["number"])
        with transaction(self.engine) as session:
            session.execute(insert(papers), waiting)
            if found:
                session.execute(insert(marks), found)
            for row in waiting:
                if row["number"] or row["notes"]:
                    keep_searchable(
                        session,
                        organisation=row["org_id"],
                        resource="papers",
                        id=row["id"],
                        texts=(row["number"], row["notes"]),
                        places={NOTES_PLACE: row["notes"]},
                    )

    def take(self, *ids: str) -> None:
        """Delete rows of the own organisation."""
        with transaction(self.engine) as session:
            session.execute(delete(papers).where(papers.c.org_id == OWN, papers.c.id.in_(ids)))
            session.execute(delete(marks).where(marks.c.org_id == OWN, marks.c.paper_id.in_(ids)))
            for one in ids:
                forget_searchable(session, organisation=OWN, resource="papers", id=one)

    def clear(self) -> None:
        """Delete every row."""
        with transaction(self.engine) as session:
            for table in (papers, marks):
                session.execute(delete(table))
            session.execute(delete(SearchEntry))
            if self.engine.dialect.name == "sqlite":
                everything = "INSERT INTO search_index (search_index) VALUES ('delete-all')"
                session.execute(text(everything))

    def read(
        self,
        query: Query,
        *,
        organisation: str = OWN,
        seal: Seal | None = None,
        limits: Limits = LIMITS,
    ) -> Page:
        """One page, read as the product reads it, but with all the time in the world."""
        prepared = prepare(
            self.listing,
            query,
            parameters={"organisation": organisation},
            sealing=seal or sealing(tenant=organisation),
            limits=replace(limits, budget_ms=PATIENCE_MS),
        )
        session = open_session(self.engine, writes=False)
        try:
            run = partial(fetch_text, session)
            return read_page(prepared, dialect=self.engine.dialect, run=run)
        finally:
            session.close()

    def ask(self, line: str = "", *, limits: Limits = LIMITS, **how: Any) -> Page:
        """One page for `name=value` pairs written on one line, joined by `&`, not encoded."""
        return self.read(
            spell(FIELDS, pairs(line), timezone=TIMEZONE, limits=limits), limits=limits, **how
        )

    def ids(self, line: str = "") -> list[str]:
        """The ids found, in order."""
        return [row[0] for row in self.ask(line).rows]


def whole(shelf: Shelf, query: Query, limits: Limits) -> list[str]:
    """The ids of a list, page by page."""
    found: list[str] = []
    cursor = None
    for _ in range(WALK_PAGES_MAX):
        page = shelf.read(at(query, cursor), limits=limits)
        found += [row[0] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise AssertionError("the walk does not end")


def pairs(text: str) -> list[tuple[str, str]]:
    """`a=b&c=d` as pairs, decoded already."""
    parts = [part.partition("=") for part in text.split("&")] if text else []
    return [(name, value) for name, _, value in parts]


def at(query: Query, cursor: str | None) -> Query:
    """The same query from another place."""
    return replace(query, page=replace(query.page, cursor=cursor))
