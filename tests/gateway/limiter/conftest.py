"""The stores that keep counts, each as real as in production, and one name for all of them."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from app.gateway.limiter.decision import Limiter
from app.gateway.limiter.memory import MemoryLimiter
from app.gateway.limiter.redis_store import RedisLimiter
from app.gateway.limiter.sqlite_file import SqliteLimiter

STORES = ("memory", "sqlite", "redis")
# A busy machine may well keep a test waiting for longer than a caller should be.
PATIENCE_S = 20.0
_subjects = count()


@pytest.fixture
def limits_path(tmp_path: Path) -> str:
    """Where a limiter file of this test's own may be."""
    return str(tmp_path / "limits.db")


@pytest.fixture(params=STORES)
def limiter(request: pytest.FixtureRequest) -> Iterator[Limiter]:
    """An empty limiter, on each store in turn."""
    opened: Limiter
    if request.param == "memory":
        opened = MemoryLimiter()
    elif request.param == "sqlite":
        opened = SqliteLimiter(request.getfixturevalue("limits_path"), wait_max_s=PATIENCE_S)
    else:
        opened = RedisLimiter(request.getfixturevalue("redis_url"), timeout_s=PATIENCE_S)
    yield opened
    opened.close()


@pytest.fixture
def subject() -> str:
    """A subject nobody has counted yet."""
    return fresh_subject()


def fresh_subject() -> str:
    """A subject nobody has counted yet, for examples that share a limiter."""
    return f"grant:{next(_subjects)}"
