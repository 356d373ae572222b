"""The limiter file: shared by processes, private to its owner, and never in the way."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.gateway.limiter.decision import Demand, LimiterUnavailable
from app.gateway.limiter.plan import parse_plan
from app.gateway.limiter.sqlite_file import SqliteLimiter
from tests.gateway.limiter.conftest import PATIENCE_S

NOON_US = 1_795_003_200_000_000
PLAN = parse_plan("3/minute")
DEMANDS = (Demand("grant:1", PLAN),)


@pytest.fixture
def limiter(limits_path: str) -> Iterator[SqliteLimiter]:
    opened = SqliteLimiter(limits_path, wait_max_s=PATIENCE_S)
    yield opened
    opened.close()


def admitted(limiter: SqliteLimiter, *, times: int) -> int:
    return sum(limiter.acquire(DEMANDS, now_us=NOON_US).admitted for _ in range(times))


def rows(limits_path: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(limits_path)
    found = connection.execute("SELECT * FROM budget ORDER BY id").fetchall()
    connection.close()
    return found


def look_again(limiter: SqliteLimiter) -> None:
    """Let the time pass after which the limiter looks whether its file is still there."""
    limiter._looked_at_s = 0.0


def test_two_limiters_on_one_file_share_the_counts(
    limiter: SqliteLimiter, limits_path: str
) -> None:
    other = SqliteLimiter(limits_path, wait_max_s=PATIENCE_S)

    assert admitted(limiter, times=2) == 2
    assert admitted(other, times=2) == 1
    other.close()
    assert admitted(limiter, times=2) == 0


def test_counts_outlive_the_process(limits_path: str) -> None:
    first = SqliteLimiter(limits_path)
    admitted(first, times=2)
    first.close()

    second = SqliteLimiter(limits_path)
    assert admitted(second, times=2) == 1
    second.close()


def test_the_file_is_its_owners_alone(limiter: SqliteLimiter, limits_path: str) -> None:
    admitted(limiter, times=1)

    for part in ("", "-wal", "-shm", "-lock"):
        assert stat.S_IMODE(os.stat(limits_path + part).st_mode) == 0o600


def test_a_file_left_open_to_others_is_closed_to_them(limits_path: str) -> None:
    Path(limits_path).touch(mode=0o644)
    limiter = SqliteLimiter(limits_path)

    admitted(limiter, times=1)

    assert stat.S_IMODE(os.stat(limits_path).st_mode) == 0o600
    limiter.close()


def test_a_refused_call_writes_nothing(limiter: SqliteLimiter, limits_path: str) -> None:
    admitted(limiter, times=3)
    watcher = sqlite3.connect(limits_path)
    before = watcher.execute("PRAGMA data_version").fetchone()

    admitted(limiter, times=5)
    limiter.acquire([Demand("grant:1", PLAN, cost=0)], now_us=NOON_US)

    assert watcher.execute("PRAGMA data_version").fetchone() == before
    limiter.acquire([Demand("grant:2", PLAN)], now_us=NOON_US)
    assert watcher.execute("PRAGMA data_version").fetchone() != before
    watcher.close()


def test_a_deleted_file_is_made_again(limiter: SqliteLimiter, limits_path: str) -> None:
    admitted(limiter, times=3)
    for part in ("", "-wal", "-shm"):
        os.unlink(limits_path + part)

    look_again(limiter)

    assert admitted(limiter, times=5) == 3
    assert len(rows(limits_path)) == 1


def test_what_a_deleted_file_left_behind_is_not_read(limits_path: str) -> None:
    first = SqliteLimiter(limits_path, wait_max_s=PATIENCE_S)
    admitted(first, times=3)
    os.unlink(limits_path)

    second = SqliteLimiter(limits_path, wait_max_s=PATIENCE_S)
    look_again(first)

    assert admitted(second, times=2) == 2
    assert admitted(first, times=2) == 1
    first.close()
    assert admitted(second, times=2) == 0
    second.close()


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 500, bytes(8192)])
@pytest.mark.parametrize("is_open", [True, False])
def test_a_damaged_file_is_made_again(limits_path: str, damage: bytes, is_open: bool) -> None:
    limiter = SqliteLimiter(limits_path)
    admitted(limiter, times=3)
    if not is_open:
        limiter.close()
    for part in ("", "-wal"):
        with open(limits_path + part, "r+b" if is_open else "wb") as file:
            file.truncate()
            file.write(damage)

    decisions = [limiter.acquire(DEMANDS, now_us=NOON_US) for _ in range(8)]

    assert len(decisions) == 8
    assert not decisions[-1].admitted
    limiter.close()


@pytest.mark.parametrize("found", [b"not a database at all" * 500, bytes(8192)])
def test_a_damaged_file_met_at_the_start_is_made_again(limits_path: str, found: bytes) -> None:
    Path(limits_path).write_bytes(found)
    limiter = SqliteLimiter(limits_path)

    assert admitted(limiter, times=5) == 3
    limiter.close()


def test_the_tail_of_a_file_lost_is_no_failure(limits_path: str) -> None:
    limiter = SqliteLimiter(limits_path)
    for place in range(200):
        limiter.acquire([Demand(f"grant:{place}", PLAN)], now_us=NOON_US)
    limiter.close()
    os.truncate(limits_path, 4096 * 3)

    for place in range(200):
        limiter.acquire([Demand(f"grant:{place}", PLAN)], now_us=NOON_US)

    assert admitted(limiter, times=5) <= 3
    limiter.close()


@pytest.mark.parametrize("stored", [b"", b"x", bytes(8), b"\xff" * 520, bytes(520), b"\x7f" * 520])
def test_a_row_that_is_no_count_is_no_failure(
    limiter: SqliteLimiter, limits_path: str, stored: bytes
) -> None:
    admitted(limiter, times=1)
    vandal = sqlite3.connect(limits_path, isolation_level=None)
    vandal.execute("UPDATE budget SET rings = ?", (stored,))
    vandal.close()

    limiter.acquire(DEMANDS, now_us=NOON_US)
    limiter.acquire(DEMANDS, now_us=NOON_US + 1_000_000)


def test_a_table_of_another_making_is_replaced(limits_path: str) -> None:
    stranger = sqlite3.connect(limits_path)
    stranger.execute("CREATE TABLE budget (something TEXT)")
    stranger.close()
    limiter = SqliteLimiter(limits_path)

    assert admitted(limiter, times=5) == 3
    limiter.close()


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    limiter = SqliteLimiter(str(tmp_path / "gone" / "limits.db"))

    with pytest.raises(LimiterUnavailable):
        limiter.acquire(DEMANDS)

    (tmp_path / "gone").mkdir()
    assert limiter.acquire(DEMANDS).admitted
    limiter.close()


def test_a_lock_that_is_never_given_back_is_not_waited_for(limits_path: str) -> None:
    limiter = SqliteLimiter(limits_path, wait_max_s=0.0)
    limiter.acquire(DEMANDS, now_us=NOON_US)
    holder = sqlite3.connect(limits_path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(LimiterUnavailable):
        limiter.acquire(DEMANDS, now_us=NOON_US)

    holder.execute("ROLLBACK")
    holder.close()
    assert limiter.acquire(DEMANDS, now_us=NOON_US).standings[0].remaining == 1
    limiter.close()


def test_a_call_that_fails_half_way_keeps_nobody_waiting(limits_path: str) -> None:
    def stopped_clock() -> int:
        raise KeyboardInterrupt

    interrupted = SqliteLimiter(limits_path, clock=stopped_clock)
    other = SqliteLimiter(limits_path, wait_max_s=0.0)

    with pytest.raises(KeyboardInterrupt):
        interrupted.acquire(DEMANDS)

    assert admitted(other, times=5) == 3
    other.close()


def test_a_file_that_cannot_be_written_is_kept(limits_path: str) -> None:
    limiter = SqliteLimiter(limits_path)
    admitted(limiter, times=1)
    before = os.stat(limits_path).st_ino
    limiter._opened()("PRAGMA query_only = ON")

    with pytest.raises(LimiterUnavailable):
        limiter.acquire(DEMANDS, now_us=NOON_US)

    assert os.stat(limits_path).st_ino == before
    assert limiter.acquire(DEMANDS, now_us=NOON_US).standings[0].remaining == 1
    limiter.close()


def test_threads_share_one_limiter(limiter: SqliteLimiter) -> None:
    plan = parse_plan("150/minute")
    answers: list[bool] = []

    def spend() -> None:
        for _ in range(50):
            demand = Demand("grant:1", plan)
            answers.append(limiter.acquire([demand], now_us=NOON_US).admitted)

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count(True) == 150
    assert len(answers) == 200


def test_a_sweep_takes_expired_rows_in_batches(limiter: SqliteLimiter, limits_path: str) -> None:
    for place in range(10):
        now_us = NOON_US + (place % 2) * 60_000_000
        limiter.acquire([Demand(f"grant:{place}", PLAN)], now_us=now_us)
    later_us = NOON_US + 61_000_000

    early = limiter.sweep(batch=3, now_us=later_us - 1)
    swept = [limiter.sweep(batch=3, now_us=later_us) for _ in range(3)]

    assert early == 0
    assert swept == [3, 2, 0]
    assert [row[1] for row in rows(limits_path)] == [f"grant:{place}" for place in (1, 3, 5, 7, 9)]


def test_a_subject_that_came_back_is_not_swept(limiter: SqliteLimiter) -> None:
    limiter.acquire(DEMANDS, now_us=NOON_US)
    limiter.acquire(DEMANDS, now_us=NOON_US + 100_000_000)

    assert limiter.sweep(batch=10, now_us=NOON_US + 110_000_000) == 0
    assert limiter.sweep(batch=10, now_us=NOON_US + 200_000_000) == 1


def test_sweeping_goes_on_where_it_stopped_and_begins_again(limiter: SqliteLimiter) -> None:
    for place in range(4):
        limiter.acquire([Demand(f"grant:{place}", PLAN)], now_us=NOON_US)
    later_us = NOON_US + 200_000_000

    assert limiter.sweep(batch=2, now_us=later_us) == 2
    limiter.acquire([Demand("grant:0", PLAN)], now_us=NOON_US)
    assert sum(limiter.sweep(batch=2, now_us=later_us) for _ in range(3)) == 3
