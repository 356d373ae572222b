"""Follow the feed of changes: what happened after a place, and the place to ask from next."""

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from app.api.resources.changes import Feed
from app.api.surfaces.answers import Answer, written
from app.api.surfaces.conditions import is_known
from app.api.surfaces.queries import pairs_of
from app.api.surfaces.tags import identity_of
from app.api.surfaces.visit import Act, Visit
from app.domain.events.feed import changes_after
from app.domain.events.heads import heads_of
from app.gateway.errors import InsufficientScope, challenge
from app.kernel.clock import epoch_s
from app.kernel.errors import Fault
from app.query.cursor import Place, Seal, Walk, open_cursor, seal_cursor, walk_of
from app.query.faults import InvalidQuery, closest, corrected, shown
from app.query.grammar import LIMITS
from app.query.read import Page

PARAMETERS: Final = ("after", "limit")

SEQUENCE_DIGITS: Final = 19

_SEQUENCE: Final = re.compile(r"[0-9]{1,18}")
_LIMIT: Final = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Following:
    """From where, and how many at most."""

    after: int
    rows_max: int


def feed_acts(feed: Feed) -> dict[str, Act]:
    """A feed is read, and no more. What it tells depends on what the caller may read."""
    return {"GET": Act(run=partial(follow, feed))}


def follow(feed: Feed, session: Session, visit: Visit) -> Answer:
    """The changes after a place, oldest first; `next_cursor` is always where to go on from.

    An app that was told fewer than it asked for has seen everything.
    """
    scopes = visit.organisation.scopes
    readable = feed.readable(scopes)
    if not readable:
        wanted = " ".join(sorted(set(feed.scopes.values())))
        header = challenge(error="insufficient_scope", scope=wanted)
        message = f"Changes are told to apps that may read {' or '.join(sorted(feed.scopes))}."
        raise InsufficientScope(message, headers=(header,))
    is_whole = len(readable) == len(feed.scopes)
    # A reader that may read more than before begins anew: it was never told of the rest.
    walk, sealing = walk_of(feed.name, (), None, sorted(readable)), _sealing(visit)
    asked = _asked(visit.query, walk=walk, sealing=sealing, is_whole=is_whole)
    tag = _tag(feed, session, visit, readable)
    if is_known(visit.conditions, tag):
        return Answer(304, headers=(("ETag", tag),))
    told = changes_after(
        session,
        organisation=visit.organisation.id,
        resources=readable,
        after=asked.after,
        rows_max=asked.rows_max,
    )
    place = _place(told[-1].sequence if told else asked.after)
    page = Page(
        rows=[],
        next_cursor=seal_cursor(place, walk, sealing),
        prev_cursor=None,
        page=None,
        per_page=None,
        total=None,
        total_is=None,
    )
    rows = [written(feed.write(change, is_whole=is_whole)) for change in told]
    return Answer(200, visit.door.surface.many(rows, page), (("ETag", tag),))


def _place(sequence: int) -> Place:
    # Always as wide: the length of a cursor must not tell how much else happens.
    return Place((f"{sequence:0{SEQUENCE_DIGITS}}",), backward=False)


def _tag(feed: Feed, session: Session, visit: Visit, readable: frozenset[str]) -> str:
    """What the answer is known by: it rises with what the caller is told of, and nothing else."""
    names, organisation = sorted(readable), visit.organisation.id
    return visit.door.tags.of_list(
        identity_of(feed.name, names, visit.query),
        organisation=organisation,
        grant=visit.admission.caller.grant_id,
        heads=heads_of(session, organisation=organisation, resources=names),
    )


def _sealing(visit: Visit) -> Seal:
    return Seal(
        keys=visit.door.policy.cursor_keys,
        tenant=visit.organisation.id,
        client=visit.admission.caller.client_id,
        now_s=epoch_s(),
    )


def _asked(query: bytes, *, walk: Walk, sealing: Seal, is_whole: bool) -> Following:
    """What the query asks for. Raises InvalidQuery with every fault."""
    faults: list[Fault] = []
    given: dict[str, str] = {}
    for name, value in pairs_of(query):
        if name not in PARAMETERS:
            faults.append(_unknown(name, value))
        elif name in given:
            faults.append(Fault("too_many", f"{name} may be given once", parameter=name))
        given[name] = value
    after = _after(given, faults, walk=walk, sealing=sealing, is_whole=is_whole)
    rows_max = _rows_max(given, faults)
    if faults:
        raise InvalidQuery(tuple(faults))
    return Following(after, rows_max)


def _unknown(name: str, value: str) -> Fault:
    near = closest(name, PARAMETERS) or (("after",) if name in ("cursor", "since") else ())
    return Fault(
        "unknown_parameter",
        f"the feed of changes has no parameter '{shown(name)}', but {' and '.join(PARAMETERS)}",
        parameter=shown(name),
        suggestions=near,
        fix=corrected(near[0], value) if near else None,
    )


def _after(
    given: dict[str, str], faults: list[Fault], *, walk: Walk, sealing: Seal, is_whole: bool
) -> int:
    text = given.get("after")
    if text is None:
        return 0
    if is_whole and _SEQUENCE.fullmatch(text):
        return int(text)
    try:
        values = open_cursor(text, walk, sealing).values
    except InvalidQuery as refused:
        faults.extend(_placed(fault) for fault in refused.faults)
        return 0
    return int(values[0] or 0) if values else 0


def _placed(fault: Fault) -> Fault:
    if fault.code != "cursor_mismatch":
        return replace(fault, parameter="after")
    detail = "what this app may read has changed since; begin without after, and read lists anew"
    return replace(fault, parameter="after", detail=detail)


def _rows_max(given: dict[str, str], faults: list[Fault]) -> int:
    text = given.get("limit")
    if text is None:
        return LIMITS.page_rows_default
    number = int(text) if _LIMIT.fullmatch(text) else None
    nearest = None if number is None else min(max(number, 1), LIMITS.page_rows_max)
    if number is not None and number == nearest:
        return number
    detail = (
        f"limit must be a whole number from 1 to {LIMITS.page_rows_max}; '{shown(text)}' is not"
    )
    fix = None if nearest is None else corrected("limit", str(nearest))
    faults.append(Fault("bad_value", detail, parameter="limit", position=0, fix=fix))
    return LIMITS.page_rows_default
