"""From a storage address, as the limits library writes them, to a limiter."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import urlsplit

from app.gateway.limiter.decision import Limiter
from app.gateway.limiter.fallback import FallbackLimiter
from app.gateway.limiter.memory import MemoryLimiter
from app.gateway.limiter.redis_store import RedisLimiter
from app.gateway.limiter.sqlite_file import SqliteLimiter
from app.kernel.errors import CountinghouseError, Kind

_REDIS_SCHEMES: Final = frozenset(("redis", "rediss", "redis+unix"))


class LimiterAddressInvalid(CountinghouseError):
    """No limiter can be opened at this address; the message says why, without the address."""

    kind: ClassVar[Kind] = "rule"
    code: ClassVar[str] = "limiter_address_invalid"
    number: ClassVar[int] = 3


def open_limiter(uri: str, *, clock: Callable[[], int] | None = None, nodes: int = 1) -> Limiter:
    """A limiter that never fails, on memory, a file of this machine, or Redis.

    `memory://` for a single process; `sqlite:///` and a path (four slashes before an absolute
    one) for the processes of one machine; `redis://`, `rediss://` or `redis+unix://` for several
    machines, with `?socket_timeout=0.2` where 50 ms are too few. While the file or Redis is
    unavailable each process counts alone, with the `nodes`th part of each amount. `clock` gives
    microseconds since the epoch, for tests; Redis otherwise uses its own. Nothing is opened
    before the first decision. Raises LimiterAddressInvalid.
    """
    scheme = urlsplit(uri).scheme
    if nodes < 1:
        raise LimiterAddressInvalid("At least one node counts limits.")
    if scheme == "memory":
        return MemoryLimiter(clock=clock)
    shared: Limiter
    if scheme == "sqlite":
        shared = SqliteLimiter(_path(uri), clock=clock)
    elif scheme in _REDIS_SCHEMES:
        shared = _redis(uri, clock)
    else:
        raise LimiterAddressInvalid(
            "Limits are kept at memory://, sqlite:///PATH, redis://, rediss:// or redis+unix://."
        )
    return FallbackLimiter(
        shared,
        MemoryLimiter(clock=clock),
        nodes=nodes,
        # A file of this machine hardly ever fails; counting twice would cost a fifth more.
        counts_along=scheme != "sqlite",
    )


def _path(uri: str) -> str:
    path = Path(uri.removeprefix("sqlite:///"))
    if not uri.startswith("sqlite:///") or path.name == "":
        raise LimiterAddressInvalid("A limiter file is written sqlite:///PATH.")
    if not path.parent.is_dir():
        raise LimiterAddressInvalid(f"The folder of the limiter file is missing: {path.parent}.")
    return str(path)


def _redis(uri: str, clock: Callable[[], int] | None) -> RedisLimiter:
    try:
        return RedisLimiter(uri, clock=clock)
    except ValueError as error:
        raise LimiterAddressInvalid(f"This is no address of a Redis: {error}.") from error
