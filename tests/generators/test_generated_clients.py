"""Clients that others' generators make of the document list our books, exactly as generated."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from launch import node
from tests.api.conftest import PLENTY, Api
from tests.factories.house import House
from tests.factories.served import served

HERE = Path(__file__).parent
PRICES = ("10", "20", "30.50", "40", "50", "60", "70")
TOLD = {
    "walk": ["50.00", "40.00", "30.50", "20.00"],
    "page": [7, "exact"],
    "refused": "unknown_operator",
    "made": ["Acme", 201],
}


@dataclass(frozen=True, slots=True)
class Books:
    """Served books of seven invoices, with the document and a token."""

    base: str
    token: str
    document: Path


@pytest.fixture
def books(sqlite_url: str, tmp_path: Path) -> Iterator[Books]:
    plans = {"COUNTINGHOUSE_TOKEN_PLAN": PLENTY, "COUNTINGHOUSE_ADDRESS_PLAN": PLENTY}
    api = Api(House(sqlite_url, tmp_path / "instance", **plans))
    contact = api.contact()["id"]
    for price in PRICES:
        api.invoice(price, contact_id=contact)
    api.house.close()
    where = {"database_url": sqlite_url, "instance": tmp_path / "instance"}
    with served(**where, processes=1, **plans) as base:
        document = tmp_path / "openapi.json"
        with urllib.request.urlopen(f"{base}/v1/openapi.json") as answer:  # noqa: S310 - loopback
            document.write_bytes(answer.read())
        yield Books(base, api.token, document)


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A folder in which the generators and the compiler find each other."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / node.MODULES).symlink_to(node.bring_generators())
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


def run(folder: Path, *words: str, **environ: str) -> str:
    done = subprocess.run(
        words,
        cwd=folder,
        env=node.environ() | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tool(name: str) -> str:
    """A program of the generators' folder."""
    return str(node.GENERATORS / node.MODULES / ".bin" / name)


def compiled(folder: Path, script: str) -> Path:
    """A script type-checked together with what was generated for it."""
    for name in (script, "tsconfig.json"):
        (folder / name).write_text((HERE / name).read_text())
    run(folder, tool("tsc"), "--project", ".")
    return (folder / script).with_suffix(".js")


def test_openapi_typescript_and_openapi_fetch_list_the_books(books, scripts):
    run(scripts, tool("openapi-typescript"), str(books.document), "-o", "schema.d.ts")
    script = compiled(scripts, "walk_fetch.ts")

    assert json.loads(run(scripts, "node", str(script), books.base, books.token)) == TOLD


def test_hey_api_lists_the_books(books, scripts):
    (scripts / "openapi-ts.config.mjs").write_text(
        f"export default {{ input: '{books.document}', logs: {{ file: false }},"
        " output: { path: 'hey', module: { extension: '.js' } },"
        " plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'] };"
    )
    run(scripts, tool("openapi-ts"), "-f", "openapi-ts.config.mjs")
    script = compiled(scripts, "walk_hey.ts")

    assert json.loads(run(scripts, "node", str(script), books.base, books.token)) == TOLD


def test_openapi_python_client_lists_the_books(books, tmp_path):
    tools = Path(sys.executable).parent
    told = run(
        tmp_path,
        *(str(tools / "openapi-python-client"), "generate", "--meta", "none", "--fail-on-warning"),
        *("--path", str(books.document), "--output-path", "books_client"),
        PATH=f"{tools}{os.pathsep}{os.environ['PATH']}",
    )
    assert "Unable" not in told

    script = str(HERE / "walk_python.py")
    told = run(tmp_path, sys.executable, script, books.base, books.token, PYTHONPATH=str(tmp_path))

    assert json.loads(told) == TOLD
