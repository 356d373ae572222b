"""The documentation in a real browser: policy kept, readable by everyone, without any script."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.factories.house import House
from tests.factories.served import served
from tests.journeys.test_pages import SMALL, STANDARDS, TELL_VIOLATIONS, WIDE

WRONG = "statsu%3Ddraft%26total%3Dgte:100%2BAND%2Blt:20x%26sort%3D-totl%26number%3Deq:%22a"
PAGES = {
    "guide": "/docs",
    "resource": "/docs/invoices",
    "feed": "/docs/changes",
    "view": "/docs/me",
    "errors": "/docs/errors",
    "refusal": "/docs/errors/rate-limited",
    "fault": "/docs/errors/unknown-field",
    "search": "/docs/search?q=due+date",
    "search in vain": "/docs/search?q=nothing+like+this",
    "builder": "/docs/query",
    "builder with faults": f"/docs/query?resource=invoices&query={WRONG}",
    "builder with a plan": "/docs/query?resource=invoices&query=status%3Dopen%26sort%3D-due_date",
    "builder refusing": "/docs/query?resource=invoices&query=a%3D%25ff",
    "closed playground": "/playground",
}


@pytest.fixture
def address(sqlite_url: str, tmp_path: Path) -> Iterator[str]:
    instance = tmp_path / "instance"
    House(sqlite_url, instance).close()
    with served(database_url=sqlite_url, instance=instance, processes=1) as address:
        yield address


def test_no_page_breaks_the_policy_or_asks_anyone_else(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(TELL_VIOLATIONS)
    said: list[str] = []
    asked: set[str] = set()
    context.on("console", lambda message: said.append(message.text))
    context.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
    page = context.new_page()
    for path in PAGES.values():
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status == 200, path
    context.close()

    assert said == []
    assert asked == {address}


def test_every_page_fits_a_small_screen_and_needs_no_script(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=SMALL, java_script_enabled=False)
    page = context.new_page()
    widths = {}
    for name, path in PAGES.items():
        page.goto(address + path)
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
    context.close()

    assert {name: width for name, width in widths.items() if width > SMALL["width"]} == {}


@pytest.mark.parametrize(
    ("scheme", "screen"), [("light", WIDE), ("dark", SMALL)], ids=["light wide", "dark small"]
)
def test_every_page_is_readable_by_everyone(
    browser: Browser, address: str, scheme: str, screen: dict[str, int]
) -> None:
    context = browser.new_context(viewport=screen, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
        told = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}}).response
        for fault in told["violations"]:
            where = [node["html"][:120] for node in fault["nodes"]]
            found.setdefault(name, []).append(f"{fault['impact']} {fault['id']}: {where}")
    context.close()

    assert not found, json.dumps(found, indent=2)


def choose(page: Page, row: int, field: str, operator: str, value: str) -> None:
    """Fill in one row of the query builder."""
    rows = page.get_by_role("group", name=f"Filter {row}")
    rows.get_by_label("Field").select_option(field)
    rows.get_by_label("Operator").select_option(operator)
    rows.get_by_label("Value").fill(value)


def test_a_partner_builds_a_query_mends_it_and_reads_its_sample(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport=WIDE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/docs/query")
    choose(page, 1, "status", "eq", "payd")
    choose(page, 2, "total", "gte", "100")
    page.get_by_label("sort").fill("-due_date")
    page.get_by_role("button", name="Build the query").click()

    expect(page.get_by_role("heading", name="1 thing is wrong")).to_be_visible()
    expect(page.locator(".written mark")).to_have_text("p")
    page.get_by_role("link", name="Correct it").click()

    expect(page.get_by_role("heading", name="This query is right")).to_be_visible()
    asked = f"{address}/v1/invoices?status=paid&total=gte:100&sort=-due_date"
    expect(page.get_by_text(f"GET {asked}")).to_be_visible()
    shown = page.locator(".outcome .samples pre:visible")
    expect(shown).to_contain_text("curl")
    page.get_by_text("Python", exact=True).click()
    expect(shown).to_contain_text("import requests")
    context.close()
