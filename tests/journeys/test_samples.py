"""The samples of the documentation, copied from its pages and run as they are."""

import ast
import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from app.api.openapi.samples import SAMPLE_ULID
from app.api.surfaces.v1 import V1
from app.web.docs.catalogue import references
from launch import node
from tests.api.conftest import PLENTY, Api
from tests.factories.house import House
from tests.factories.served import served

PAGES = tuple(each.name for each in references(V1, issuer="http://localhost"))
OPERATION = re.compile(r'<h3 id="(\w+)">.*?<span class="method">(\w+)<', re.DOTALL)
SAMPLE = re.compile(r'<pre class="(\w+)"><code>(.*?)</code></pre>', re.DOTALL)
# What Node itself declares, for the compiler that knows only the browser.
OF_NODE = "declare const process: { env: Record<string, string | undefined> };\nexport {};\n"


@dataclass(frozen=True, slots=True)
class Books:
    """Served books, with a token, and ways to furnish them."""

    base: str
    token: str

    def call(self, method: str, path: str, body: object = None) -> requests.Response:
        return requests.request(
            method,
            f"{self.base}/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )

    def made(self, path: str, body: object) -> str:
        answer = self.call("POST", path, body)
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["data"]["id"]
        return found

    def sample_of(self, resource: str, text: str) -> str:
        """A sample with an id of these books wherever it has one that only reads as such."""
        if SAMPLE_ULID not in text:
            return text
        contact = self.made("/contacts", {"type": "company", "company_name": "Bolt Pty Ltd"})
        ids = {"con": contact}
        if resource == "invoices":
            draft = {"contact_id": contact, "lines": []}
            ids["inv"] = self.made("/invoices", draft)
        if resource == "tax-rates":
            ids["tax"] = self.call("GET", "/tax-rates").json()["data"][0]["id"]
        for prefix, found in ids.items():
            text = text.replace(f"{prefix}_{SAMPLE_ULID}", found)
        assert SAMPLE_ULID not in text
        return text


@pytest.fixture
def books(sqlite_url: str, tmp_path: Path) -> Iterator[Books]:
    plans = {"COUNTINGHOUSE_TOKEN_PLAN": PLENTY, "COUNTINGHOUSE_ADDRESS_PLAN": PLENTY}
    api = Api(House(sqlite_url, tmp_path / "instance", **plans))
    api.rate()
    contact = api.contact(status="customer", company_name="Acme")["id"]
    api.invoice("100", contact_id=contact, date="2025-10-01", due_date="2025-12-31")
    api.house.close()
    where = {"database_url": sqlite_url, "instance": tmp_path / "instance"}
    with served(**where, processes=1, **plans) as base:
        yield Books(base, api.token)


def samples_on(books: Books, page: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each operation of a page: its name, its method, and its sample in each language."""
    text = requests.get(f"{books.base}/docs/{page}", timeout=30).text
    found = list(OPERATION.finditer(text))
    assert found, page
    for here, after in zip(found, [*found[1:], None], strict=True):
        part = text[here.end() : after.start() if after else len(text)]
        yield here[1], here[2], {key: html.unescape(told) for key, told in SAMPLE.findall(part)}


def run(books: Books, *words: str, **options: object) -> str:
    done = subprocess.run(
        words,
        env={**node.environ(), "TOKEN": books.token},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_sample_of_curl_and_python_runs_as_it_is(books):
    ran = 0
    for page in PAGES:
        for name, method, samples in samples_on(books, page):
            told = run(books, "bash", "-c", books.sample_of(page, samples["curl"]))
            printed = run(books, sys.executable, "-c", books.sample_of(page, samples["python"]))
            if method == "DELETE":
                assert (told, printed) == ("", "204\n"), name
            else:
                data = json.loads(told)["data"]
                assert type(ast.literal_eval(printed)) is type(data), name
                assert data, name
            ran += 1

    assert ran >= 17


def test_every_sample_of_typescript_is_typed_and_runs_as_it_is(books, tmp_path):
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / node.MODULES).symlink_to(node.bring_generators())
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "tsconfig.json").write_text((node.GENERATORS / "tsconfig.json").read_text())
    for page in PAGES:
        for name, _, samples in samples_on(books, page):
            text = books.sample_of(page, samples["typescript"])
            (folder / f"{name}.ts").write_text(OF_NODE + text)

    compiler = folder / node.MODULES / ".bin" / "tsc"
    run(books, str(compiler), "--project", ".", cwd=folder)
    scripts = sorted(folder.glob("*.js"))
    told = {script.stem: run(books, "node", str(script)) for script in scripts}

    assert len(told) >= 17
    assert {name for name, text in told.items() if text == "204\n"} == {
        name for name in told if name.startswith("delete")
    }


def test_the_samples_of_the_guide_and_of_the_query_builder_run_too(books):
    query = "/docs/query?resource=invoices&query=total%3Dgte:100%2BAND%2Blt:200%26sort=-due_date"
    for address in ("/docs", query):
        page = requests.get(f"{books.base}{address}", timeout=30).text
        samples = {key: html.unescape(told) for key, told in SAMPLE.findall(page)}

        assert set(samples) == {"curl", "python", "typescript"}, address
        assert json.loads(run(books, "bash", "-c", samples["curl"]))["data"], address
        assert run(books, sys.executable, "-c", samples["python"]), address
        module = ("--input-type=module", "-e", samples["typescript"])
        assert run(books, str(node.NODE), *module), address
