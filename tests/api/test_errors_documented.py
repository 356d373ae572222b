"""Every error that the API answers with stands in docs/errors.md, as it is."""

import importlib
import pkgutil
import re

import pytest

import app.api
import app.domain.contacts
import app.domain.ledger
import app.domain.sales
from app.api.surfaces.problems import status_of
from app.gateway.errors import Refusal
from app.kernel.errors import CountinghouseError
from tests.rules.source import ROOT

ANSWERED = (
    *("app.api.", "app.domain.contacts.", "app.domain.ledger.", "app.domain.sales."),
    *("app.gateway.errors", "app.kernel.", "app.query.", "app.storage."),
)
ROW = re.compile(r"^\| (\d{3}) \| (\d+) \| `(\w+)` \|", re.MULTILINE)


def kinds_of(error: type[CountinghouseError]):
    for kind in error.__subclasses__():
        yield kind
        yield from kinds_of(kind)


@pytest.fixture(scope="module")
def answered():
    for package in (app.api, app.domain.contacts, app.domain.ledger, app.domain.sales):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return {
        kind
        for kind in kinds_of(CountinghouseError)
        if kind.__module__.startswith(ANSWERED) and kind is not Refusal
    }


def test_every_error_is_documented_as_it_is_answered(answered):
    rows = {
        (int(status), int(number), code)
        for status, number, code in ROW.findall((ROOT / "docs" / "errors.md").read_text())
    }

    bare = ((kind, kind.__new__(kind)) for kind in answered)
    assert {(status_of(error), kind.number, kind.code) for kind, error in bare} == rows
