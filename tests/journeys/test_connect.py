"""The main job, as people live it: connect an app in a browser, use it, take it back.

The apps are client libraries written by others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from playwright.sync_api import Browser, Page, expect
from requests_oauthlib import OAuth2Session as OauthlibSession
from sqlalchemy import select

from app.domain.contacts.add import add_contact
from app.domain.contacts.given import ContactGiven
from app.domain.identity.tables import User
from app.domain.sales.draft import draft_invoice
from app.domain.sales.given import InvoiceGiven, LineGiven
from tests.factories.callback import Receiver, receiver
from tests.factories.house import PASSWORD, House, KnownClient
from tests.factories.served import served

LINE = LineGiven(description="Work", quantity=Decimal(1), unit_price=Decimal("100"))
LIST = "/v1/invoices?due_date=lt:2026-01-01&sort=-id"


@dataclass(frozen=True, slots=True)
class Scene:
    """A served Countinghouse, a person with books, an app, and the app's callback."""

    house: House
    base: str
    app: Receiver
    client: KnownClient
    email: str
    organisation: str


@pytest.fixture(autouse=True)
def plain_http_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The libraries refuse plain http, even on loopback, unless they are told."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture(params=[("confidential", "sqlite"), ("public", "postgresql")])
def scene(request: Any, tmp_path: Path) -> Iterator[Scene]:
    kind, database = request.param
    database_url = request.getfixturevalue(f"{database}_url")
    instance = tmp_path / "instance"
    house = House(database_url, instance)
    person = house.person()
    organisation = house.organisation("Wattle & Co", owner=person)
    shut = house.organisation("Tax Office", owner=house.person())
    house.member(person, shut, role="readonly")
    invoices(house, organisation)
    with (
        receiver() as app,
        served(database_url=database_url, instance=instance, processes=2) as base,
    ):
        client = house.client(type=kind, redirect_uris=(app.address,))
        email = house.look(lambda s: s.scalars(select(User.email).where(User.id == person)).one())
        yield Scene(house, base, app, client, email, organisation)
    house.close()


def invoices(house: House, organisation: str) -> None:
    contact = house.do(
        add_contact,
        organisation=organisation,
        given=ContactGiven(type="company", status="customer", company_name="Acme"),
    )
    for due in (date(2025, 11, 30), date(2025, 12, 31), date(2026, 2, 1)):
        house.do(
            draft_invoice,
            organisation=organisation,
            given=InvoiceGiven(
                contact_id=contact.id, date=date(2025, 10, 1), due_date=due, lines=(LINE,)
            ),
        )


def consent(scene: Scene, page: Page, address: str) -> None:
    """Sign in, choose, allow."""
    page.goto(address)
    page.get_by_label("E-mail address").fill(scene.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Ledgerline", exact=False).first).to_be_visible()
    expect(page.get_by_text("127.0.0.1", exact=False).first).to_be_visible()
    expect(page.get_by_role("checkbox", name="Tax Office")).to_be_disabled()
    page.get_by_role("checkbox", name="Wattle & Co").check()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{scene.app.origin}/**")


def take_back(scene: Scene, page: Page) -> None:
    page.goto(f"{scene.base}/account/connected-apps")
    page.get_by_role("button", name="Take back access").click()
    expect(page.get_by_role("button", name="Take back access")).to_have_count(0)


def works(session: Any, scene: Scene) -> list[str]:
    answer = session.get(scene.base + LIST)
    assert answer.status_code == 200, answer.text
    return [invoice["due_date"] for invoice in answer.json()["data"]]


@pytest.mark.timeout(300)
def test_authlibs_client_connects_lists_refreshes_and_is_cut_off(
    scene: Scene, browser: Browser
) -> None:
    method = "client_secret_basic" if scene.client.secret else "none"
    session = AuthlibSession(
        scene.client.id,
        scene.client.secret,
        scope="invoices:read contacts:read contacts:write",
        redirect_uri=scene.app.address,
        token_endpoint_auth_method=method,
        code_challenge_method="S256",
    )
    verifier = "authlib-" + "v" * 48
    address, state = session.create_authorization_url(
        f"{scene.base}/oauth/authorize", code_verifier=verifier
    )
    page = browser.new_context().new_page()

    consent(scene, page, address)
    token = session.fetch_token(
        f"{scene.base}/oauth/token",
        authorization_response=scene.app.wait(),
        code_verifier=verifier,
        state=state,
    )

    assert set(token["scope"].split()) == {"invoices:read", "contacts:read", "contacts:write"}
    assert works(session, scene) == ["2025-12-31", "2025-11-30"]
    session.refresh_token(f"{scene.base}/oauth/token", refresh_token=token["refresh_token"])
    assert works(session, scene) == ["2025-12-31", "2025-11-30"]
    take_back(scene, page)
    assert session.get(scene.base + LIST).status_code == 401


@pytest.mark.timeout(300)
def test_requests_oauthlib_connects_lists_refreshes_and_is_cut_off(
    scene: Scene, browser: Browser
) -> None:
    session = OauthlibSession(
        scene.client.id,
        scope=["invoices:read", "contacts:read"],
        redirect_uri=scene.app.address,
        pkce="S256",
    )
    address, _ = session.authorization_url(f"{scene.base}/oauth/authorize")
    page = browser.new_context().new_page()
    proof: dict[str, Any] = {"client_secret": scene.client.secret} if scene.client.secret else {}

    consent(scene, page, address)
    token = session.fetch_token(
        f"{scene.base}/oauth/token",
        authorization_response=scene.app.wait(),
        include_client_id=None if scene.client.secret else True,
        **proof,
    )

    assert works(session, scene) == ["2025-12-31", "2025-11-30"]
    session.refresh_token(
        f"{scene.base}/oauth/token",
        refresh_token=token["refresh_token"],
        client_id=scene.client.id,
        **proof,
    )
    assert works(session, scene) == ["2025-12-31", "2025-11-30"]
    take_back(scene, page)
    assert session.get(scene.base + LIST).status_code == 401


@pytest.mark.timeout(300)
def test_a_person_who_denies_is_sent_back_with_the_reason(scene: Scene, browser: Browser) -> None:
    session = OauthlibSession(
        scene.client.id, scope=["invoices:read"], redirect_uri=scene.app.address, pkce="S256"
    )
    address, _ = session.authorization_url(f"{scene.base}/oauth/authorize")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(address)
    page.get_by_label("E-mail address").fill(scene.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.get_by_role("button", name="Deny").click()

    came = scene.app.wait()
    assert "error=access_denied" in came
    assert "error_description=the+resource+owner+denied+the+request" in came
    assert requests.utils.urlparse(came).query.count("iss=") == 1
