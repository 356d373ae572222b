"""The demo: the same books each time, other passwords each time."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.clients.authenticate import live_client
from app.domain.clients.find import client_of
from app.domain.clients.redirect_uris import is_allowed
from app.domain.contacts.tables import Contact
from app.domain.identity.find import organisations_of
from app.domain.identity.installation import DemoRefused, refuse_demo
from app.domain.identity.passwords import is_right
from app.domain.identity.roles import ROLES
from app.domain.identity.tables import User
from app.domain.ledger.tables import TaxRate
from app.domain.sales.tables import Invoice, InvoiceLine
from app.kernel.clock import epoch_s
from app.seed.demo import Demo, seed
from app.seed.keep import FILE_NAME, keep, kept
from app.storage.tenancy import rows_of
from app.storage.transaction import transaction
from tests.factories.database import lent_engine, lent_session


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    with lent_session(sqlite_url) as session:
        yield session


def contents(session: Session, demo: Demo) -> list[tuple[object, ...]]:
    """Every business's books, without ids and times."""
    found: list[tuple[object, ...]] = []
    for organisation in demo.organisations:
        for invoice in session.scalars(
            rows_of(Invoice, organisation=organisation.id).order_by(Invoice.oid)
        ):
            found.append(
                (organisation.name, invoice.oid, invoice.date, invoice.due_date, invoice.total)
            )
        for contact in session.scalars(
            rows_of(Contact, organisation=organisation.id).order_by(Contact.oid)
        ):
            found.append((organisation.name, contact.oid, contact.name, contact.email))
    return found


def test_the_demo_is_made_on_both_databases_and_marks_them(database_url: str) -> None:
    with lent_engine(database_url) as engine:
        with transaction(engine) as session:
            demo = seed(session)

        with transaction(engine, writes=False) as session:
            total = session.scalar(select(func.count()).select_from(Invoice))
            assert total == 560
            assert len(demo.organisations) == 4
            assert len(demo.users) == 6
        with pytest.raises(DemoRefused):
            refuse_demo(engine)


def test_the_books_are_the_same_each_time_and_the_secrets_are_not(
    session: Session, tmp_path: Path
) -> None:
    first = seed(session)
    before = contents(session, first)
    session.rollback()

    second = seed(session)

    assert contents(session, second) == before
    passwords = {user.password for demo in (first, second) for user in demo.users}
    assert len(passwords) == 12
    secrets = {demo.clients["confidential"].client_secret for demo in (first, second)}
    assert len(secrets) == 2


def test_the_first_person_owns_the_first_business_and_belongs_to_no_other(
    session: Session,
) -> None:
    demo = seed(session)

    first = demo.users[0]
    belongs = [(at.organisation.id, at.role) for at in organisations_of(session, first.id)]
    assert belongs == [(demo.organisations[0].id, "owner")]
    assert first.organisations == (demo.organisations[0].id,)


def test_everyone_can_sign_in_and_every_role_is_there(session: Session) -> None:
    demo = seed(session)

    roles = set()
    for user in demo.users:
        row = session.get_one(User, user.id)
        assert is_right(user.password, hashed=row.password_hash)
        assert row.email_verified_at is not None
        belongs = organisations_of(session, user.id)
        assert {at.organisation.id for at in belongs} == set(user.organisations)
        roles |= {at.role for at in belongs}
    assert roles == set(ROLES)


def test_most_invoices_are_in_the_first_business_and_due_on_both_sides_of_2026(
    session: Session,
) -> None:
    demo = seed(session)

    invoices = session.scalars(rows_of(Invoice, organisation=demo.organisations[0].id)).all()
    assert len(invoices) > 400
    assert {invoice.status for invoice in invoices} == {"draft"}
    assert {invoice.number for invoice in invoices} == {None}
    assert {invoice.due_date[:4] for invoice in invoices} == {"2024", "2025", "2026"}
    assert all(invoice.total > 0 for invoice in invoices)


def test_each_business_charges_the_taxes_of_its_country(session: Session) -> None:
    demo = seed(session)

    rates = {}
    for organisation in demo.organisations:
        found = session.scalars(rows_of(TaxRate, organisation=organisation.id)).all()
        rates[organisation.country] = {rate.rate for rate in found}
        lines = session.scalars(rows_of(InvoiceLine, organisation=organisation.id)).all()
        assert {line.tax_rate_id for line in lines} == {rate.id for rate in found}
    assert rates == {
        "AU": {10_000, 0},
        "FR": {20_000, 10_000, 5_500},
        "NZ": {15_000, 0},
    }


def test_the_demos_clients_are_registered_with_the_secrets_that_are_told(
    session: Session,
) -> None:
    demo = seed(session)
    session.flush()

    for name, told in demo.clients.items():
        client = live_client(session, client_id=told.client_id, now_s=epoch_s())
        facts = client_of(session, told.client_id)
        assert client is not None
        assert facts is not None
        assert (told.client_secret is None) == (name == "public")
        if told.client_secret is not None:
            assert client.has_secret(told.client_secret)
        assert sorted(facts.redirect_uris) == sorted(told.redirect_uris)
    own = demo.clients["ledgerline"]
    assert is_allowed(
        own.redirect_uris, "http://127.0.0.1:54321/callback", client_type="confidential"
    )


def test_what_is_kept_is_for_its_owner_alone_and_read_back_whole(
    session: Session, tmp_path: Path
) -> None:
    demo = seed(session)

    keep(demo, instance=tmp_path)

    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    assert kept(instance=tmp_path) == demo
    assert [path.name for path in tmp_path.iterdir() if "secrets" in path.name] == [FILE_NAME]


@pytest.mark.parametrize("text", ["", "{}", "[1", '{"organisations": 1}'])
def test_what_cannot_be_read_was_not_kept(tmp_path: Path, text: str) -> None:
    assert kept(instance=tmp_path) is None
    (tmp_path / FILE_NAME).write_text(text)

    assert kept(instance=tmp_path) is None
