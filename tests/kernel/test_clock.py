"""The time: in UTC, in seconds and microseconds that agree, and as people's calendars say."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.clock import epoch_s, epoch_us, now, rfc3339, today

MOMENT = datetime(2026, 3, 31, 13, 30, 15, 123456, tzinfo=UTC)


def test_every_clock_tells_the_same_instant():
    with time_machine.travel(MOMENT, tick=False):
        assert now() == MOMENT
        assert now().tzinfo is UTC
        assert epoch_s() == int(MOMENT.timestamp())
        assert epoch_us() == epoch_s() * 1_000_000 + 123456


@pytest.mark.parametrize(
    ("timezone", "day"),
    [
        ("UTC", date(2026, 3, 31)),
        ("Australia/Sydney", date(2026, 4, 1)),
        ("Pacific/Kiritimati", date(2026, 4, 1)),
        ("America/Los_Angeles", date(2026, 3, 31)),
    ],
)
def test_today_is_the_day_where_the_organisation_is(timezone, day):
    with time_machine.travel(MOMENT, tick=False):
        assert today(timezone) == day


def test_a_timezone_nobody_knows_is_refused():
    with pytest.raises(ZoneInfoNotFoundError):
        today("Atlantis/Centre")


@pytest.mark.parametrize(
    ("instant_us", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (999, "1970-01-01T00:00:00.000Z"),
        (1_000, "1970-01-01T00:00:00.001Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
    ],
)
def test_an_instant_is_written_as_rfc_3339(instant_us, text):
    assert rfc3339(instant_us) == text


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - the strategy takes naive bounds
def test_a_written_instant_reads_back_to_the_millisecond(instant):
    instant_us = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    read = datetime.fromisoformat(rfc3339(instant_us))

    assert read == instant - timedelta(microseconds=instant.microsecond % 1000)
