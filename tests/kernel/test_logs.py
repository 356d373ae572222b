"""Every line that is written has one form, one place, and no secrets of the libraries."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.kernel.logs import LEVELS, configure_logging


@pytest.fixture(autouse=True)
def calm() -> Iterator[None]:
    """Leave to other tests what they would find in a process that serves."""
    yield
    configure_logging("INFO")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    written = capsys.readouterr()
    assert written.out == ""
    return [json.loads(line) for line in written.err.splitlines()]


def test_whoever_writes_a_line_it_has_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")

    structlog.get_logger("app.one").warning("uses.kept", uses=3)
    logging.getLogger("app.other").warning("a request to %s failed", "v1", extra={"request": "r1"})

    one, other = lines(capsys)
    assert one.pop("time")
    assert other.pop("time")
    assert one == {"event": "uses.kept", "uses": 3, "level": "warning", "logger": "app.one"}
    assert other == {
        "event": "a request to v1 failed",
        "request": "r1",
        "level": "warning",
        "logger": "app.other",
    }


def test_a_failure_is_one_line_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")

    try:
        raise ValueError("line one\nline two")
    except ValueError:
        logging.getLogger("app").exception("endpoint failed")

    (line,) = lines(capsys)
    assert line["level"] == "error"
    assert "line two" in str(line["exception"])


@pytest.mark.parametrize("level", LEVELS)
def test_lines_below_the_level_are_not_written(
    level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(level)

    for word in LEVELS:
        getattr(structlog.get_logger("app"), word.lower())("said")
        getattr(logging.getLogger("app"), word.lower())("said")

    expected = [word.lower() for word in LEVELS[LEVELS.index(level) :] for _ in range(2)]
    assert [line["level"] for line in lines(capsys)] == expected


@pytest.mark.parametrize("level", LEVELS)
def test_libraries_never_tell_tokens_or_the_values_of_statements(level: str) -> None:
    configure_logging(level)

    assert not logging.getLogger("authlib.oauth2").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("urllib3.connectionpool").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("sqlalchemy.engine.Engine").isEnabledFor(logging.INFO)


def test_configuring_again_writes_no_line_twice(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    configure_logging("INFO")

    logging.getLogger("app").warning("once")

    assert len(lines(capsys)) == 1
