"""The shared store fails, hangs or comes back: limits stay, calls never fail."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.gateway.limiter.decision import Demand, Limiter
from app.gateway.limiter.fallback import FallbackLimiter
from app.gateway.limiter.memory import MemoryLimiter
from app.gateway.limiter.open import LimiterAddressInvalid, open_limiter
from app.gateway.limiter.plan import parse_plan
from app.gateway.limiter.redis_store import RedisLimiter
from app.gateway.limiter.sqlite_file import SqliteLimiter
from tests.gateway.limiter.conftest import PATIENCE_S

NOON_US = 1_795_003_200_000_000
PLAN = parse_plan("10/minute;8/second")


class Stopwatch:
    """A monotonic clock that moves when told."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


def admitted(limiter: Limiter, *, times: int, subject: str = "grant:1") -> int:
    demands = [Demand(subject, PLAN)]
    return sum(limiter.acquire(demands, now_us=NOON_US).admitted for _ in range(times))


def wrapped(shared: Limiter, stopwatch: Stopwatch, *, nodes: int = 1) -> FallbackLimiter:
    return FallbackLimiter(shared, MemoryLimiter(), nodes=nodes, monotonic=stopwatch)


def test_a_refused_connection_leaves_limits_in_force(stopwatch: Stopwatch) -> None:
    limiter = wrapped(RedisLimiter("redis://127.0.0.1:1/0"), stopwatch)

    assert not limiter.degraded
    assert admitted(limiter, times=20) == 8
    assert limiter.degraded


def test_a_server_that_hangs_leaves_limits_in_force(stopwatch: Stopwatch, silent_port: int) -> None:
    limiter = wrapped(RedisLimiter(f"redis://127.0.0.1:{silent_port}/0"), stopwatch)

    assert admitted(limiter, times=20) == 8
    assert limiter.degraded


def test_each_of_several_nodes_takes_its_part(stopwatch: Stopwatch) -> None:
    limiter = wrapped(RedisLimiter("redis://127.0.0.1:1/0"), stopwatch, nodes=4)

    decision = limiter.acquire([Demand("grant:1", PLAN)], now_us=NOON_US)

    assert [s.window for s in decision.standings] == list(PLAN)
    assert [s.remaining for s in decision.standings] == [1, 1]
    assert admitted(limiter, times=9) == 1


def test_a_part_is_never_nothing(stopwatch: Stopwatch) -> None:
    limiter = wrapped(RedisLimiter("redis://127.0.0.1:1/0"), stopwatch, nodes=50)

    assert admitted(limiter, times=9) == 1


def test_it_comes_back_without_a_restart(stopwatch: Stopwatch, tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    shared = SqliteLimiter(str(folder / "limits.db"), wait_max_s=PATIENCE_S)
    limiter = wrapped(shared, stopwatch)
    admitted(limiter, times=1)

    folder.mkdir()
    admitted(limiter, times=1)
    assert limiter.degraded
    stopwatch.now_s += 1.0
    admitted(limiter, times=1)

    assert not limiter.degraded
    limiter.close()


def test_while_it_is_down_it_is_asked_once_a_second(stopwatch: Stopwatch, tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    limiter = wrapped(SqliteLimiter(str(folder / "limits.db")), stopwatch)
    admitted(limiter, times=1)
    stopwatch.now_s += 1.0
    admitted(limiter, times=1)

    folder.mkdir()
    stopwatch.now_s += 0.9
    admitted(limiter, times=1)

    assert limiter.degraded
    assert not (folder / "limits.db").exists()
    limiter.close()


def test_what_the_store_admitted_here_counts_when_it_fails(
    stopwatch: Stopwatch, redis_url: str
) -> None:
    """The process that served a client's calls does not serve them all over again."""
    shared = RedisLimiter(redis_url, timeout_s=PATIENCE_S)
    limiter = wrapped(shared, stopwatch)
    assert admitted(limiter, times=5) == 5

    limiter._shared = RedisLimiter("redis://127.0.0.1:1/0")

    assert admitted(limiter, times=10) == 3
    assert limiter.degraded
    shared.close()


def test_sweeping_fails_quietly(stopwatch: Stopwatch, tmp_path: Path) -> None:
    limiter = wrapped(SqliteLimiter(str(tmp_path / "gone" / "limits.db")), stopwatch)

    assert limiter.sweep(batch=10) == 0
    assert limiter.degraded
    assert limiter.sweep(batch=10) == 0


def test_a_limiter_is_opened_by_its_address(tmp_path: Path, redis_url: str) -> None:
    patient_url = f"{redis_url}?socket_timeout={PATIENCE_S}"
    for uri in ("memory://", f"sqlite:///{tmp_path}/limits.db", patient_url):
        limiter = open_limiter(uri, clock=lambda: NOON_US)

        answers = [limiter.acquire([Demand("grant:1", PLAN)]).admitted for _ in range(9)]

        assert answers == [True] * 8 + [False]
        limiter.close()
    assert (tmp_path / "limits.db").exists()


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "limits.db",
        "memcached://127.0.0.1",
        "sqlite://limits.db",
        "sqlite:///",
        "sqlite:////no/such/folder/limits.db",
        "redis://127.0.0.1:notaport/0",
        "http://127.0.0.1:6379",
    ],
)
def test_an_address_that_cannot_work_is_refused_at_once(uri: str) -> None:
    with pytest.raises(LimiterAddressInvalid):
        open_limiter(uri)
