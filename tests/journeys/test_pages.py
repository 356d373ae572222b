"""Every page in a real browser: policy kept, readable by everyone, and fitting a small screen."""

import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update

from app.domain.clients.register import register
from app.domain.clients.registration import Registration
from app.domain.grants.tables import Grant
from app.kernel.clock import epoch_s
from tests.factories.house import PASSWORD, House, KnownClient, challenge_of
from tests.factories.served import served
from tests.web.surfer import email_of
from tests.web.test_portal import picture

SMALL = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TELL_VIOLATIONS = """
    addEventListener('securitypolicyviolation', (event) =>
        console.error(`violation of ${event.violatedDirective} by ${event.blockedURI}`))
"""


class Callback(BaseHTTPRequestHandler):
    """The app that people are returned to: an origin of its own."""

    def do_GET(self) -> None:
        """Say that the person has arrived."""
        body = b"<!doctype html><html lang=en><title>App</title><h1>Back in the app</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Site:
    """The whole service on a port, with a person who has connected an app already."""

    house: House
    address: str
    email: str
    client: KnownClient
    native: KnownClient
    callback: str

    def asks(self, client: KnownClient, *, uri: str, scope: str) -> str:
        """The address at which an app asks for access."""
        asked = {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": uri,
            "scope": scope,
            "state": "some state",
            "code_challenge": challenge_of(secrets.token_urlsafe(48)),
            "code_challenge_method": "S256",
        }
        return f"{self.address}/oauth/authorize?{urlencode(asked)}"


@pytest.fixture
def callback() -> Iterator[str]:
    """The address of the app's own page, on another origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Callback) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/callback"
        server.shutdown()


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path, callback: str) -> Iterator[Site]:
    """The pages as they are really served, and the same database here to furnish it."""
    instance = tmp_path / "instance"
    house = House(sqlite_url, instance)
    with served(database_url=sqlite_url, instance=instance, processes=1) as address:
        yield _furnished(house, address, callback)
    house.close()


def _furnished(house: House, address: str, callback: str) -> Site:
    person = house.person("Amara Okafor-Lindqvist")
    wattle = house.organisation("Wattle & Co Pty Ltd", owner=person)
    bakery = house.organisation("Boulangerie Saint-Honoré SARL", owner=person)
    house.member(person, house.organisation("Harbour Dental Group"), role="readonly")
    registered = house.do(
        register,
        registration=Registration(
            name="Cashflow Weather",
            company_name="Barometer Labs Pty Ltd",
            website="https://barometer.example",
            logo=picture(side=300).read(),
            redirect_uris=(callback,),
            scope=("contacts:read", "invoices:read", "offline_access"),
            optional_scope=("contacts:write", "invoices:write"),
        ),
        owner_id=person,
        development=True,
    )
    client = KnownClient(registered.client_id, registered.client_secret)
    native = house.client(type="public", redirect_uris=("com.example.app:/callback",))
    for organisations, of in (((wattle, bakery), client), ((wattle,), client), ((wattle,), native)):
        house.access_token(user_id=person, organisations=organisations, client=of)
    house.do(lambda session: session.execute(update(Grant).values(last_used_at=epoch_s())))
    return Site(house, address, email_of(house, person), client, native, callback)


@dataclass(slots=True)
class Walk:
    """A walk past every page; at each stop the look is taken that this walk is for."""

    page: Page
    site: Site
    look: Callable[[str], None]
    stops: list[str] = field(default_factory=list)

    def stop(self, name: str) -> None:
        """Look at the page that is open."""
        self.stops.append(name)
        self.look(name)

    def at(self, path: str, name: str) -> None:
        """Open a page and look at it."""
        self.page.goto(self.site.address + path)
        self.stop(name)

    def everywhere(self) -> None:
        """Walk the whole way, as a stranger first."""
        self._as_a_stranger()
        self._through_consent()
        self._through_the_account()
        self._through_the_portal()
        self.at("/sign-in", "sign in again")
        self.at("/sign-out", "sign out")
        self.page.get_by_role("main").get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_text("You are signed out.")).to_be_visible()
        self.stop("signed out")

    def _as_a_stranger(self) -> None:
        self.at("/", "home")
        self.at("/nothing", "no such page")
        self.at("/oauth/authorize?client_id=unknown", "a request that cannot be answered")
        self.at("/account/", "sign in")
        self.page.get_by_label("E-mail address").fill(self.site.email)
        self.page.get_by_label("Password").fill("a wrong one")
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("alert")).to_contain_text("do not match")
        self.stop("wrong password")

    def _through_consent(self) -> None:
        page, site = self.page, self.site
        scope = "contacts:read invoices:read invoices:write offline_access"
        page.goto(site.asks(site.client, uri=site.callback, scope=scope))
        page.get_by_label("E-mail address").fill(site.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Cashflow Weather asks")
        self.stop("consent")
        page.get_by_role("button", name="Allow").click()
        expect(page.get_by_role("alert")).to_contain_text("Choose at least one organisation")
        self.stop("consent with a fault")
        page.get_by_label("Wattle & Co Pty Ltd").check()
        page.get_by_role("button", name="Allow").click()
        page.wait_for_url(re.compile(re.escape(site.callback) + r"\?code=ch_live_ac_"))
        expect(page.get_by_role("heading")).to_have_text("Back in the app")
        page.goto(site.asks(site.native, uri="com.example.app:/callback", scope="invoices:read"))
        page.get_by_role("button", name="Deny").click()
        link = page.get_by_role("link", name="Return to Ledgerline")
        expect(link).to_have_attribute("href", re.compile("^com.example.app:/callback\\?error="))
        self.stop("decided for an app with its own scheme")

    def _through_the_account(self) -> None:
        self.at("/account/", "account")
        self.at("/account/connected-apps", "connected apps")
        self.page.get_by_role("button", name="Take back everything from Cashflow Weather").click()
        expect(self.page.get_by_role("status")).to_contain_text("Access taken back")
        self.stop("access taken back")
        self.page.get_by_role("button", name="Take back access of Ledgerline").click()
        expect(self.page.get_by_text("Nothing is connected")).to_be_visible()
        self.stop("nothing connected")

    def _through_the_portal(self) -> None:
        page = self.page
        self.at("/portal/", "apps")
        page.get_by_role("link", name="Cashflow Weather").click()
        self.stop("an app")
        self.at("/portal/apps/new", "a new app")
        page.get_by_label("Company name").fill("Barometer Labs")
        page.get_by_label("App name").fill("Tide <Table>")
        page.get_by_label("Redirect URIs").fill(
            f"http://{'long.' * 12}example/\nhttps://a.example/#"
        )
        page.get_by_role("button", name="Register the app").click()
        expect(page.get_by_role("alert")).to_contain_text("4 things are to be mended")
        self.stop("a new app with faults")
        page.get_by_label("App name").fill("Tide Table")
        page.get_by_label("Redirect URIs").fill("https://tide.example/callback")
        page.get_by_label("See your invoices: required").check()
        page.get_by_role("button", name="Register the app").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tide Table is registered")
        self.stop("a registered app")


def _walk(context: BrowserContext, site: Site, look: Callable[[Page, str], None]) -> None:
    page = context.new_page()
    walk = Walk(page, site, lambda name: look(page, name))
    walk.everywhere()
    assert len(walk.stops) == len(set(walk.stops)) == 20, walk.stops


def test_no_page_breaks_its_own_policy(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(TELL_VIOLATIONS)
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    asked: set[str] = set()
    context.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))

    _walk(context, site, lambda page, name: None)
    context.close()

    assert not [text for text in said if "violation" in text or "Security Policy" in text]
    assert asked == {site.address, site.callback.removesuffix("/callback")}


def test_every_page_fits_a_small_screen_and_needs_no_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport=SMALL, java_script_enabled=False)
    widths: dict[str, int] = {}

    def measure(page: Page, name: str) -> None:
        widths[name] = page.evaluate("document.documentElement.scrollWidth")

    _walk(context, site, measure)
    context.close()

    assert {name: width for name, width in widths.items() if width > SMALL["width"]} == {}


@pytest.mark.parametrize(
    ("scheme", "screen"), [("light", WIDE), ("dark", SMALL)], ids=["light wide", "dark small"]
)
def test_every_page_is_readable_by_everyone(
    browser: Browser, site: Site, scheme: str, screen: dict[str, int]
) -> None:
    context = browser.new_context(viewport=screen, color_scheme=scheme, bypass_csp=True)
    axe = Axe()
    found: dict[str, list[str]] = {}

    def examine(page: Page, name: str) -> None:
        page.emulate_media(reduced_motion="reduce")
        told = axe.run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}}).response
        for fault in told["violations"]:
            where = [node["html"][:120] for node in fault["nodes"]]
            found.setdefault(name, []).append(f"{fault['impact']} {fault['id']}: {where}")

    _walk(context, site, examine)
    context.close()

    assert not found, json.dumps(found, indent=2)
