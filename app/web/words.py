"""Instants, spans and codes in words that a person reads."""

import re
from datetime import UTC, datetime
from typing import Final

from markupsafe import Markup

from app.domain.identity.roles import ROLES

MINUTE_S: Final = 60
HOUR_S: Final = 3_600
_CODE_SPAN: Final = re.compile(r"`([^`]+)`")


def duration(span_s: int) -> str:
    """A span rounded up to whole minutes, or to seconds below one: "12 minutes"."""
    if span_s < MINUTE_S:
        return _counted(span_s, "second")
    if span_s < 2 * HOUR_S:
        return _counted(-(-span_s // MINUTE_S), "minute")
    return _counted(-(-span_s // HOUR_S), "hour")


def day(instant_s: int) -> str:
    """A calendar day in UTC: "3 November 2026"."""
    instant = datetime.fromtimestamp(instant_s, UTC)
    return f"{instant.day} {instant:%B %Y}"


def moment(instant_s: int) -> str:
    """A day and a time in UTC: "3 November 2026, 10:04 UTC"."""
    return f"{day(instant_s)}, {datetime.fromtimestamp(instant_s, UTC):%H:%M} UTC"


def machine_time(instant_s: int) -> str:
    """An instant for the `datetime` attribute of a <time> element."""
    return datetime.fromtimestamp(instant_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def role_title(role: str) -> str:
    """A role as people call it."""
    known = ROLES.get(role)
    return role if known is None else known.title


def initials(name: str) -> str:
    """Up to two letters that stand for a name where there is no picture."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def code_spans(text: str) -> Markup:
    """Text with what stands between backticks shown as code, and all of it escaped."""
    parts = _CODE_SPAN.split(text)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if index % 2 else part
        for index, part in enumerate(parts)
    )


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
