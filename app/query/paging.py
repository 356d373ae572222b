"""The parameters that choose a page: a cursor, a page number, or an offset; never two of them."""

import re
from collections.abc import Mapping
from typing import Final

from app.kernel.errors import Fault
from app.query.faults import closest, corrected, shown
from app.query.grammar import Count, Limits, PageRequest

COUNTS: Final[tuple[Count, ...]] = ("none", "capped", "exact")
CURSOR_CHARACTERS_MAX: Final = 2_000

_WHOLE: Final = re.compile(r"[0-9]{1,15}")
_SEALED: Final = re.compile(rf"[A-Za-z0-9_-]{{40,{CURSOR_CHARACTERS_MAX}}}")

# A parameter, the one it cannot stand beside, and the name it should have had there.
_EXCLUSIONS: Final = (
    ("limit", "page", "per_page"),
    ("offset", "page", None),
    ("cursor", "page", None),
    ("per_page", "offset", "limit"),
    ("per_page", "cursor", "limit"),
    ("limit", "per_page", None),
    ("cursor", "offset", None),
)


def page_request(
    given: Mapping[str, str], *, limits: Limits, faults: list[Fault]
) -> tuple[PageRequest, Count]:
    """The page asked for and how to count; what is wrong is added to `faults`.

    Without page, per_page or offset a list is in cursor mode, where nothing is counted unless
    asked for; the other modes count as far as is cheap.
    """
    usual, most = limits.page_rows_default, limits.page_rows_max
    if not given:
        return PageRequest("cursor", usual), "none"
    _check_modes(given, faults)
    count = _count(given, faults)
    if "page" in given or "per_page" in given:
        page = _whole(given, "page", faults, default=1)
        rows = _whole(given, "per_page", faults, default=usual, most=most)
        request = PageRequest("page", rows, (page - 1) * rows, page)
    else:
        rows = _whole(given, "limit", faults, default=usual, most=most)
        request = PageRequest("cursor", rows, cursor=_cursor(given, faults))
        if "offset" in given:
            skipped = _whole(given, "offset", faults, default=0, least=0)
            request = PageRequest("offset", rows, skipped)
    _check_depth(request, limits, faults)
    return request, count or ("none" if request.mode == "cursor" else "capped")


def _check_modes(given: Mapping[str, str], faults: list[Fault]) -> None:
    refused = set()
    for name, other, better in _EXCLUSIONS:
        if name not in given or other not in given or name in refused:
            continue
        refused.add(name)
        fault = Fault(
            "bad_value",
            f"{name} and {other} belong to different ways of paging; give one of them",
            parameter=name,
            suggestions=(better,) if better else (),
            fix=corrected(better, given[name]) if better else None,
        )
        faults.append(fault)


def _count(given: Mapping[str, str], faults: list[Fault]) -> Count | None:
    text = given.get("count")
    if text is None:
        return None
    for count in COUNTS:
        if count == text:
            return count
    suggestions = closest(text, COUNTS)
    fix = corrected("count", suggestions[0]) if suggestions else None
    detail = f"count must be one of {', '.join(COUNTS)}; '{shown(text)}' is not"
    faults.append(
        Fault("bad_value", detail, parameter="count", position=0, suggestions=suggestions, fix=fix)
    )
    return None


def _whole(
    given: Mapping[str, str],
    name: str,
    faults: list[Fault],
    *,
    default: int,
    least: int = 1,
    most: int | None = None,
) -> int:
    text = given.get(name)
    if text is None:
        return default
    number = int(text) if _WHOLE.fullmatch(text) else None
    if number is not None and number >= least and (most is None or number <= most):
        return number
    bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
    nearest = None if number is None else least if number < least else most
    fix = None if nearest is None else corrected(name, str(nearest))
    detail = f"{name} must be a whole number {bounds}; '{shown(text)}' is not"
    faults.append(Fault("bad_value", detail, parameter=name, position=0, fix=fix))
    return default


def _cursor(given: Mapping[str, str], faults: list[Fault]) -> str | None:
    text = given.get("cursor")
    if text is not None and not _SEALED.fullmatch(text):
        faults.append(cursor_invalid())
    return text


def cursor_invalid() -> Fault:
    """The cursor is not one that was given out, here, to this client."""
    detail = "this is not a cursor given to this client for this organisation; start without it"
    return Fault("cursor_invalid", detail, parameter="cursor", position=0)


def _check_depth(request: PageRequest, limits: Limits, faults: list[Fault]) -> None:
    deepest = limits.depth_rows_max
    if deepest is None or request.offset + request.limit <= deepest:
        return
    parameter = "page" if request.mode == "page" else "offset"
    faults.append(
        Fault(
            "offset_too_deep",
            f"{parameter} reaches the first {deepest} rows only; walk further with limit and the"
            " next_cursor of each answer",
            parameter=parameter,
            position=0,
            suggestions=("cursor",),
            fix=corrected("limit", str(request.limit)),
        )
    )
