"""A deep page costs what the first one does: it never steps over the rows before it."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from app.kernel.budget import budget_of
from app.query.grammar import Query
from app.query.listing import PreparedList, prepare
from app.query.scan import Reading, find_rows
from app.query.spell import spell
from tests.query.papers import FIELDS, OTHER, OWN, Shelf, at, pairs, paper, sealing

ROWS = 4_000
STEPS_COUNTED = 10
# Where the leading key has ties, the guarded form reads those of the cursor row again.
COST_MAX = 2.0

SORTS = (
    "id",
    "-id",
    "oid",
    "-total",
    "due_date",
    "-due_date",
    "-sent_at",
    "due_date,-id",
    "-due_date,id",
    "sent_at,-id",
    "total,-oid",
    "-total,due_date,-oid",
)


def work(shelf: Shelf, query: Query) -> int:
    """What a page costs: steps of SQLite's machine, or rows that PostgreSQL's scans look at."""
    prepared = prepare(shelf.listing, query, parameters={"organisation": OWN}, sealing=sealing())
    if shelf.engine.dialect.name == "sqlite":
        return _steps(shelf, prepared)
    return _rows_looked_at(shelf, prepared)


def _steps(shelf: Shelf, prepared: PreparedList) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = sqlite3.connect(str(shelf.engine.url.database))
    connection.set_progress_handler(count, STEPS_COUNTED)
    find_rows(
        Reading(
            prepared,
            shelf.engine.dialect,
            lambda text, values, _budget=None: connection.execute(text, values).fetchall(),
            budget_of(60_000),
        )
    )
    connection.close()
    return steps


def _rows_looked_at(shelf: Shelf, prepared: PreparedList) -> int:
    looked_at = 0
    address = make_url(shelf.engine.url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        # Near the end of so short a list it would rather fetch the rest and sort it.
        connection.execute("SET enable_bitmapscan = off")
        connection.execute("SET enable_seqscan = off")

        def run(
            text: str, values: Mapping[str, Any] | Sequence[Any], _budget: object = None
        ) -> list[tuple[Any, ...]]:
            nonlocal looked_at
            ((plan,),) = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", values)
            looked_at += _scanned(plan[0]["Plan"])
            return connection.execute(text, values).fetchall()

        find_rows(Reading(prepared, shelf.engine.dialect, run, budget_of(60_000)))
    return looked_at


def _scanned(node: Mapping[str, Any]) -> int:
    inner = sum(_scanned(child) for child in node.get("Plans", ()))
    if "Scan" not in node["Node Type"]:
        return inner
    return inner + int(node["Actual Rows"]) + int(node.get("Rows Removed by Filter", 0))


def test_the_deepest_page_costs_no_more_than_the_first(shelf: Shelf):
    shelf.put(
        paper(
            number,
            org_id=OTHER if number % 4 == 0 else OWN,
            total=number * 7_919 % ROWS,
            due_date=None if number % 3 == 0 else f"2{number * 31 % 999:03d}-01-01",
            sent_at=None if number % 5 == 0 else number * 104_729 % 1_000_003,
        )
        for number in range(ROWS)
    )
    with shelf.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")

    costs = {}
    for sort in SORTS:
        query = spell(FIELDS, pairs(f"sort={sort}&limit=20"))
        walk = spell(FIELDS, pairs(f"sort={sort}&limit=200"))
        first = work(shelf, query)
        cursor = shelf.read(walk).next_cursor
        while cursor is not None:
            costs[sort] = max(costs.get(sort, 0), work(shelf, at(query, cursor)) / first)
            cursor = shelf.read(at(walk, cursor)).next_cursor

    assert {sort: cost for sort, cost in costs.items() if cost > COST_MAX} == {}
