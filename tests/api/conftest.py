"""A house with open books and a token for them, and short ways to call the API."""

import itertools
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.domain.ledger.tax_rates import add_tax_rate
from tests.factories.house import House, KnownClient

SCOPE = ("contacts:read", "contacts:write", "invoices:read", "invoices:write")
PLENTY = "1000000/minute"


class Api:
    """One app's calls, with a token that reaches one organisation."""

    def __init__(self, house: House, *, scope: tuple[str, ...] = SCOPE) -> None:
        self.house = house
        self.person = house.person()
        self.organisation = house.organisation(owner=self.person)
        self.token = house.access_token(
            user_id=self.person, organisations=(self.organisation,), scope=scope
        )
        self._numbers = itertools.count(1)

    @classmethod
    def of(
        cls,
        other: "Api",
        *,
        scope: tuple[str, ...] = SCOPE,
        client: KnownClient | None = None,
    ) -> "Api":
        """An app with a token of its own for the same organisation and person."""
        made = cls.__new__(cls)
        made.house, made.person, made.organisation = other.house, other.person, other.organisation
        made.token = other.house.access_token(
            user_id=other.person,
            organisations=(other.organisation,),
            scope=scope,
            client=client,
        )
        made._numbers = itertools.count(1)
        return made

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        """Call /v1 with the token; headers given are added."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self.house.http.open(f"/v1{path}", method=method, headers=headers, **options)

    def get(self, path: str) -> TestResponse:
        return self.call("GET", path)

    def data(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json["data"]

    def create(self, path: str, **body: Any) -> Any:
        answer = self.call("POST", path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json["data"]

    def contact(self, **body: Any) -> Any:
        names = {"company_name": f"Company {next(self._numbers)}"}
        return self.create("/contacts", **(names | body))

    def rate(self, percent: str = "10") -> str:
        return self.house.do(
            add_tax_rate, organisation=self.organisation, name="GST", rate=Decimal(percent)
        ).id

    def invoice(self, *prices: str, **body: Any) -> Any:
        values: dict[str, Any] = {
            "contact_id": body.get("contact_id") or self.contact()["id"],
            "lines": [{"description": "Work", "unit_price": price} for price in prices or ("100",)],
        }
        return self.create("/invoices", **(values | body))

    def refused(self, answer: TestResponse, status: int, code: int) -> dict[str | None, str]:
        """What a refusal says of each place, once its own shape has been checked."""
        problem = answer.json
        assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
        assert answer.content_type == "application/problem+json"
        assert answer.headers["X-Request-Id"] == problem["request_id"]
        assert {"type", "title", "detail"} <= problem.keys()
        assert answer.headers["X-RateLimit-Limit"]
        return {
            fault.get("pointer", fault.get("parameter")): fault["code"]
            for fault in problem["errors"]
        }


def open_api(database_url: str, instance: Path, **environ: str) -> Api:
    plans = {"COUNTINGHOUSE_TOKEN_PLAN": PLENTY, "COUNTINGHOUSE_ADDRESS_PLAN": PLENTY}
    return Api(House(database_url, instance, **(plans | environ)))


@pytest.fixture
def api(database_url: str, tmp_path: Path) -> Iterator[Api]:
    """The API on each of the two databases."""
    opened = open_api(database_url, tmp_path / "instance")
    yield opened
    opened.house.close()


@pytest.fixture
def small_api(sqlite_url: str, tmp_path: Path) -> Iterator[Api]:
    """The API on SQLite, for what no database decides."""
    opened = open_api(sqlite_url, tmp_path / "instance")
    yield opened
    opened.house.close()


@pytest.fixture
def other(api: Api) -> Api:
    """Another organisation's app in the same house."""
    return Api(api.house)
