"""Lists over many rows: the deepest page beside the first, round by round."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.api.resources.contacts import CONTACTS
from app.api.resources.invoices import INVOICES
from app.api.resources.resource import Resource
from app.query.cursor import Place, Seal, seal_cursor
from app.query.listing import prepare
from app.query.read import Page, read_page
from app.query.spell import spell
from app.storage.fetch import fetch_text
from app.storage.transaction import transaction
from benchmarks.holds import holds
from benchmarks.measure import interleave
from tests.factories.database import lent_engine
from tests.factories.many import fill
from tests.keeper import migrate
from tests.services import owned_database, start_postgresql

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "41"))
CALLS = 5
DEPTH_RATIO_MAX = 1.2
# More could be searched only by more of the same words; writing them takes longest of all.
SEARCHED_MAX = 100_000
LONG_INVOICES = 250


def main() -> bool:
    """Measure on both databases; whether every goal was reached."""
    print(f"\n{ROWS} invoices in three organisations\n", flush=True)
    reached = True
    for name, made in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with made() as engine:
            books = fill(
                engine, invoices=ROWS, searched_max=SEARCHED_MAX, long_invoices=LONG_INVOICES
            )
            with transaction(engine, writes=False) as session:
                reached &= depths(name, session, engine, books.organisations[0])
            reached &= holds(name, engine, books)
    return reached


@contextmanager
def on_sqlite() -> Iterator[Engine]:
    """A migrated database in a file of its own."""
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{Path(place) / 'books.db'}"
        migrate(url, Path(place))
        with lent_engine(url) as engine:
            yield engine


@contextmanager
def on_postgresql() -> Iterator[Engine]:
    """A migrated database of a server of its own."""
    with tempfile.TemporaryDirectory(prefix="ch-", dir="/tmp") as place:
        server = start_postgresql(Path(place))
        try:
            with psycopg.connect(server.url, autocommit=True) as admin:
                admin.execute("CREATE DATABASE books OWNER countinghouse")
            url = owned_database(server.url, "books")
            migrate(url, Path(place))
            with lent_engine(url) as engine:
                yield engine
        finally:
            server.stop()


class Lists:
    """One resource's lists as one organisation reads them."""

    def __init__(self, session: Session, engine: Engine, organisation: str) -> None:
        self.run = partial(fetch_text, session)
        self.dialect = engine.dialect
        self.organisation = organisation
        self.sealing = Seal((b"k" * 32,), organisation, "cli", 1_790_000_000)

    def ready(self, resource: Resource, line: str) -> Callable[[], Page]:
        """A list prepared; each call reads its page."""
        pairs = [
            (name, value) for name, _, value in (one.partition("=") for one in line.split("&"))
        ]
        prepared = prepare(
            resource.listing,
            spell(resource.listing.fields, pairs),
            parameters={"organisation": self.organisation},
            sealing=self.sealing,
        )
        return lambda: read_page(prepared, dialect=self.dialect, run=self.run)

    def end(self, resource: Resource, line: str) -> str:
        """The cursor that leads to the last page."""
        query = spell(resource.listing.fields, [("sort", line)])
        prepared = prepare(
            resource.listing,
            query,
            parameters={"organisation": self.organisation},
            sealing=self.sealing,
        )
        cursor = seal_cursor(Place((), backward=True), prepared.walk, self.sealing)
        last = self.ready(resource, f"sort={line}&cursor={cursor}")()
        before = self.ready(resource, f"sort={line}&cursor={last.prev_cursor}")()
        assert before.next_cursor is not None
        return before.next_cursor


def depths(name: str, session: Session, engine: Engine, organisation: str) -> bool:
    """The deepest page of every sort beside its first, round by round."""
    lists, reached = Lists(session, engine, organisation), True
    print(f"{name}: {'sort':26} {'first µs':>10} {'deepest µs':>10} {'ratio':>6}")
    for resource in (INVOICES, CONTACTS):
        for field in resource.listing.fields.sortable:
            for sort in (field, f"-{field}"):
                cursor = lists.end(resource, sort)
                scenes = {
                    "first": lists.ready(resource, f"sort={sort}"),
                    "deepest": lists.ready(resource, f"sort={sort}&cursor={cursor}"),
                }
                first, deepest = interleave(scenes, yardstick="first", rounds=ROUNDS, calls=CALLS)
                verdict = "" if deepest.ratio <= DEPTH_RATIO_MAX else "  MISSED"
                reached &= not verdict
                print(
                    f"{name}: {resource.name + ' ' + sort:26} {first.median_us:10.0f}"
                    f" {deepest.median_us:10.0f} {deepest.ratio:6.2f}{verdict}",
                    flush=True,
                )
    return reached


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
