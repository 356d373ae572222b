"""Several processes on one store are admitted exactly the amount, and a fork harms nobody."""

import os
from collections.abc import Callable
from multiprocessing import get_context

import pytest

from app.gateway.limiter.decision import Demand, Limiter
from app.gateway.limiter.plan import parse_plan
from app.gateway.limiter.redis_store import RedisLimiter
from app.gateway.limiter.sqlite_file import SqliteLimiter
from tests.gateway.limiter.conftest import PATIENCE_S

NOON_US = 1_795_003_200_000_000
PROCESSES = 4
PLAN = parse_plan("500/hour;500/minute")


@pytest.fixture(params=["sqlite", "redis"])
def open_shared(request: pytest.FixtureRequest) -> Callable[[], Limiter]:
    """How each process opens the store they share."""
    if request.param == "sqlite":
        path = request.getfixturevalue("limits_path")
        return lambda: SqliteLimiter(path, wait_max_s=PATIENCE_S)
    url = request.getfixturevalue("redis_url")
    return lambda: RedisLimiter(url, timeout_s=PATIENCE_S)


def in_processes(act: Callable[[int], int]) -> list[int]:
    """What each of four forked processes answers, started together."""
    context = get_context("fork")
    barrier = context.Barrier(PROCESSES)
    answers = context.SimpleQueue()

    def run(place: int) -> None:
        barrier.wait()
        answers.put(act(place))

    processes = [context.Process(target=run, args=(place,)) for place in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    return [answers.get() for _ in processes]


def test_four_processes_are_admitted_exactly_the_amount(
    open_shared: Callable[[], Limiter],
) -> None:
    def spend(place: int) -> int:
        limiter = open_shared()
        demands = [Demand("grant:1", PLAN)]
        return sum(limiter.acquire(demands, now_us=NOON_US).admitted for _ in range(200))

    assert sum(in_processes(spend)) == 500


def test_four_processes_spend_two_subjects_together_or_not_at_all(
    open_shared: Callable[[], Limiter],
) -> None:
    client = parse_plan("300/minute")

    def spend(place: int) -> int:
        limiter = open_shared()
        demands = [Demand(f"grant:{place}", PLAN), Demand("client:1", client)]
        return sum(limiter.acquire(demands, now_us=NOON_US).admitted for _ in range(150))

    counts = in_processes(spend)

    limiter = open_shared()
    asked = [Demand(f"grant:{place}", PLAN, cost=0) for place in range(PROCESSES)]
    standings = limiter.acquire(asked, now_us=NOON_US).standings
    assert sum(counts) == 300
    assert sorted(500 - s.remaining for s in standings[::2]) == sorted(counts)
    limiter.close()


def test_a_limiter_used_before_a_fork_is_used_on_both_sides(
    open_shared: Callable[[], Limiter],
) -> None:
    limiter = open_shared()
    demands = [Demand("grant:1", PLAN)]
    assert limiter.acquire(demands, now_us=NOON_US).admitted

    def spend(place: int) -> int:
        return sum(limiter.acquire(demands, now_us=NOON_US).admitted for _ in range(150))

    counts = in_processes(spend)

    assert sum(counts) == 499
    assert not limiter.acquire(demands, now_us=NOON_US).admitted
    limiter.close()


def test_a_process_killed_in_the_middle_leaves_the_file_sound(limits_path: str) -> None:
    limiter = SqliteLimiter(limits_path, wait_max_s=PATIENCE_S)
    demands = [Demand("grant:1", PLAN)]
    limiter.acquire(demands, now_us=NOON_US)

    child = os.fork()
    if child == 0:
        execute = limiter._opened()
        execute("BEGIN IMMEDIATE")
        execute("DELETE FROM budget")
        os._exit(9)
    os.waitpid(child, 0)

    assert limiter.acquire(demands, now_us=NOON_US).standings[1].remaining == 498
    limiter.close()
