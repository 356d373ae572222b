"""Registering a client."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.audit.tables import AuditEvent
from app.domain.clients.find import client_of, clients_of, every_client, logo_of
from app.domain.clients.register import RegistrationRefused, register
from app.domain.clients.registration import Registration
from app.domain.clients.tables import Client, ClientSecret
from app.domain.identity.users import add_user
from app.kernel.secrets import digest, is_secret
from tests.factories.pictures import picture

GOOD = Registration(
    name="Ledgerline",
    company_name="Ledgerline Pty Ltd",
    website="https://ledgerline.example",
    redirect_uris=("https://ledgerline.example/cb", "http://127.0.0.1/cb"),
    type="confidential",
    auth_method="client_secret_post",
    scope=("invoices:read", "offline_access"),
    optional_scope=("contacts:read",),
)


def faults(session: Session, registration: Registration, **others: object) -> list[str | None]:
    keywords = {"owner_id": None, "development": True} | others
    with pytest.raises(RegistrationRefused) as refused:
        register(session, registration=registration, **keywords)
    return [fault.pointer for fault in refused.value.faults]


def test_a_registered_client_is_found_as_it_was_described(session: Session) -> None:
    made = register(session, registration=GOOD, owner_id=None, development=True)

    found = client_of(session, made.client_id)
    assert found is not None
    assert (found.name, found.company_name, found.website) == (
        "Ledgerline",
        "Ledgerline Pty Ltd",
        "https://ledgerline.example",
    )
    assert (found.type, found.auth_method, found.profile) == (
        "confidential",
        "client_secret_post",
        "standard",
    )
    assert found.scope == ("invoices:read", "offline_access")
    assert found.optional_scope == ("contacts:read",)
    assert sorted(found.redirect_uris) == sorted(GOOD.redirect_uris)
    assert found.logo_digest is None
    assert not found.suspended


def test_the_secret_is_shown_once_and_stored_hashed(session: Session) -> None:
    made = register(session, registration=GOOD, owner_id=None, development=True)

    assert made.client_secret is not None
    assert is_secret(made.client_secret, kind="cs")
    row = session.scalars(select(ClientSecret)).one()
    assert bytes(row.digest) == digest(made.client_secret)
    assert row.last_four == made.client_secret[-4:]
    told = " ".join(session.scalars(select(AuditEvent.facts)))
    assert made.client_secret not in told


def test_a_public_client_has_no_secret(session: Session) -> None:
    public = replace(GOOD, type="public", auth_method="none")

    made = register(session, registration=public, owner_id=None, development=False)

    assert made.client_secret is None
    assert session.scalars(select(ClientSecret)).all() == []


def test_a_machine_client_has_a_secret_and_no_redirect_uris(session: Session) -> None:
    machine = replace(GOOD, type="machine", redirect_uris=())

    made = register(session, registration=machine, owner_id=None, development=False)

    assert made.client_secret is not None
    found = client_of(session, made.client_id)
    assert found is not None
    assert found.redirect_uris == ()


def test_every_fault_is_told_at_once_and_nothing_is_written(session: Session) -> None:
    bad = Registration(
        name="",
        company_name="A\x00B",
        website="http://ledgerline.example",
        logo=b"not a picture",
        redirect_uris=("https://ok.example/cb", "http://evil.example/cb", "https://ok.example/#"),
        type="public",
        auth_method="client_secret_basic",
        scope=("invoices:read", "everything"),
        optional_scope=("invoices:read",),
    )

    assert faults(session, bad, owner_id="usr_nobody") == [
        "/name",
        "/company_name",
        "/website",
        "/auth_method",
        "/redirect_uris/1",
        "/redirect_uris/2",
        "/scope",
        "/optional_scope",
        "/logo",
        "/owner",
    ]
    assert session.scalars(select(Client)).all() == []


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"type": "native"}, "/type"),
        ({"type": ""}, "/type"),
        ({"auth_method": "none"}, "/auth_method"),
        ({"auth_method": "private_key_jwt"}, "/auth_method"),
        ({"scope": (), "optional_scope": ()}, "/scope"),
        ({"scope": ("openid",)}, "/scope"),
        ({"optional_scope": ("INVOICES:READ",)}, "/optional_scope"),
        ({"name": "L" * 61}, "/name"),
        ({"name": "Ledger\u202eline"}, "/name"),
        ({"name": "<img>"}, "/name"),
        ({"company_name": " \u2028"}, "/company_name"),
        ({"website": "javascript:alert(1)"}, "/website"),
        ({"website": ""}, "/website"),
        ({"website": "https://evil.example;script-src"}, "/website"),
        ({"redirect_uris": ()}, "/redirect_uris"),
    ],
)
def test_each_fault_is_found_where_it_stands(
    session: Session, changed: dict[str, object], pointer: str
) -> None:
    assert faults(session, replace(GOOD, **changed)) == [pointer]


def test_production_refuses_what_development_accepts(session: Session) -> None:
    assert faults(session, GOOD, development=False) == ["/redirect_uris/1"]


def test_a_logo_is_redrawn_and_kept(session: Session) -> None:
    made = register(
        session,
        registration=replace(GOOD, logo=picture("JPEG", size=(600, 300))),
        owner_id=None,
        development=True,
    )

    png = logo_of(session, made.client_id)
    assert png is not None
    assert png.startswith(b"\x89PNG")
    found = client_of(session, made.client_id)
    assert found is not None
    assert found.logo_digest is not None


def test_partners_see_their_own_clients_and_operators_all(session: Session) -> None:
    owner = add_user(
        session, email="a@b.example", name="Ada", password="long enough", verified=True
    )
    own = register(session, registration=GOOD, owner_id=owner.id, development=True)
    register(session, registration=GOOD, owner_id=None, development=True)

    assert [client.id for client in clients_of(session, owner_id=owner.id)] == [own.client_id]
    assert len(every_client(session)) == 2
    assert all(len(client.redirect_uris) == 2 for client in every_client(session))


def test_an_unknown_client_is_nobody(session: Session) -> None:
    assert client_of(session, "cli_nobody") is None
    assert logo_of(session, "cli_nobody") is None
