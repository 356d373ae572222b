"""Plan text such as `100/minute;20/second`, in the grammar of the limits library, to windows."""

import re
from functools import lru_cache
from typing import ClassVar, Final

from limits import RateLimitItem, parse_many

from app.gateway.limiter.decision import Window
from app.kernel.errors import CountinghouseError, Fault, Kind

WINDOWS_MAX: Final = 8
AMOUNT_MAX: Final = 1_000_000_000
PLAN_CHARACTERS_MAX: Final = 200
LENGTH_MAX_S: Final = 360 * 86_400
_SEPARATORS: Final = re.compile(r"[,;|]")


class PlanUnreadable(CountinghouseError):
    """The text is not a plan; the fault says which piece of it, and what would be right."""

    kind: ClassVar[Kind] = "rule"
    code: ClassVar[str] = "plan_unreadable"
    number: ClassVar[int] = 3

    def __init__(self, detail: str, *, position: int, fix: str) -> None:
        fault = Fault(self.code, detail, parameter="plan", position=position, fix=fix)
        super().__init__(f"{detail} {fix}", faults=(fault,))


@lru_cache(maxsize=1024)
def parse_plan(text: str) -> tuple[Window, ...]:
    """The windows of a plan, in the order written; the first is the primary one.

    `<amount>/<length>` or `<amount> per <length>`, joined by `;`, where a length is second,
    minute, hour, day, month (30 days) or year (360 days), or a multiple such as `15 minutes`.
    Raises PlanUnreadable.
    """
    if not text.strip() or len(text) > PLAN_CHARACTERS_MAX:
        raise PlanUnreadable(
            f"A plan has 1 to {PLAN_CHARACTERS_MAX} characters.",
            position=0,
            fix='Write "100/minute;20/second".',
        )
    windows: list[Window] = []
    position = 0
    for piece in _SEPARATORS.split(text):
        windows.append(_window(piece, before=windows, position=position))
        position += len(piece) + 1
    return tuple(windows)


def _window(piece: str, *, before: list[Window], position: int) -> Window:
    item = _item(piece, position=position)
    length_s = item.get_expiry()
    if not 1 <= item.amount <= AMOUNT_MAX:
        raise PlanUnreadable(
            f'"{piece.strip()}" allows {item.amount}.',
            position=position,
            fix=f"The amount is 1 to {AMOUNT_MAX}.",
        )
    if length_s > LENGTH_MAX_S:
        raise PlanUnreadable(
            f'"{piece.strip()}" counts over more than 360 days.',
            position=position,
            fix="Choose a shorter length.",
        )
    if any(window.length_s == length_s for window in before):
        raise PlanUnreadable(
            f'"{piece.strip()}" has the same length as a window before it.',
            position=position,
            fix="Keep the lower of the two.",
        )
    if len(before) == WINDOWS_MAX:
        raise PlanUnreadable(
            f"A plan has at most {WINDOWS_MAX} windows.",
            position=position,
            fix="Leave some out.",
        )
    return Window(name=_name(item, is_primary=not before), amount=item.amount, length_s=length_s)


def _item(piece: str, *, position: int) -> RateLimitItem:
    try:
        (item,) = parse_many(piece)
    except ValueError as error:
        raise PlanUnreadable(
            f'"{piece.strip()}" is not an amount and a length.',
            position=position,
            fix='Write for example "100/minute" or "1800 per 15 minutes".',
        ) from error
    return item


def _name(item: RateLimitItem, *, is_primary: bool) -> str:
    """How the window is called in header fields: minute, 15-minute, burst."""
    unit = item.GRANULARITY.name
    if unit == "second" and item.multiples == 1 and not is_primary:
        return "burst"
    return unit if item.multiples == 1 else f"{item.multiples}-{unit}"
