"""The worker's sweep: batches, what stays, and a kill in the middle of one."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.domain.grants.tables import AccessToken, AuthorizationCode, RefreshToken
from app.domain.identity.tables import SignInSession
from app.gateway.limiter.decision import Demand
from app.gateway.limiter.plan import parse_plan
from app.kernel.clock import epoch_s, epoch_us
from app.workers.sweep import sweep
from tests.factories.house import House
from tests.factories.served import HOME, environment

MANY = 20_000
PATIENCE_S = 60.0


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    made = House(database_url, tmp_path / "instance")
    yield made
    made.close()


def count(house: House, table: Any) -> int:
    return house.look(lambda s: s.scalars(select(func.count()).select_from(table)).one())


def expired_tokens(house: House, amount: int) -> None:
    """Access tokens that died long ago, and one that lives."""
    person = house.person()
    house.access_token(user_id=person, organisations=(house.organisation(owner=person),))

    def add(session: Session) -> None:
        living = session.scalars(select(AccessToken)).one()
        session.execute(
            insert(AccessToken),
            [
                {
                    "digest": number.to_bytes(32, "big"),
                    "grant_id": living.grant_id,
                    "client_id": living.client_id,
                    "scope": "invoices:read",
                    "created_at": 1,
                    "expires_at": 2,
                }
                for number in range(amount)
            ],
        )

    house.do(add)


def test_only_what_has_expired_goes(house: House) -> None:
    expired_tokens(house, 37)
    house.pending()
    house.refresh_token()

    swept = sweep(house.engine, house.app.extensions["gateway"].limiter, batch_rows=10)

    assert swept["access_tokens"] == 37
    assert count(house, AccessToken) == 1
    assert count(house, AuthorizationCode) == 2
    assert count(house, RefreshToken) == 1


def test_old_codes_sessions_and_refresh_tokens_go_too(house: House) -> None:
    pending = house.pending(now_s=epoch_s() - 3_600)
    person = house.person()
    house.do(
        lambda session: session.execute(
            insert(SignInSession).values(
                digest=b"0" * 32,
                id="ses_1",
                user_id=person,
                created_at=1,
                expires_at=2,
                address="127.0.0.1",
                user_agent="",
            )
        )
    )
    house.do(
        lambda session: session.execute(
            insert(RefreshToken).values(
                digest=b"1" * 32,
                grant_id=pending.grant_id,
                client_id=pending.client.id,
                scope="",
                generation=1,
                state="active",
                created_at=1,
                expires_at=2,
                absolute_expires_at=2,
            )
        )
    )

    swept = sweep(house.engine, house.app.extensions["gateway"].limiter)

    assert swept["authorization_codes"] == 1
    assert swept["sign_in_sessions"] == 1
    assert swept["refresh_tokens"] == 1


def test_budgets_that_have_nothing_left_to_count_are_forgotten(house: House) -> None:
    limiter = house.app.extensions["gateway"].limiter
    windows = parse_plan("5/second")
    for number in range(250):
        limiter.acquire((Demand(f"address:{number}", windows),), now_us=epoch_us() - 3_600_000_000)

    assert sweep(house.engine, limiter, batch_rows=10)["limits"] == 250


@pytest.mark.timeout(180)
def test_a_worker_killed_in_the_middle_leaves_whole_batches_and_the_next_one_finishes(
    house: House, database_url: str, tmp_path: Path
) -> None:
    expired_tokens(house, MANY)
    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "work"],
        cwd=HOME,
        env=environment(database_url=database_url, instance=tmp_path / "instance", port=8000),
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + PATIENCE_S
    while count(house, AccessToken) > MANY and time.monotonic() < deadline:
        time.sleep(0.002)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    left = count(house, AccessToken)

    assert 1 < left <= MANY
    assert (left - 1) % 500 == 0
    sweep(house.engine, house.app.extensions["gateway"].limiter)
    assert count(house, AccessToken) == 1
