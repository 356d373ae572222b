"""Every declared filter and sort stands on an index, on both databases, over many rows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.api.resources.invoices import INVOICES
from app.api.resources.resource import Resource
from app.api.surfaces.v1 import V1
from app.kernel.budget import budget_of
from app.kernel.clock import epoch_s
from app.query.anchors import index_of
from app.query.cursor import Seal
from app.query.explain import TIES, explain_plan
from app.query.fields import Field
from app.query.listing import PreparedList, prepare
from app.query.scan import Reading, find_drive
from app.query.spell import spell
from app.query.statement import COUNTED, LIMIT, Statement
from app.query.words import with_words
from app.storage.fetch import fetch_text
from app.storage.transaction import transaction
from tests.factories.database import lent_engine
from tests.factories.many import Books, fill

ROWS = 50_000
TAX_RATES = 20_000
MANY_PLANS_TIMEOUT_S = 1_800
OPERANDS = {
    "code": lambda field: field.type.values[0],
    "id": lambda field: f"{field.type.prefix}_{7:026d}",
    "integer": lambda field: "700",
    "decimal": lambda field: "700.5",
    "date": lambda field: "2024-03-01",
    "instant": lambda field: "2024-03-01T10:00:00Z",
    "boolean": lambda field: "true",
    "text": lambda field: "steel 7",
}
# What a page of a list may never be made by: reading a whole table, or sorting.
SORTED = re.compile(r"USE TEMP B-TREE FOR ORDER BY")
IN_PARTS = "Incremental Sort"
FEW = 10
TABLES = {"contacts", "invoices", "invoice_lines", "search_entries", "tax_rates"}
# Two keys, and keys that go two ways: only rows alike in the first may be sorted.
TIED = ("-date,total", "-date,id")


@dataclass(frozen=True)
class Library:
    """One database full of books, and a session to look at it."""

    engine: Engine
    books: Books
    session: Session

    def reading(self, prepared: PreparedList) -> Reading:
        """A list as it is read."""
        run = partial(fetch_text, self.session)
        return Reading(prepared, self.engine.dialect, run, budget_of(60_000))

    @contextmanager
    def without_reading_whole(self) -> Iterator[None]:
        """Let PostgreSQL read whole tables only where it has no index."""
        if self.engine.dialect.name == "sqlite":
            yield
            return
        fetch_text(self.session, "SELECT set_config('enable_seqscan', 'off', true)", ())
        yield
        fetch_text(self.session, "SELECT set_config('enable_seqscan', 'on', true)", ())

    def plan(self, statement: Statement, prepared: PreparedList) -> list[Any]:
        """What the database says that it would do, with the statement as it is compiled."""
        compiled = statement.compiled_for(self.engine.dialect)
        bound = with_words(prepared.parameters, prepared.words, prepared.texts)
        arguments = compiled.arguments({**bound, LIMIT: 51, COUNTED: 10_001})
        if self.engine.dialect.name == "sqlite":
            text = f"EXPLAIN QUERY PLAN {compiled.text}"
            return [row[3] for row in fetch_text(self.session, text, arguments)]
        text = f"EXPLAIN (FORMAT JSON) {compiled.text}"
        ((found,),) = fetch_text(self.session, text, arguments)
        return [found[0]["Plan"]]


@pytest.fixture(params=["sqlite", "postgresql"])
def library(request: pytest.FixtureRequest) -> Iterator[Library]:
    """A full database, made new for each test that asks: they are few."""
    url = request.getfixturevalue(f"{request.param}_url")
    with lent_engine(url) as engine:
        books = fill(engine, invoices=ROWS, tax_rates=TAX_RATES)
        with transaction(engine, writes=False) as session:
            yield Library(engine, books, session)


def prepared(resource: Resource, organisation: str, pairs: list[tuple[str, str]]) -> PreparedList:
    query = spell(resource.listing.fields, pairs)
    sealing = Seal((b"k" * 32,), organisation, "cli", epoch_s())
    return prepare(
        resource.listing, query, parameters={"organisation": organisation}, sealing=sealing
    )


def filters(resource: Resource) -> Iterator[tuple[str, str]]:
    """Every comparison that the resource offers, once."""
    for field in resource.listing.fields.fields:
        for operator in field.offered:
            operand = OPERANDS[field.type.name](field)
            if operator in ("in", "notin"):
                operand = f"({operand},{operand})"
            yield field.name, f"{operator}:{operand}"
    if resource.listing.fields.search is not None:
        yield "q", "steel 7"


def faults(library: Library, ready: PreparedList) -> list[str]:
    """What is wrong with how a list would be found."""
    plan = ready.plan
    along = plan.parts if plan.is_bounded else ()
    walked = [*along, *(each for window in plan.windows for each in (window.quick, window.marked))]
    found = []
    for statement in walked:
        found += shortcomings(library, library.plan(statement, ready), may_sort=False)
    drive = find_drive(library.reading(ready))
    # A comparison that leaves more than a window never drives. What is asked here is that an
    # index can find so few: of so short a table PostgreSQL would rather read a fifth at once.
    with library.without_reading_whole():
        for statement in drive.parts if drive else ():
            found += shortcomings(library, library.plan(statement, ready), may_sort=True)
    return found


def shortcomings(library: Library, plan: list[Any], *, may_sort: bool) -> list[str]:
    if library.engine.dialect.name == "sqlite":
        return [line for line in plan if is_bad_line(line, may_sort=may_sort)]
    return [
        f"{node['Node Type']} {node.get('Relation Name', '')}"
        for node in nodes(plan[0])
        if is_bad_node(node, may_sort=may_sort)
    ]


def is_bad_line(line: str, *, may_sort: bool) -> bool:
    if SORTED.search(line):
        return not may_sort
    words = line.split()
    return words[0] == "SCAN" and words[1] in TABLES


def is_bad_node(node: dict[str, Any], *, may_sort: bool) -> bool:
    kind = node["Node Type"]
    if kind == IN_PARTS:
        # Numbers of an organisation are unique, so that the id behind them sorts nothing.
        return not all(str(key).split()[0].endswith("oid") for key in node["Presorted Key"])
    if kind == "Sort":
        # The few rows that a unique value leaves.
        return not may_sort and node["Plan Rows"] > FEW
    # A subplan is read whole where that is cheaper than a look-up for every row of a window.
    is_lookup = node.get("Parent Relationship") == "SubPlan"
    return kind == "Seq Scan" and not is_lookup and node.get("Relation Name") in TABLES


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


@pytest.mark.soak
@pytest.mark.timeout(MANY_PLANS_TIMEOUT_S)
def test_every_filter_with_every_sort_is_found_by_indexes(library: Library, rounds):
    organisation = library.books.organisations[0]
    wrong, named = {}, set()
    for resource in V1.resources:
        name = resource.name
        sorts = [sign + sort for sort in resource.listing.fields.sortable for sign in ("-", "")]
        for place, sort in enumerate(sorts):
            ready = prepared(resource, organisation, [("sort", sort)])
            named.add(explain_plan(ready, dialect=library.engine.dialect).sort_index)
            if found := faults(library, ready):
                wrong[name, sort] = found
            if place >= rounds(small=3, soak=len(sorts)):
                continue
            for field, operand in filters(resource):
                ready = prepared(resource, organisation, [(field, operand), ("sort", sort)])
                if found := faults(library, ready):
                    wrong[name, sort, field, operand] = found

    wrong |= {("tied", sort): found for sort in TIED if (found := sorted_whole(library, sort))}
    assert wrong == {}
    # SQLite makes an index of a key itself, and gives it a name of its own.
    assert {name for name in named if not str(name).startswith(("pk_", "uq_"))} <= known(library)


def sorted_whole(library: Library, sort: str) -> list[str]:
    """What sorts more of the invoices than those alike in the first key."""
    ready = prepared(INVOICES, library.books.organisations[0], [("sort", sort)])
    assert explain_plan(ready, dialect=library.engine.dialect).strategy == TIES
    (statement,) = ready.plan.parts
    plan = library.plan(statement, ready)
    if library.engine.dialect.name == "sqlite":
        return [line for line in plan if is_bad_line(line, may_sort=False)]
    return [
        node["Node Type"]
        for node in nodes(plan[0])
        if node["Node Type"] != IN_PARTS and is_bad_node(node, may_sort=False)
    ]


def known(library: Library) -> set[str]:
    """The names of the indexes that there are."""
    existing = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname FROM pg_indexes",
    }[library.engine.dialect.name]
    return {row[0] for row in fetch_text(library.session, existing, ())}


@pytest.mark.parametrize("resource", V1.resources, ids=lambda one: one.name)
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_filterable_field_of_the_row_itself_names_its_index(resource, dialect):
    without = [
        field.name
        for field in resource.listing.fields.fields
        if is_own(field) and index_of(field, dialect=dialect) is None
    ]

    assert without == []


def is_own(field: Field) -> bool:
    has_place = field.within is not None or field.origin is not None
    return not has_place and set(field.offered) != {"has"}
