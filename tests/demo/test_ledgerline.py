"""The demo app, walked by a browser's requests against a server that is really served."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.grants.revoke import revoke
from app.domain.grants.tables import Grant
from app.kernel.clock import epoch_s
from demo.pages import create_demo
from demo.settings import Incomplete, Settings, read_settings
from tests.factories.house import PASSWORD, House
from tests.factories.served import served
from tests.web.surfer import email_of

DEMO_URL = "http://127.0.0.1:8001"


@dataclass(slots=True)
class Walk:
    """A person, their browser at the server, and the same browser at the demo app."""

    house: House
    demo: Flask
    at_demo: FlaskClient
    at_server: requests.Session
    base: str
    email: str
    organisation: str

    def begin(self) -> str:
        """Click on connect; where the app sends the browser."""
        sent = self.at_demo.get("/connect")
        assert sent.status_code == 303
        return sent.headers["Location"]

    def decide(self, address: str, decision: str) -> str:
        """Sign in where asked, decide; the address that the server sends the browser back to."""
        page = self.at_server.get(address, timeout=30)
        if "/sign-in" in page.url:
            page = self.send(page, email=self.email, password=PASSWORD)
        fields = {"organisation": self.organisation, "decision": decision}
        done = self.send(page, follow=False, **fields)
        assert done.status_code == 303
        return done.headers["Location"]

    def send(
        self, page: requests.Response, *, follow: bool = True, **fields: str
    ) -> requests.Response:
        """Send the form of a page with what it remembers and these fields."""
        action = html.unescape(re.findall(r'<form method="post" action="([^"]+)"', page.text)[0])
        kept = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        hidden = {name: html.unescape(value) for name, value in kept.items()}
        return self.at_server.post(
            self.base + action, data=hidden | fields, allow_redirects=follow, timeout=30
        )

    def connect(self) -> TestResponse:
        """Walk the whole flow; the page that it ends on."""
        back = self.decide(self.begin(), "allow")
        assert back.startswith(f"{DEMO_URL}/callback?")
        return self.at_demo.get(back.removeprefix(DEMO_URL), follow_redirects=True)

    def press(self, page: TestResponse, action: str) -> TestResponse:
        """Press one of the app's own buttons."""
        token = re.findall(r'name="form_token" value="([^"]+)"', page.text)[0]
        return self.at_demo.post(action, data={"form_token": token}, follow_redirects=True)


@pytest.fixture
def walk(sqlite_url: str, tmp_path: Path) -> Iterator[Walk]:
    instance = tmp_path / "instance"
    house = House(sqlite_url, instance)
    person = house.person()
    client = house.client(
        scope=("invoices:read", "offline_access"), redirect_uris=("http://127.0.0.1/callback",)
    )
    organisation = house.organisation(owner=person)
    with served(database_url=sqlite_url, instance=instance, processes=1) as base:
        demo = create_demo(
            Settings(
                port=8001,
                url=DEMO_URL,
                server_url=base,
                client_id=client.id,
                client_secret=str(client.secret),
                scope="invoices:read offline_access invoices:write",
            )
        )
        with requests.Session() as browser:
            yield Walk(
                house,
                demo,
                demo.test_client(),
                browser,
                base,
                email_of(house, person),
                organisation,
            )
    house.close()


def test_a_person_connects_refreshes_and_disconnects(walk: Walk) -> None:
    shown = walk.connect()
    assert shown.status_code == 200
    assert "Wattle &amp; Co" in shown.text
    assert "GET /v1/invoices?due_date=lt:2026-01-01&amp;sort=-id" in shown.text
    assert "X-RateLimit-Remaining" in shown.text
    assert re.search(r"ch_live_(at|rt)_\w{15}", shown.text) is None
    assert "ch_live" not in str(shown.headers)

    fresh = walk.press(shown, "/refresh")
    assert "The token was refreshed" in fresh.text
    first, second = (re.findall(r"ch_live_at_\w+", page.text) for page in (shown, fresh))
    assert first != second

    gone = walk.press(fresh, "/disconnect")
    assert "we kept nothing" in gone.text
    grant = walk.house.look(lambda session: session.query(Grant).one())
    assert grant.revoked_at is not None
    assert walk.at_demo.get("/invoices").headers["Location"] == "/"


def test_access_that_was_taken_back_is_said_in_plain_words(walk: Walk) -> None:
    walk.connect()
    grant = walk.house.look(lambda session: session.query(Grant).one())
    walk.house.do(
        revoke,
        grant_id=grant.id,
        user_id=str(grant.user_id),
        reason="person",
        now_s=epoch_s(),
    )

    refused = walk.at_demo.get("/invoices")
    assert refused.status_code == 401
    assert "Access was taken back" in refused.text

    still = walk.press(refused, "/refresh")
    assert "Access was taken back" in still.text
    assert "Try to refresh" not in still.text


def test_a_person_who_declines_is_told_that_nothing_was_shared(walk: Walk) -> None:
    back = walk.decide(walk.begin(), "deny")

    told = walk.at_demo.get(back.removeprefix(DEMO_URL))
    assert told.status_code == 200
    assert "Nothing was shared" in told.text


def test_an_answer_that_was_not_asked_for_connects_nothing(walk: Walk) -> None:
    address = walk.begin()
    asked = parse_qs(urlsplit(address).query)
    state, issuer = asked["state"][0], walk.base
    assert asked["code_challenge_method"] == ["S256"]
    stranger = walk.demo.test_client()

    for browser, query in (
        (stranger, {"state": state, "iss": issuer, "code": "x"}),
        (walk.at_demo, {"state": "another", "iss": issuer, "code": "x"}),
        (walk.at_demo, {"iss": issuer, "code": "x"}),
        (walk.at_demo, {"state": [state, state], "iss": issuer, "code": "x"}),
    ):
        refused = browser.get("/callback", query_string=query)
        assert refused.status_code == 400
        assert "code" not in refused.text or "ch_live" not in refused.text

    elsewhere = {"state": state, "iss": "https://evil.example", "code": "x"}
    refused = walk.at_demo.get("/callback", query_string=elsewhere)
    assert "Another server" in refused.text
    # The state was spent on that answer: a second one with the right issuer comes too late.
    again = walk.at_demo.get("/callback", query_string=elsewhere | {"iss": issuer})
    assert "We did not expect you here" in again.text


@pytest.fixture
def lonely() -> Flask:
    """The app without a server to talk to."""
    return create_demo(
        Settings(
            port=8001,
            url=DEMO_URL,
            server_url="http://127.0.0.1:1",
            client_id="cli_x",
            client_secret="x",
            scope="invoices:read",
        )
    )


def test_the_start_is_shown_without_a_server_and_connecting_says_so(lonely: Flask) -> None:
    browser = lonely.test_client()

    assert "Connect your books" in browser.get("/").text
    silent = browser.get("/connect")
    assert silent.status_code == 502
    assert "do not answer" in silent.text


def test_pages_forbid_scripts_frames_and_stores_and_the_cookie_is_for_http_alone(
    lonely: Flask,
) -> None:
    page = lonely.test_client().get("/")

    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "HttpOnly" in page.headers["Set-Cookie"]
    assert "SameSite=Lax" in page.headers["Set-Cookie"]
    assert "<script" not in page.text


@pytest.mark.parametrize("path", ["/refresh", "/disconnect"])
def test_a_button_needs_the_token_of_its_own_page(lonely: Flask, path: str) -> None:
    browser = lonely.test_client()
    browser.get("/")

    for form in ({}, {"form_token": "guessed"}):
        assert browser.post(path, data=form).status_code == 400


def test_a_forged_cookie_is_a_stranger(lonely: Flask) -> None:
    browser = lonely.test_client()
    browser.set_cookie("ledgerline", "someone.else", domain="localhost")

    assert "ledgerline=someone" not in browser.get("/").headers["Set-Cookie"]


def test_another_host_is_not_answered(lonely: Flask) -> None:
    assert lonely.test_client().get("/", base_url="http://evil.example").status_code == 400


def test_what_is_missing_from_the_environment_is_named() -> None:
    with pytest.raises(Incomplete, match="DEMO_CLIENT_ID, DEMO_CLIENT_SECRET"):
        read_settings({"DEMO_PORT": "8001", "DEMO_SERVER_URL": "http://localhost:8000"})


def test_the_demo_app_imports_nothing_of_the_server() -> None:
    files = (Path(__file__).resolve().parent.parent.parent / "demo").glob("*.py")

    assert not [
        file.name
        for file in files
        if re.search(r"^\s*(from|import) (app|launch|tests)\b", file.read_text(), re.MULTILINE)
    ]
