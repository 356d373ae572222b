"""Books of any size, written straight to a database: for plans and for measurements."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, Table, insert, text

from app.domain.contacts.searched import NAME
from app.domain.contacts.tables import Contact
from app.domain.identity.tables import Organisation
from app.domain.ledger.tables import TaxRate
from app.domain.sales.given import LINES_MAX
from app.domain.sales.searched import NOTES
from app.domain.sales.tables import Invoice, InvoiceLine
from app.kernel.text import folded
from app.storage.search import SearchEntry, entry_text
from app.storage.statistics import gather_statistics
from app.storage.transaction import transaction

FIRST_DAY = date(2023, 1, 1)
DAYS = 1_200
STATUSES = ("draft", "open", "paid", "void", "abandoned")
WORDS = ("steel", "timber", "paint", "labour", "freight", "design", "repair", "hire", "glass")
SIZES = (0.7, 0.2, 0.1)
ROWS_AT_ONCE = 20_000
STAMP_US = 1_700_000_000_000_000
RATES = 50
FILLED = (TaxRate, Contact, Invoice, InvoiceLine, SearchEntry)
# The indexes of a table and how they are made, without those that its keys stand on.
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master"
    " WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL",
    "postgresql": "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i"
    " JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass(:name)"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
}


@dataclass(frozen=True, slots=True)
class Books:
    """The organisations, largest first, how many invoices they have, and who has long ones."""

    organisations: tuple[str, ...]
    invoices: int
    wordy: str


def fill(
    engine: Engine,
    *,
    invoices: int,
    tax_rates: int = 0,
    searched_max: int | None = None,
    long_invoices: int = 0,
) -> Books:
    """Fill a migrated database with three organisations' books: the same each time.

    No more than `searched_max` rows of each kind in each of them can be searched. The long
    invoices, of as many lines as one may have, belong to a fourth organisation.
    """
    organisations = tuple(f"org_{place:026d}" for place in range(len(SIZES) + 1))
    with transaction(engine) as session:
        for organisation in organisations:
            facts = {"country": "AU", "currency": "AUD", "timezone": "UTC", "created_at": 0}
            session.execute(
                insert(Organisation).values(id=organisation, name=organisation, **facts)
            )
    with without_indexes(engine, [table.__tablename__ for table in FILLED]):
        for organisation, share in zip(organisations, SIZES, strict=False):
            fill_one(
                engine,
                organisation,
                invoices=round(invoices * share),
                tax_rates=round(tax_rates * share),
                searched_max=searched_max,
            )
        if long_invoices:
            fill_one(
                engine,
                organisations[-1],
                invoices=long_invoices,
                tax_rates=RATES,
                searched_max=searched_max,
                lines=LINES_MAX,
            )
    with transaction(engine) as session:
        if engine.dialect.name == "sqlite":
            rebuild = "INSERT INTO search_index (search_index) VALUES ('rebuild')"
            session.connection().exec_driver_sql(rebuild)
        gather_statistics(session)
    return Books(organisations[:-1], invoices, organisations[-1])


def fill_one(
    engine: Engine,
    organisation: str,
    *,
    invoices: int,
    tax_rates: int,
    searched_max: int | None,
    lines: int = 1,
) -> None:
    """Write one organisation's books, with so many lines on each invoice."""
    chance = random.Random(organisation)  # noqa: S311 - repeatable on purpose, guards nothing
    contacts = max(10, invoices // 4)
    rates = tax_rates if lines > 1 else 0
    writers: tuple[tuple[Any, Iterator[dict[str, Any]]], ...] = (
        (TaxRate, tax_rate_rows(organisation, tax_rates, chance)),
        (Contact, contact_rows(organisation, contacts, chance)),
        (Invoice, invoice_rows(organisation, invoices, contacts, chance)),
        (InvoiceLine, line_rows(organisation, invoices, chance, lines=lines, rates=rates)),
    )
    for table, rows in writers:
        left = searched_max
        for batch in batches(rows):
            write(engine, table.__table__, batch)
            if table in (Contact, Invoice):
                entries = [entry(table.__tablename__, row) for row in batch[:left]]
                left = None if left is None else left - len(entries)
                write(engine, SearchEntry.metadata.tables["search_entries"], entries)


@contextmanager
def without_indexes(engine: Engine, tables: Sequence[str]) -> Iterator[None]:
    """Take the indexes of the tables away, and make them again when all rows are in."""
    with transaction(engine) as session:
        connection = session.connection()
        found = [
            (name, made)
            for table in tables
            for name, made in connection.execute(
                text(INDEXES[engine.dialect.name]), {"name": table}
            )
        ]
        for name, _ in found:
            connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    for _, made in found:
        with transaction(engine) as session:
            session.connection().exec_driver_sql(made)


def tax_rate_rows(organisation: str, count: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(count):
        begin = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        yield {
            "org_id": organisation,
            "id": f"tax_{number:026d}",
            "oid": number,
            "version": 1,
            "created_at": STAMP_US + chance.randrange(10**14),
            "updated_at": STAMP_US + chance.randrange(10**14),
            "name": f"Rate {number}",
            "rate": chance.randrange(30_000),
            "valid_from": begin.isoformat() if number % 3 else None,
            "valid_to": (begin + timedelta(days=365)).isoformat() if number % 4 else None,
        }


def contact_rows(organisation: str, count: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(count):
        is_company = number % 3 != 0
        name = f"{chance.choice(WORDS).title()} {number}"
        email = f"{name.replace(' ', '.').lower()}@example.com" if number % 7 else None
        yield {
            "org_id": organisation,
            "id": f"con_{number:026d}",
            "oid": number,
            "version": 1,
            "created_at": STAMP_US + chance.randrange(10**14),
            "updated_at": STAMP_US + chance.randrange(10**14),
            "type": "company" if is_company else "individual",
            "status": chance.choice(("customer", "customer", "customer", "lead", "supplier")),
            "name": name,
            "folded_name": folded(name),
            "company_name": name if is_company else None,
            "first_name": None if is_company else f"First {number % 300}",
            "last_name": None if is_company else name,
            "email": email,
            "folded_email": email,
            "phone": f"02 {number % 10_000:04d}" if number % 2 else None,
            "tax_number": f"{number}" if is_company else None,
            "addresses": "[]",
            "persons": "[]",
        }


def invoice_rows(
    organisation: str, count: int, contacts: int, chance: random.Random
) -> Iterator[dict[str, Any]]:
    for number in range(count):
        day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        status = chance.choice(STATUSES)
        total = chance.randrange(10_000_000)
        reference = f"JOB-{number}" if number % 5 else None
        written = None if status == "draft" else f"INV-{number:07d}"
        yield {
            "org_id": organisation,
            "id": f"inv_{number:026d}",
            "oid": number,
            "version": 1,
            "created_at": STAMP_US + chance.randrange(10**14),
            "updated_at": STAMP_US + chance.randrange(10**14),
            "number": written,
            "folded_number": None if written is None else folded(written),
            "status": status,
            "contact_id": f"con_{chance.randrange(contacts):026d}",
            "date": day.isoformat(),
            "due_date": (day + timedelta(days=chance.choice((7, 14, 30)))).isoformat(),
            "currency": chance.choice(("AUD", "AUD", "AUD", "USD", "JPY")),
            "prices_include_tax": 0,
            "discount_percent": 0,
            "subtotal": total,
            "total_tax": 0,
            "total": total,
            "amount_paid": 0,
            "amount_due": total,
            "compared_total": total * 100,
            "compared_due": total * 100 if status == "open" else 0,
            "reference": reference,
            "folded_reference": None if reference is None else folded(reference),
            "notes": f"{chance.choice(WORDS)} {chance.choice(WORDS)} n{number % 5_000}",
            "sent_at": STAMP_US + chance.randrange(10**14) if status != "draft" else None,
            "viewed_at": STAMP_US + chance.randrange(10**14) if status == "paid" else None,
        }


def line_rows(
    organisation: str, count: int, chance: random.Random, *, lines: int = 1, rates: int = 0
) -> Iterator[dict[str, Any]]:
    for number in range(count * lines):
        yield {
            "org_id": organisation,
            "id": f"lin_{number:026d}",
            "invoice_id": f"inv_{number // lines:026d}",
            "position": number % lines + 1,
            "item_id": f"itm_{chance.randrange(2_000):026d}" if number % 3 else None,
            "description": chance.choice(WORDS),
            "quantity": 1_000_000,
            "unit": None,
            "unit_price": 10_000,
            "discount_percent": 0,
            "tax_rate_id": f"tax_{chance.randrange(rates):026d}" if rates else None,
            "subtotal": 100,
            "tax": 0,
            "total": 100,
        }


def entry(resource: str, row: dict[str, Any]) -> dict[str, Any]:
    """The words of a row, as its acts keep them."""
    is_invoice = resource == "invoices"
    names = ("number", "reference", "notes") if is_invoice else ("name", "email", "phone")
    places = {NOTES: row["notes"]} if is_invoice else {NAME: row["name"]}
    words = entry_text(row["org_id"], resource, texts=[row[name] for name in names], places=places)
    return {"org_id": row["org_id"], "resource": resource, "row_id": row["id"], "text": words}


def batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    waiting: list[dict[str, Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == ROWS_AT_ONCE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def write(engine: Engine, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows by the driver's fastest way."""
    if not rows:
        return
    names = list(rows[0])
    columns = ", ".join(names)
    with transaction(engine) as session:
        driver: Any = session.connection().connection.driver_connection
        if engine.dialect.name == "sqlite":
            places = ", ".join("?" * len(names))
            driver.executemany(
                f"INSERT INTO {table.name} ({columns}) VALUES ({places})",
                ([row[name] for name in names] for row in rows),
            )
            return
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row([row[name] for name in names])
