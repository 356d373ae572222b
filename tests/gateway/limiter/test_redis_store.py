"""Counts in a real Redis: one round trip, its own clock, keys that leave by themselves."""

from collections.abc import Iterator

import pytest
import redis

from app.gateway.limiter.decision import Demand, LimiterUnavailable
from app.gateway.limiter.plan import parse_plan
from app.gateway.limiter.redis_store import KEY_PREFIX, RedisLimiter
from tests.gateway.limiter.conftest import PATIENCE_S

NOON_US = 1_795_003_200_000_000
PLAN = parse_plan("3/minute;2/second")
DEMANDS = (Demand("grant:1", PLAN),)
KEY = f"{KEY_PREFIX}grant:1"


@pytest.fixture
def server(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url) as connection:
        yield connection


@pytest.fixture
def limiter(redis_url: str) -> Iterator[RedisLimiter]:
    opened = RedisLimiter(redis_url, timeout_s=PATIENCE_S)
    yield opened
    opened.close()


def test_a_decision_is_one_command(limiter: RedisLimiter, server: redis.Redis) -> None:
    demands = [*DEMANDS, Demand("client:1", PLAN), Demand("organisation:1", PLAN)]
    limiter.acquire(demands)
    own_port = str(limiter._idle[0]._sock.getsockname()[1])

    with server.monitor() as monitor:
        limiter.acquire(demands)
        with redis.Redis(connection_pool=server.connection_pool) as other:
            other.echo("the end")
        seen = []
        for command in monitor.listen():
            if command["command"] == "ECHO the end":
                break
            seen.append(command)

    own = [command["command"] for command in seen if command["client_port"] == own_port]
    assert [command.split()[0] for command in own] == ["EVALSHA"]


def test_a_forgotten_script_is_loaded_again(limiter: RedisLimiter, server: redis.Redis) -> None:
    limiter.acquire(DEMANDS, now_us=NOON_US)
    server.script_flush()

    assert limiter.acquire(DEMANDS, now_us=NOON_US).admitted
    assert not limiter.acquire(DEMANDS, now_us=NOON_US).admitted


def test_keys_leave_by_themselves_once_nothing_counts(
    limiter: RedisLimiter, server: redis.Redis
) -> None:
    limiter.acquire(DEMANDS)

    assert 61 < server.ttl(KEY) <= 121
    assert limiter.sweep(batch=10) == 0


def test_a_refused_call_leaves_the_key_as_it_was(
    limiter: RedisLimiter, server: redis.Redis
) -> None:
    for _ in range(2):
        limiter.acquire(DEMANDS, now_us=NOON_US)
    before = server.get(KEY)

    assert not limiter.acquire(DEMANDS, now_us=NOON_US + 10_000).admitted
    limiter.acquire([Demand("grant:1", PLAN, cost=0)], now_us=NOON_US + 20_000)

    assert server.get(KEY) == before


def test_all_keys_lie_in_one_slot_of_a_cluster(limiter: RedisLimiter, server: redis.Redis) -> None:
    limiter.acquire([*DEMANDS, Demand("client:{1}", PLAN)])

    keys = server.keys("*")
    assert len(keys) == 2
    assert all(key.startswith(b"{countinghouse}:") for key in keys)


def test_the_time_is_the_servers(limiter: RedisLimiter, server: redis.Redis) -> None:
    before_s = server.time()[0]
    decision = limiter.acquire(DEMANDS)
    after_s = server.time()[0]

    reset_s = decision.standings[0].reset_epoch_s
    assert before_s + 60 <= reset_s <= after_s + 62


def test_a_clock_may_be_given_instead(redis_url: str) -> None:
    limiter = RedisLimiter(redis_url, clock=lambda: NOON_US, timeout_s=PATIENCE_S)

    assert limiter.acquire(DEMANDS).standings[0].reset_epoch_s == NOON_US // 1_000_000 + 61
    limiter.close()


@pytest.mark.parametrize("stored", [b"", b"\xc1", b"\x93\x01\x02\x03", b"\x91\x92\x01\x02", b"x"])
def test_a_key_that_is_no_count_is_no_failure(
    limiter: RedisLimiter, server: redis.Redis, stored: bytes
) -> None:
    server.set(KEY, stored)

    admitted = [limiter.acquire(DEMANDS, now_us=NOON_US).admitted for _ in range(3)]

    assert admitted == [True, True, False]


def test_a_key_of_another_kind_is_replaced(limiter: RedisLimiter, server: redis.Redis) -> None:
    server.rpush(KEY, 1, 2)

    admitted = [limiter.acquire(DEMANDS, now_us=NOON_US).admitted for _ in range(3)]

    assert admitted == [True, True, False]


def test_a_connection_closed_at_the_other_end_is_made_again(
    limiter: RedisLimiter, server: redis.Redis
) -> None:
    limiter.acquire(DEMANDS, now_us=NOON_US)
    own = limiter._idle[0]
    own.send_command("CLIENT", "ID")
    server.client_kill_filter(_id=own.read_response())

    assert limiter.acquire(DEMANDS, now_us=NOON_US).admitted


def test_a_server_that_cannot_be_reached_is_unavailable() -> None:
    with pytest.raises(LimiterUnavailable):
        RedisLimiter("redis://127.0.0.1:1/0").acquire(DEMANDS)


def test_how_long_to_wait_may_be_said_in_the_address() -> None:
    patient = RedisLimiter("redis://127.0.0.1:1/0?socket_timeout=7.5")
    usual = RedisLimiter("redis://127.0.0.1:1/0")

    assert patient._pool.make_connection().socket_timeout == 7.5
    assert usual._pool.make_connection().socket_timeout == 0.05
