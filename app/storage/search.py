"""The words of tenant rows, kept for searching: FTS5 on SQLite, tsvector and GIN on PostgreSQL.

Text is taken apart and folded here, in Python, so that both databases find the same. Every word
stands behind a mark of its organisation and resource: a search looks into one organisation's
words and no others, and what a stranger typed reaches neither database as query syntax.
"""

import hashlib
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    ForeignKey,
    Integer,
    Select,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    insert,
    literal,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from app.kernel.text import words_of
from app.storage.db import Row
from app.storage.tenancy import ORGANISATION, change, columns_of, remove
from app.storage.types import BYTEWISE, OrganisationRow

# Beyond these a row could not be indexed any more: a tsvector has at most a megabyte.
WORDS_KEPT_MAX: Final = 10_000
WORD_BYTES_KEPT_MAX: Final = 800_000
# A shorter word is looked for as it is; from here on it is the beginning of words.
PREFIX_CHARACTERS_MIN: Final = 3
EVERYWHERE: Final = "q"
# What the migrations make beside the tables of the models.
INDEX: Final = "search_index"

_SCOPES_KEPT_MAX: Final = 1_024
_SCOPE_BYTES: Final = 8


class SearchEntry(OrganisationRow, Row):
    """The words of one row of a resource, each behind its mark, apart by spaces.

    `number` is what the text index of SQLite knows the row by.
    """

    __tablename__ = "search_entries"
    __table_args__ = (UniqueConstraint("org_id", "resource", "row_id"),)

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True
    )
    org_id: Mapped[str] = mapped_column(BYTEWISE, ForeignKey("organisations.id"))
    resource: Mapped[str] = mapped_column(BYTEWISE)
    row_id: Mapped[str] = mapped_column(BYTEWISE)
    text: Mapped[str] = mapped_column(Text)


_OWN: Final = (
    SearchEntry.resource == bindparam("resource"),
    SearchEntry.row_id == bindparam("row_id"),
)
_KNOWN: Final = columns_of(SearchEntry, SearchEntry.number, SearchEntry.text).where(*_OWN)
_ADD: Final = (
    insert(SearchEntry)
    .values(
        org_id=ORGANISATION,
        resource=bindparam("resource"),
        row_id=bindparam("row_id"),
        text=bindparam("text"),
    )
    .returning(SearchEntry.number)
)
_LEARN: Final = text("INSERT INTO search_index (rowid, text) VALUES (:number, :text)")
# An FTS5 table without content of its own is told what it had been taught (SQLite, FTS5 §4.4.3).
_UNLEARN: Final = text(
    "INSERT INTO search_index (search_index, rowid, text) VALUES ('delete', :number, :text)"
)


def keep_searchable(
    session: Session,
    *,
    organisation: str,
    resource: str,
    id: str,
    texts: Sequence[str | None],
    places: Mapping[str, str | None] | None = None,
) -> None:
    """Keep the words of a row in step with it: of all its texts, and of single places."""
    words = entry_text(organisation, resource, texts=texts, places=places or {})
    own = {"organisation": organisation, "resource": resource, "row_id": id}
    known = session.execute(_KNOWN, own).first()
    if known is None:
        number = session.execute(_ADD, {**own, "text": words}).scalar_one()
    elif known.text == words:
        return
    else:
        number = known.number
        session.execute(
            change(SearchEntry, organisation=organisation)
            .where(SearchEntry.number == number)
            .values(text=words)
        )
        _unlearn(session, number, known.text)
    if _is_told(session):
        session.execute(_LEARN, {"number": number, "text": words})


def forget_searchable(session: Session, *, organisation: str, resource: str, id: str) -> None:
    """Forget the words of a row that is gone."""
    own = {"organisation": organisation, "resource": resource, "row_id": id}
    known = session.execute(_KNOWN, own).first()
    if known is not None:
        _unlearn(session, known.number, known.text)
        session.execute(
            remove(SearchEntry, organisation=organisation).where(SearchEntry.number == known.number)
        )


def _unlearn(session: Session, number: int, words: str) -> None:
    if _is_told(session):
        session.execute(_UNLEARN, {"number": number, "text": words})


def _is_told(session: Session) -> bool:
    """Whether the text index must be told of a change: PostgreSQL's follows by itself."""
    return session.get_bind().dialect.name == "sqlite"


def entry_text(
    organisation: str,
    resource: str,
    *,
    texts: Sequence[str | None],
    places: Mapping[str, str | None],
) -> str:
    """What is stored for a row: its words behind the marks of their places, and of everywhere.

    Places come first: they are short, and a comparison with one of them must not be untrue.
    """
    scope = _scope(organisation, resource)
    words: list[str] = []
    for place, one in places.items():
        words += [f"{scope}{place}{word}" for word in words_of(one or "")]
    whole = " ".join(one for one in texts if one)
    words += [f"{scope}{EVERYWHERE}{word}" for word in words_of(whole)]
    sizes = accumulate(len(word.encode()) for word in words[:WORDS_KEPT_MAX])
    kept = sum(1 for size in sizes if size <= WORD_BYTES_KEPT_MAX)
    return " ".join(words[:kept])


@dataclass(frozen=True, slots=True)
class KeptTexts:
    """The words kept for one resource, as queries ask for them."""

    resource: str

    def holds(self, key: ColumnElement[Any], patterns: Sequence[Any]) -> ColumnElement[bool]:
        """Whether the words of the row with this id hold every pattern."""
        words = literal(" ") + SearchEntry.text + literal(" ")
        held = and_(*(_place_of(words, pattern) > 0 for pattern in patterns))
        own = columns_of(SearchEntry, SearchEntry.row_id).where(
            SearchEntry.resource == self.resource, SearchEntry.row_id == key, held
        )
        return own.exists()

    def found(self, phrase: ColumnElement[Any], *, rows_max: int) -> Select[Any]:
        """The ids of at most so many of the organisation's rows that hold the phrase."""
        return (
            columns_of(SearchEntry, SearchEntry.row_id)
            .where(SearchEntry.resource == self.resource, _Matching(phrase, rows_max))
            .limit(rows_max)
        )

    def pattern(self, organisation: str, place: str, word: str) -> str:
        """What `holds` takes for one word: where it begins a word, or is all of one."""
        marked = f" {_scope(organisation, self.resource)}{place}{word}"
        return marked if _is_beginning(place, word) else f"{marked} "

    def phrase(self, organisation: str, place: str, words: Sequence[str]) -> str:
        """What `found` takes for all of the words: each quoted, a star behind beginnings."""
        scope = _scope(organisation, self.resource)
        return " ".join(
            f'"{scope}{place}{word}"{"*" if _is_beginning(place, word) else ""}' for word in words
        )


def _is_beginning(place: str, word: str) -> bool:
    return place == EVERYWHERE and len(word) >= PREFIX_CHARACTERS_MIN


@lru_cache(maxsize=_SCOPES_KEPT_MAX)
def _scope(organisation: str, resource: str) -> str:
    """The mark of an organisation's words: letters and digits alone, the same length for all."""
    meant = f"{len(organisation)}:{organisation}{resource}".encode()
    digest = hashlib.blake2b(meant, digest_size=_SCOPE_BYTES).digest()
    return b32encode(digest).decode().rstrip("=").lower()


class _place_of(FunctionElement[int]):  # noqa: N801 - it is written and read as a function
    """Where the second text stands in the first, from 1; 0 where it does not."""

    inherit_cache = True
    type = Integer()


@compiles(_place_of, "sqlite")
def _place_on_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    return f"instr({compiler.process(element.clauses, **how)})"


@compiles(_place_of, "postgresql")
def _place_on_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **how)})"


class _Matching(ColumnElement[bool]):
    """Whether an entry is among those that the text index finds for a phrase."""

    inherit_cache = False
    type = Boolean()
    # It is a condition already; `= 1` behind it would keep SQLite from beginning with it.
    _is_implicitly_boolean = True

    def __init__(self, phrase: ColumnElement[Any], rows_max: int) -> None:
        self.phrase = phrase
        self.rows_max = rows_max


@compiles(_Matching, "sqlite")
def _matching_on_sqlite(element: _Matching, compiler: Any, **how: Any) -> str:
    number = compiler.process(SearchEntry.number.__clause_element__(), **how)
    phrase = compiler.process(element.phrase, **how)
    found = f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH {phrase}"  # noqa: S608 - names of ours
    return f"{number} IN ({found} LIMIT {element.rows_max})"


@compiles(_Matching, "postgresql")
def _matching_on_postgresql(element: _Matching, compiler: Any, **how: Any) -> str:
    words = compiler.process(SearchEntry.text.__clause_element__(), **how)
    phrase = f"CAST({compiler.process(element.phrase, **how)} AS text)"
    # The phrase in the words of a tsquery: 'a' & 'b':* for "a" "b"*. No word has any of these.
    for written, meant in (("'*'", "':*'"), ("' '", "' & '"), ("'\"'", "''''")):
        phrase = f"replace({phrase}, {written}, {meant})"
    return f"array_to_tsvector(string_to_array({words}, ' ')) @@ CAST({phrase} AS tsquery)"
