"""Counts in one process: exact across threads, and of bounded size."""

from concurrent.futures import ThreadPoolExecutor

from app.gateway.limiter.decision import Demand
from app.gateway.limiter.memory import MemoryLimiter
from app.gateway.limiter.plan import parse_plan

NOON_US = 1_795_003_200_000_000
PLAN = parse_plan("500/minute;400/second")


def test_eight_threads_are_admitted_exactly_the_amount() -> None:
    limiter = MemoryLimiter(clock=lambda: NOON_US)

    def spend(_: int) -> int:
        return sum(limiter.acquire([Demand("grant:1", PLAN)]).admitted for _ in range(100))

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(spend, range(8))) == 400


def test_beyond_its_size_it_forgets_who_was_away_longest() -> None:
    limiter = MemoryLimiter(subjects_max=2)
    plan = parse_plan("1/minute")

    for subject in ("a", "b", "a", "c"):
        limiter.acquire([Demand(subject, plan, cost=1)], now_us=NOON_US)
    limiter.acquire([Demand("b", plan)], now_us=NOON_US)
    limiter.acquire([Demand("d", plan)], now_us=NOON_US)

    asked = [Demand(subject, plan, cost=0) for subject in "abcd"]
    remaining = [s.remaining for s in limiter.acquire(asked, now_us=NOON_US).standings]
    assert remaining == [1, 0, 1, 0]


def test_a_sweep_forgets_only_what_no_longer_counts() -> None:
    limiter = MemoryLimiter()
    plan = parse_plan("5/minute")
    for place in range(10):
        now_us = NOON_US + place * 10_000_000
        limiter.acquire([Demand(f"grant:{place}", plan)], now_us=now_us)

    swept = [limiter.sweep(batch=2, now_us=NOON_US + 91_000_000) for _ in range(3)]

    assert swept == [2, 2, 0]
    asked = Demand("grant:4", plan, cost=0)
    assert limiter.acquire([asked], now_us=NOON_US + 91_000_000).standings[0].remaining == 4


def test_its_clock_may_be_given() -> None:
    times_us = iter([NOON_US, NOON_US + 61_000_000])
    limiter = MemoryLimiter(clock=lambda: next(times_us))
    plan = parse_plan("1/minute")

    assert limiter.acquire([Demand("grant:1", plan)]).admitted
    assert limiter.acquire([Demand("grant:1", plan)]).admitted
