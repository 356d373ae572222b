"""`./run bench`: what a call costs here, as a multiple of a bare Flask route, in one run."""

import base64
import hashlib
import itertools
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import create_app
from app.api.resources.invoices import INVOICES
from app.cli.migrate import bring_up_to_date
from app.domain.grants.codes import issue_code
from app.domain.grants.issue import activate, issue_access_token
from app.domain.grants.record import record
from app.kernel.clock import epoch_s
from app.query.cursor import Seal
from app.query.listing import prepare
from app.query.spell import spell
from app.seed.demo import Demo, seed
from app.settings import read_settings
from app.storage.db import db
from app.storage.transaction import perform
from benchmarks import depth
from benchmarks.measure import Figure, Scene, interleave
from benchmarks.peers import bare, tutorial_list
from benchmarks.wsgi import call, environ

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "41"))
CALLS = int(os.environ.get("BENCH_CALLS", "25"))
COLD_TOKENS = 20_000
LIST = "/v1/invoices?due_date=lt:2026-01-01&sort=-id&limit=50"
FIVE = [
    ("status", "in:(draft,open)"),
    ("total", "gte:100"),
    ("due_date", "lt:2026-01-01"),
    ("contact.name", "starts:acme"),
    ("filter", "not(currency:eq:USD)"),
]
NOBODY = Seal(keys=(), tenant="", client="", now_s=0)
BARE = "bare Flask route"
REDIRECT_URI = "http://127.0.0.1:8001/callback"
# Ratio to the bare route, from the performance goals; None where only the figure is wanted.
FLOORS: Mapping[str, float | None] = {
    BARE: None,
    "gateway GET, same token": 2.5,
    "gateway GET, another token each time": 2.5,
    "list of 50 invoices with lines": 7.0,
    "five predicates read and compiled": 2.5,
    "list of 50, ORM and jsonify, no gate": None,
    "code exchanged for tokens": None,
    "refresh with rotation": None,
}


@contextmanager
def product() -> Iterator[tuple[Flask, Engine, Demo]]:
    """The whole application on a SQLite file of its own, with the demo data in it."""
    with tempfile.TemporaryDirectory() as place:
        settings = read_settings(
            {
                "COUNTINGHOUSE_ENV": "development",
                "COUNTINGHOUSE_SECRET_KEY": "be" * 32,
                "COUNTINGHOUSE_INSTANCE": place,
                "COUNTINGHOUSE_TOKEN_PLAN": "100000000/minute;10000000/second",
                "COUNTINGHOUSE_LOG_LEVEL": "ERROR",
                "DATABASE_URL": f"sqlite:///{Path(place) / 'countinghouse.db'}",
            }
        )
        flask = create_app(settings)
        with flask.app_context():
            bring_up_to_date(db.engine)
            engine = db.engine
        yield flask, engine, perform(engine, seed)
        flask.extensions["gateway"].meter.flush()
        engine.dispose()


class Ready:
    """A grant with its tokens, and codes and refresh tokens as many as the rounds will use."""

    def __init__(self, engine: Engine, demo: Demo) -> None:
        self.engine = engine
        client = demo.clients["confidential"]
        self.client_id, self.client_secret = client.client_id, client.client_secret or ""
        self.user_id = demo.users[0].id
        self.organisation = demo.organisations[0].id
        self.grant_id = perform(engine, self._grant)
        self.tokens = perform(engine, self._tokens)
        self.codes: Iterator[tuple[str, str]] = iter(())
        self.refresh = ""

    def _grant(self, session: Session) -> str:
        grant_id = record(
            session,
            user_id=self.user_id,
            client_id=self.client_id,
            scope=("invoices:read", "contacts:read"),
            organisations=(self.organisation,),
            now_s=epoch_s(),
        )
        activate(session, grant_id=grant_id, now_s=epoch_s())
        return grant_id

    def _tokens(self, session: Session) -> list[str]:
        return [
            issue_access_token(
                session,
                grant_id=self.grant_id,
                client_id=self.client_id,
                scope="invoices:read contacts:read",
                now_s=epoch_s(),
            )
            for _ in range(COLD_TOKENS)
        ]

    def make_codes(self, count: int) -> None:
        def issue(session: Session) -> list[tuple[str, str]]:
            return [self._code(session) for _ in range(count)]

        self.codes = iter(perform(self.engine, issue))

    def _code(self, session: Session) -> tuple[str, str]:
        verifier = secrets.token_urlsafe(48)
        proof = hashlib.sha256(verifier.encode()).digest()
        code = issue_code(
            session,
            grant_id=self.grant_id,
            client_id=self.client_id,
            redirect_uri=REDIRECT_URI,
            code_challenge=base64.urlsafe_b64encode(proof).rstrip(b"=").decode(),
            scope="invoices:read contacts:read",
            # The codes must outlive the benchmark that redeems them.
            now_s=epoch_s() + 3_600,
        )
        return code, verifier


def scenes(flask: Flask, ready: Ready) -> dict[str, Scene]:
    """Every scene by its name; each call of one is one whole WSGI request."""
    yardstick, tutorial = bare(), tutorial_list(ready.engine, ready.organisation)
    bare_call, tutorial_call = environ("GET", "/bare"), environ("GET", "/invoices")
    cold = itertools.cycle(
        [environ("GET", "/v1/me", headers=bearer(token)) for token in ready.tokens[1:]]
    )
    warm = environ("GET", "/v1/me", headers=bearer(ready.tokens[0]))
    listed = environ("GET", LIST, headers=bearer(ready.tokens[0]))
    return {
        BARE: lambda: call(yardstick, bare_call),
        "gateway GET, same token": lambda: call(flask, warm),
        "gateway GET, another token each time": lambda: call(flask, next(cold)),
        "list of 50 invoices with lines": lambda: call(flask, listed),
        "five predicates read and compiled": compiled,
        "list of 50, ORM and jsonify, no gate": lambda: call(tutorial, tutorial_call),
        "code exchanged for tokens": lambda: exchange(flask, ready),
        "refresh with rotation": lambda: refresh(flask, ready),
    }


def compiled() -> object:
    """A query of five comparisons, read and prepared as a list does that was never asked before."""
    query = spell(INVOICES.listing.fields, FIVE)
    return prepare(
        INVOICES.listing, query, parameters={"organisation": "org"}, sealing=NOBODY
    ).plan.parts


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def post(flask: Flask, ready: Ready, form: dict[str, str]) -> bytes:
    body = urlencode(
        {"client_id": ready.client_id, "client_secret": ready.client_secret, **form}
    ).encode()
    return call(flask, environ("POST", "/oauth/token", body=body), body=body)


def exchange(flask: Flask, ready: Ready) -> None:
    code, verifier = next(ready.codes)
    answer = post(
        flask,
        ready,
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": verifier,
        },
    )
    ready.refresh = _refresh_token(answer)


def refresh(flask: Flask, ready: Ready) -> None:
    answer = post(flask, ready, {"grant_type": "refresh_token", "refresh_token": ready.refresh})
    ready.refresh = _refresh_token(answer)


def _refresh_token(answer: bytes) -> str:
    return answer.split(b'"refresh_token":"')[1].split(b'"')[0].decode()


def show(figures: Sequence[Figure]) -> bool:
    """Print the table; whether every floor was reached."""
    print(f"{ROUNDS} rounds of {CALLS} calls each, interleaved; in process, SQLite, one thread\n")
    print(f"{'':40} {'median µs':>10} {'x bare':>8} {'min':>7} {'max':>7}  floor")
    reached = True
    for figure in figures:
        floor = FLOORS[figure.name]
        verdict = "" if floor is None else f"<= {floor}x"
        if floor is not None and figure.ratio > floor:
            verdict, reached = verdict + "  MISSED", False
        print(
            f"{figure.name:40} {figure.median_us:10.1f} {figure.ratio:8.2f} "
            f"{figure.ratio_min:7.2f} {figure.ratio_max:7.2f}  {verdict}"
        )
    by_name = {figure.name: figure.median_us for figure in figures}
    share = (
        by_name["list of 50 invoices with lines"] / by_name["list of 50, ORM and jsonify, no gate"]
    )
    verdict = "" if share <= 0.25 else "  MISSED"
    print(f"\nlist of 50, ours / ORM and jsonify: {share:.2f}  (floor <= 0.25){verdict}")
    return reached and share <= 0.25


def main() -> int:
    print("preparing a database with the demo and many tokens ...", file=sys.stderr, flush=True)
    with product() as (flask, engine, demo):
        ready = Ready(engine, demo)
        ready.make_codes((ROUNDS + 1) * CALLS + 1)
        exchange(flask, ready)
        figures = interleave(scenes(flask, ready), yardstick=BARE, rounds=ROUNDS, calls=CALLS)
        reached = show(figures)
    # BENCH_ROWS=0 leaves the long lists out.
    reached &= depth.ROWS == 0 or depth.main()
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
