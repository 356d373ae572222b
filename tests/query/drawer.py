"""Fields for tests of the grammar alone: every type, every operator, paths, search; no rows."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, select

from app.query.fields import Field, QueryFields, Search, Within
from app.query.grammar import Order
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
from tests.query.papers import papers

STATUSES: Final = ("draft", "open", "paid")
TIMEZONE: Final = "Australia/Sydney"


class NoTexts:
    """The words of rows that do not exist: the grammar never looks at them."""

    def holds(self, key: Any, patterns: Any) -> Any:
        raise NotImplementedError

    def found(self, phrase: Any, *, rows_max: int) -> Any:
        raise NotImplementedError

    def pattern(self, organisation: str, place: str, word: str) -> str:
        raise NotImplementedError

    def phrase(self, organisation: str, place: str, words: Any) -> str:
        raise NotImplementedError


OWN_ROWS: Final = select(papers.c.id).where(papers.c.org_id == bindparam("organisation"))
LINES: Final = Within(rows=OWN_ROWS, key=papers.c.id)
FIELDS: Final = QueryFields(
    "paper",
    (
        Field("id", IdType("ppr"), papers.c.id, is_sortable=True),
        Field("oid", IntegerType(), papers.c.oid, is_sortable=True),
        Field("status", CodeType(STATUSES), papers.c.status, is_sortable=True),
        Field("number", TextType(), papers.c.number, is_sortable=True, normalised=papers.c.number),
        Field("notes", TextType(), papers.c.notes, operators=("eq", "not", "has"), place="n"),
        Field("words", TextType(), papers.c.notes, operators=("has",), place="w"),
        Field("reference", TextType(), papers.c.notes, operators=("eq", "not")),
        Field("date", DateType(), papers.c.date, is_sortable=True),
        Field("due_date", DateType(), papers.c.due_date, is_sortable=True),
        Field("total", DecimalType(2), papers.c.total, is_sortable=True),
        Field("quantity", DecimalType(4), papers.c.quantity, is_sortable=True),
        Field("created_at", InstantType(), papers.c.created_at),
        Field("sent_at", InstantType(), papers.c.sent_at, is_sortable=True),
        Field("is_taxed", BooleanType(), papers.c.is_taxed),
        Field("seal", TextType(), papers.c.number, operators=(), is_sortable=True, scope="seals"),
        Field("contact.email", TextType(), papers.c.number, scope="contacts:read"),
        Field("lines.item_id", IdType("itm"), papers.c.number, within=LINES),
    ),
    default_sort=(Order("date", descending=True),),
    selectable=("id", "status", "contact.email", "contact.phone", "lines.total", "total"),
    expandable={"contact": "contacts:read", "lines.tax_rate": None},
    search=Search(("number", "notes"), NoTexts()),
)
BARE: Final = QueryFields("leaf", FIELDS.fields[:4], default_sort=(Order("id"),))

ULID: Final = "01HQXK9ZZZZZZZZZZZZZZZZZZZ"
# For each type a field that offers all of its operators, and operands of it.
SAMPLES: Final[Mapping[str, tuple[str, str, str]]] = {
    "text": ("number", "INV-1", "Fish & Co"),
    "code": ("status", "draft", "paid"),
    "id": ("id", f"ppr_{ULID}", "ppr_00000000000000000000000000"),
    "integer": ("oid", "7", "-12"),
    "decimal": ("total", "100", "-0.5"),
    "date": ("date", "2026-03-31", "2026-Q1"),
    "instant": ("sent_at", "2026-03-31T09:00:00Z", "2026-03"),
    "boolean": ("is_taxed", "true", "false"),
}
