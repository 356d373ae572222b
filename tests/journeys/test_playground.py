"""The playground in a real browser: sign in to a test organisation, and call the API from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.domain.clients.playground import open_playground
from tests.factories.house import PASSWORD, House
from tests.factories.served import served
from tests.journeys.test_pages import SMALL, TELL_VIOLATIONS, WIDE
from tests.web.surfer import email_of


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A served Countinghouse with a person who has a real and a test organisation."""

    address: str
    email: str


@pytest.fixture
def sandbox(sqlite_url: str, tmp_path: Path) -> Iterator[Sandbox]:
    instance = tmp_path / "instance"
    house = House(sqlite_url, instance)
    person = house.person("Amara Okafor-Lindqvist")
    house.organisation("Wattle & Co Pty Ltd", owner=person)
    house.organisation("Wattle & Co (test)", owner=person, is_test=True)
    with served(database_url=sqlite_url, instance=instance, processes=1) as address:
        house.do(open_playground, issuer=address, development=True)
        yield Sandbox(address, email_of(house, person))
    house.close()


@dataclass(frozen=True, slots=True)
class Watched:
    """A browser whose every complaint and every request is noted."""

    context: BrowserContext
    said: list[str]
    asked: set[str]

    @property
    def violations(self) -> list[str]:
        return [text for text in self.said if "violation" in text or "Security Policy" in text]


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(TELL_VIOLATIONS)
    said: list[str] = []
    asked: set[str] = set()
    context.on("console", lambda message: said.append(message.text))
    context.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
    yield Watched(context, said, asked)
    context.close()


def authorize(page: Page, sandbox: Sandbox) -> None:
    """Sign in from the playground and allow the test organisation, the only one that is open."""
    page.get_by_role("button", name="Authorize").first.click()
    dialog = page.locator(".dialog-ux")
    expect(dialog.get_by_label("invoices:read")).to_be_checked()
    expect(dialog.get_by_label("client_secret:")).to_be_hidden()
    with page.expect_popup() as opened:
        dialog.locator(".auth-btn-wrapper .authorize").click()
    consent = opened.value
    consent.get_by_label("E-mail address").fill(sandbox.email)
    consent.get_by_label("Password").fill(PASSWORD)
    consent.get_by_role("button", name="Sign in").click()
    expect(consent.get_by_role("heading", level=1)).to_contain_text("Playground asks")
    expect(consent.get_by_label("Wattle & Co Pty Ltd")).to_be_disabled()
    consent.get_by_label("Wattle & Co (test)").check()
    with consent.expect_event("close"):
        consent.get_by_role("button", name="Allow").click()
    expect(dialog.get_by_text("Logout")).to_be_visible()
    dialog.locator(".btn-done").click()


def test_a_partner_signs_in_and_lists_invoices_of_a_test_organisation(watched, sandbox):
    page = watched.context.new_page()
    page.goto(f"{sandbox.address}/playground")
    expect(page.get_by_text("Sandbox only.")).to_be_visible()

    authorize(page, sandbox)
    operation = page.locator("#operations-Invoices-listInvoices")
    operation.get_by_role("button", name="GET /v1/invoices", exact=False).first.click()
    operation.get_by_role("button", name="Try it out").click()
    with page.expect_response(lambda answer: "/v1/invoices" in answer.url) as answered:
        operation.get_by_role("button", name="Execute").click()
    told = operation.locator(".live-responses-table .response").first
    expect(told.locator(".response-col_status")).to_contain_text("200")

    sent = answered.value.request.headers["authorization"]
    assert answered.value.status == 200
    assert sent.startswith("Bearer ch_test_at_")
    assert answered.value.json()["data"] == []
    assert watched.violations == []
    assert watched.asked == {sandbox.address}


def test_the_playground_fits_a_small_screen(browser, sandbox):
    context = browser.new_context(viewport=SMALL, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{sandbox.address}/playground")
    expect(page.locator("#operations-Invoices-listInvoices")).to_be_visible()
    page.get_by_role("button", name="Authorize").first.click()
    expect(page.locator(".dialog-ux")).to_be_visible()

    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()

    assert width <= SMALL["width"]


@pytest.mark.parametrize("screen", [WIDE, SMALL], ids=["wide", "small"])
def test_the_names_of_parameters_can_be_read(browser, sandbox, screen):
    context = browser.new_context(viewport=screen)
    page = context.new_page()
    page.goto(f"{sandbox.address}/playground")
    for operation in ("Invoices-listInvoices", "Changes-listChanges"):
        shown = page.locator(f"#operations-{operation}")
        shown.locator(".opblock-summary-control").click()
        names = shown.locator("td.parameters-col_name")
        expect(names.first).to_be_visible()
        broken = names.evaluate_all(
            "all => all.filter(each => each.getBoundingClientRect().width < 150).length"
        )
        assert broken == 0
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()

    assert width <= screen["width"]
