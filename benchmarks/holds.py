"""How long one request holds a worker: the unkindest lists, from the first byte to the last."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from app.query.grammar import LIMITS
from benchmarks.wsgi import answered, environ
from tests.factories.house import House
from tests.factories.many import Books

HOLD_MS_MAX = 300.0
LOOKS = 3
PLENTY = "100000000/minute"
# Legal, and as unkind as they come.
UNKIND = (
    "filter=not(status:in:(draft,open,paid,void,abandoned))&sort=date",
    "filter=or(total:lt:0,contact.name:eq:nobody)&sort=-created_at",
    "contact.name=not:nobody&reference=null&currency=EUR&sort=due_date",
    "lines.item_id=not:itm_00000000000000000000000001&total=lt:0&sort=-number",
    "status=draft&total=gt:999999&sort=date,-total,number&page=50&per_page=200",
    "filter=or(total:lt:0,contact.email:eq:x)&count=exact&page=1",
    "total=lt:0&date=gte:2000-01-01&count=capped&page=1",
    "contact.type=company&sort=-id&count=exact",
    "q=steel&sort=date",
    "q=ste&notes=has:glass&filter=not(total:gt:0)&sort=-updated_at",
    "notes=has:steel&sort=total",
    "contact.name=starts:s&total=lt:0&sort=-total&page=2",
    "limit=200&expand=contact,lines.tax_rate&sort=-date,total",
)
# The same of an organisation whose invoices have as many lines as one may have.
WORDY = (
    "limit=200&fields=id&expand=lines.tax_rate",
    "limit=200&expand=contact,lines.tax_rate",
    "limit=200&sort=-total",
    "limit=200&fields=lines.description&sort=date",
    "lines.item_id=not:itm_00000000000000000000000001&limit=200&sort=-date",
    "lines.tax_rate_id=tax_00000000000000000000000001&count=exact&page=1&per_page=200",
)


def holds(name: str, engine: Engine, books: Books) -> bool:
    """The longest that each unkind request takes, answered or refused, kept rows or none."""
    reached = True
    with tempfile.TemporaryDirectory() as place:
        house = House(
            engine.url.render_as_string(hide_password=False),
            Path(place) / "instance",
            COUNTINGHOUSE_QUERY_BUDGET_MS=str(LIMITS.budget_ms),
            COUNTINGHOUSE_TOKEN_PLAN=PLENTY,
            COUNTINGHOUSE_ADDRESS_PLAN=PLENTY,
            COUNTINGHOUSE_LOG_LEVEL="ERROR",
        )
        print(f"{name}: longest hold of a whole request")
        for organisation, lines in ((books.organisations[0], UNKIND), (books.wordy, WORDY)):
            token = _token(house, organisation)
            for line in lines:
                reached &= _hold(name, house, token, line)
        house.close()
    return reached


def _token(house: House, organisation: str) -> str:
    owner = house.person()
    house.member(owner, organisation, role="owner")
    return house.access_token(user_id=owner, organisations=(organisation,))


def _hold(name: str, house: House, token: str, line: str) -> bool:
    asked = environ("GET", f"/v1/invoices?{line}", headers={"Authorization": f"Bearer {token}"})
    longest_ms, outcome = 0.0, ""
    for _ in range(LOOKS):
        began = time.perf_counter()
        status, body = answered(house.app, asked)
        held_ms = (time.perf_counter() - began) * 1_000
        if held_ms > longest_ms:
            longest_ms, outcome = held_ms, _outcome(status, json.loads(body))
    verdict = "" if longest_ms <= HOLD_MS_MAX else "  MISSED"
    print(f"{name}: {longest_ms:8.1f} ms  {outcome:16} {line}{verdict}", flush=True)
    return not verdict


def _outcome(status: str, told: dict[str, Any]) -> str:
    if status == "200":
        short = ", short" if told["pagination"].get("scanned") else ""
        return f"{len(told['data'])} rows{short}"
    (fault,) = told["errors"]
    assert fault["code"] == "query_budget", told
    return str(fault["code"])
