"""Schemathesis calls every operation of the document, and meets no answer that it does not tell."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import PLENTY, Api
from tests.factories.house import House
from tests.factories.served import served

TOOL = str(Path(sys.executable).parent / "st")
# What the document promises of answers. That whatever it allows is accepted as well is not among
# it: the rules of the books refuse much that has the right form.
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "negative_data_rejection"),
    *("missing_required_header", "allow_header_conformance", "ignored_auth", "use_after_free"),
    *("ensure_resource_availability",),
)
# A condition that does not hold is a refusal like others, whatever else was wrong.
SETTINGS = """\
[checks.negative_data_rejection]
expected-statuses = ["4xx", "5xx"]
"""
TIMEOUT_S = 3_000
# What chooses one of several ways of paging, and one organisation or version of many.
EXCLUSIVE = ("page", "per_page", "offset", "cursor", "Organisation", "If-Match", "If-None-Match")


@dataclass(frozen=True, slots=True)
class Books:
    """Served books with a few rows, their document, and a token for them."""

    base: str
    token: str
    document: Any

    def check(self, folder: Path, document: Path, *words: str) -> Any:
        """Run Schemathesis against them; answers with its report."""
        report = folder / "report.json"
        (folder / "schemathesis.toml").write_text(SETTINGS)
        command = [TOOL, "run", str(document), "--url", self.base, "--no-color"]
        command += ["--header", f"Authorization: Bearer {self.token}", "--checks", ",".join(CHECKS)]
        command += ["--report", "json", "--report-json-path", str(report)]
        command += ["--generation-database", "none", "--seed", "7", "--continue-on-failure"]
        done = subprocess.run(
            [*command, "--suppress-health-check", "all", *words],
            cwd=folder,
            env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
        return json.loads(report.read_text())


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    plans = {"COUNTINGHOUSE_TOKEN_PLAN": PLENTY, "COUNTINGHOUSE_ADDRESS_PLAN": PLENTY}
    api = Api(House(database_url, tmp_path / "instance", **plans))
    contact, rate = api.contact()["id"], api.rate()
    for price in ("10", "20.50", "3000"):
        line = {"description": "Work", "unit_price": price, "tax_rate_id": rate}
        api.invoice(contact_id=contact, lines=[line])
    api.house.close()
    where = {"database_url": database_url, "instance": tmp_path / "instance"}
    with served(**where, processes=1, **plans) as base:
        with urllib.request.urlopen(f"{base}/v1/openapi.json") as answer:  # noqa: S310 - loopback
            document = json.loads(answer.read())
        yield Books(base, api.token, document)


@pytest.mark.soak
@pytest.mark.timeout(TIMEOUT_S)
def test_no_answer_is_a_failure_of_ours_or_untold(books, tmp_path, rounds):
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(books.document))
    phases = ("examples", "fuzzing", "stateful", "coverage")[: rounds(small=3, soak=4)]

    report = books.check(
        *(tmp_path, document, "--phases", ",".join(phases)),
        *("--max-examples", str(rounds(small=4, soak=100))),
    )

    assert report["operations"]["tested"] == report["operations"]["total"]
    assert report["test_cases"]["generated"] >= rounds(small=100, soak=5_000)


@pytest.mark.soak
@pytest.mark.timeout(TIMEOUT_S)
def test_nor_where_nearly_every_question_has_an_answer(books, tmp_path, rounds):
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(sharpened(books.document)))

    report = books.check(
        *(tmp_path, document, "--phases", "fuzzing,stateful", "--mode", "positive"),
        *("--max-examples", str(rounds(small=6, soak=60))),
    )

    assert report["test_cases"]["generated"] >= rounds(small=50, soak=1_000)


def sharpened(document: Any) -> Any:
    """The document with filters that hold true values, and one way of paging."""
    for methods in document["paths"].values():
        for operation in methods.values():
            kept = [one for one in operation["parameters"] if one["name"] not in EXCLUSIVE]
            operation["parameters"] = [_sharp(one) for one in kept]
    return document


def _sharp(parameter: Any) -> Any:
    if "x-filter" in parameter:
        words = {"type": "string", "enum": parameter["x-filter"]["examples"]}
        return parameter | {"schema": {"type": "array", "items": words, "maxItems": 2}}
    if parameter["name"] == "filter":
        told = [one["value"] for one in parameter["examples"].values()]
        return parameter | {"schema": {"type": "string", "enum": told}}
    return parameter
