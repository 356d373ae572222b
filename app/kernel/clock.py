"""The time, in UTC, from one place, so that tests can hold it still."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The current instant, timezone-aware, in UTC."""
    return datetime.now(UTC)


def epoch_s() -> int:
    """Whole seconds since 1970-01-01T00:00:00Z: how instants are stored in security tables."""
    return int(time.time())


def epoch_us() -> int:
    """Microseconds since 1970-01-01T00:00:00Z: how instants are stored in tenant rows."""
    return time.time_ns() // 1_000


def today(timezone: str) -> date:
    """The calendar day it is now in the organisation's own timezone (IANA name)."""
    return datetime.now(ZoneInfo(timezone)).date()


def rfc3339(instant_us: int) -> str:
    """An instant in microseconds, written as RFC 3339 in UTC with milliseconds."""
    seconds, rest = divmod(instant_us, 1_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest // 1000:03d}Z"
