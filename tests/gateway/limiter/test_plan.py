"""Plan text, read; and what is said of text that is no plan."""

import pytest

from app.gateway.limiter.decision import Window
from app.gateway.limiter.plan import PlanUnreadable, parse_plan


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("100/minute", (Window("minute", 100, 60),)),
        ("100/minute;20/second", (Window("minute", 100, 60), Window("burst", 20, 1))),
        ("20/second;100/minute", (Window("second", 20, 1), Window("minute", 100, 60))),
        ("1800/15 minutes", (Window("15-minute", 1800, 900),)),
        ("1800 per 15 minute", (Window("15-minute", 1800, 900),)),
        (" 5 per hour ,  7/day ", (Window("hour", 5, 3600), Window("day", 7, 86_400))),
        ("100000/minute", (Window("minute", 100_000, 60),)),
        ("1/month", (Window("month", 1, 30 * 86_400),)),
        ("1/year", (Window("year", 1, 360 * 86_400),)),
    ],
)
def test_a_plan_is_its_windows_in_the_order_written(text: str, windows: tuple[Window, ...]) -> None:
    assert parse_plan(text) == windows


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "characters"),
        ("   ", 0, "characters"),
        ("9" * 201, 0, "characters"),
        ("fast", 0, '"fast" is not an amount and a length'),
        ("100", 0, '"100" is not'),
        ("100/fortnight", 0, '"100/fortnight" is not'),
        ("-1/minute", 0, '"-1/minute" is not'),
        ("1.5/minute", 0, '"1.5/minute" is not'),
        ("100/minute;", 11, '"" is not'),
        ("100/minute;;20/second", 11, '"" is not'),
        ("100/minute; 20/secnod", 11, '"20/secnod" is not'),
        ("0/minute", 0, "allows 0"),
        ("9999999999/minute", 0, "allows 9999999999"),
        ("100/minute;5/60 second", 11, "same length"),
        ("100/0 minute;5/minute", 13, "same length"),
        ("1/2 year", 0, "360 days"),
        (";".join(f"1/{n} second" for n in range(1, 10)), 88, "at most 8"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_where_it_stands(
    text: str, position: int, words: str
) -> None:
    with pytest.raises(PlanUnreadable) as refused:
        parse_plan(text)

    assert refused.value.kind == "rule"
    assert refused.value.code == "plan_unreadable"
    assert words in refused.value.message
    assert refused.value.faults[0].position == position
    assert refused.value.faults[0].fix
