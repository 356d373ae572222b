"""Strict counting: sixty buckets a window and the one being left, kept as plain integers.

A window of L seconds is cut into buckets of L/60. A call is counted in the bucket of its
instant, and the sixty buckets before the present one still count whole. Therefore

- in no stretch of L seconds, wherever it begins, is more admitted than the window's amount;
- whoever keeps to the amount in every stretch of 61/60 L is never refused.

Bucket numbers count from the epoch in ticks of 1/60 s, of which a bucket of a window of L seconds
holds exactly L: all the arithmetic is in integers and exact.

The rings of one subject lie one after another in a single array, which is also the form in which
they are stored. One ring is: length of the window in seconds, newest bucket, sum of all slots,
oldest bucket that may hold anything, then the slots, bucket b in slot b modulo 61. Every slot
that is neither oldest, newest nor between them is zero.
"""

from __future__ import annotations

from array import array
from typing import Final, TypeAlias

from app.gateway.limiter.decision import Demand, Window

Rings: TypeAlias = "array[int]"

BUCKETS: Final = 60
KEPT: Final = BUCKETS + 1
LENGTH: Final = 0
NEWEST: Final = 1
SPENT: Final = 2
OLDEST: Final = 3
SLOTS: Final = 4
SPAN: Final = SLOTS + KEPT
_EMPTY: Final = array("q", bytes(8 * KEPT))


def tick_at(now_us: int) -> int:
    """How many sixtieths of a second have passed since the epoch."""
    return now_us * 3 // 50_000


def opening_us(bucket: int, length_s: int) -> int:
    """The first microsecond, since the epoch, that lies in this bucket of such a window."""
    return -(-(bucket * length_s * 50_000) // 3)


def unpacked(stored: bytes) -> Rings | None:
    """Rings as they were stored (`tobytes`), or None where these bytes are no rings."""
    if len(stored) % (8 * SPAN):
        return None
    return array("q", stored)


def settle(rings: Rings | None, demand: Demand, *, tick: int) -> tuple[Rings, bool, bool]:
    """The subject's rings under the demand's windows, brought to this tick.

    With them, whether all have room, and whether they were laid out anew or carried back in time
    and so must be kept even if nothing is spent: doing it again later would count from then. The
    array given is changed and handed back, unless the plan has changed or there was none.
    """
    windows = demand.windows
    is_moved = False
    if rings is None or not _is_laid_out_for(rings, windows):
        is_moved = rings is not None
        rings = _laid_out(rings, windows, tick=tick)
    cost = demand.cost
    has_room = True
    start = 0
    for window in windows:
        bucket = tick // window.length_s
        newest = rings[start + NEWEST]
        if bucket > newest:
            _turn(rings, start, bucket)
        elif bucket < newest - BUCKETS:
            _carry_back(rings, start, bucket)
            is_moved = True
        amount = window.amount
        if rings[start + SPENT] + (cost if cost < amount else amount) > amount:
            has_room = False
        start += SPAN
    return rings, has_room, is_moved


def count(rings: Rings, demand: Demand) -> None:
    """Spend the demand in every one of its settled rings, which have room."""
    start = 0
    for window in demand.windows:
        amount = window.amount
        cost = demand.cost if demand.cost < amount else amount
        newest = rings[start + NEWEST]
        if not rings[start + SPENT]:
            rings[start + OLDEST] = newest
        rings[start + SPENT] += cost
        rings[start + SLOTS + newest % KEPT] += cost
        start += SPAN


def readings(rings: Rings, demand: Demand) -> list[tuple[int, int]]:
    """For each window in order: what is spent, and the bucket whose beginning frees more.

    More means one, or what the same call still lacks; the bucket is 0 where nothing is spent.
    """
    found = []
    cost = demand.cost
    start = 0
    for window in demand.windows:
        spent = rings[start + SPENT]
        if not spent:
            found.append((0, 0))
        elif spent + cost <= window.amount:
            found.append((spent, rings[start + OLDEST] + KEPT))
        else:
            amount = window.amount
            lacking = spent + (cost if cost < amount else amount) - amount
            found.append((spent, _freeing_bucket(rings, start, lacking)))
        start += SPAN
    return found


def expiry_us(rings: Rings) -> int:
    """The instant from which nothing in these rings counts any more."""
    last_tick = 0
    for start in range(0, len(rings), SPAN):
        tick = (rings[start + NEWEST] + KEPT) * rings[start]
        last_tick = max(last_tick, tick)
    return opening_us(last_tick, 1)


def _is_laid_out_for(rings: Rings, windows: tuple[Window, ...]) -> bool:
    if len(rings) != SPAN * len(windows):
        return False
    start = 0
    for window in windows:
        if rings[start] != window.length_s:
            return False
        start += SPAN
    return True


def _turn(rings: Rings, start: int, bucket: int) -> None:
    """Make this later bucket the newest, and drop what no longer counts."""
    newest = rings[start + NEWEST]
    rings[start + NEWEST] = bucket
    spent = rings[start + SPENT]
    if not spent:
        return
    first = bucket - BUCKETS
    slots = start + SLOTS
    if newest < first:
        rings[slots : slots + KEPT] = _EMPTY
        rings[start + SPENT] = 0
        return
    for oldest in range(max(rings[start + OLDEST], newest - BUCKETS), newest + 1):
        slot = slots + oldest % KEPT
        if oldest < first:
            spent -= rings[slot]
            rings[slot] = 0
        elif rings[slot]:
            rings[start + OLDEST] = oldest
            break
    rings[start + SPENT] = spent


def _carry_back(rings: Rings, start: int, bucket: int) -> None:
    """Make this much earlier bucket the newest, with all that was counted before the later one.

    A clock that went back a little (another process read it a moment earlier) leaves a ring where
    it is: calls then count a little longer, never shorter. One that went back by more than the
    window was wrong before, and must not close anybody out until the day it had shown.
    """
    newest = rings[start + NEWEST]
    slots = start + SLOTS
    by_age = [rings[slots + (newest - age) % KEPT] for age in range(KEPT)]
    for age, count in enumerate(by_age):
        rings[slots + (bucket - age) % KEPT] = count
    rings[start + OLDEST] += bucket - newest
    rings[start + NEWEST] = bucket


def _freeing_bucket(rings: Rings, start: int, lacking: int) -> int:
    slots = start + SLOTS
    bucket = rings[start + OLDEST]
    freed = rings[slots + bucket % KEPT]
    newest = rings[start + NEWEST]
    while freed < lacking and bucket < newest:
        bucket += 1
        freed += rings[slots + bucket % KEPT]
    return bucket + KEPT


def _laid_out(rings: Rings | None, windows: tuple[Window, ...], *, tick: int) -> Rings:
    """Rings for these windows, keeping what the subject's rings under another plan know.

    A window of unchanged length keeps its ring, whatever its amount. One of a new length starts
    from the longest ring there is, every bucket counted at its end, the latest instant its calls
    can have had: what is known to be spent is never forgotten, and leaves a little late.
    """
    starts = {} if rings is None else {rings[s]: s for s in range(0, len(rings), SPAN)}
    fresh = array("q")
    for window in windows:
        if rings is not None and window.length_s in starts:
            start = starts[window.length_s]
            fresh.extend(rings[start : start + SPAN])
            continue
        ring = array("q", bytes(8 * SPAN))
        ring[LENGTH] = window.length_s
        ring[NEWEST] = tick // window.length_s
        if rings is not None and starts:
            _pour(rings, starts[max(starts)], ring, tick=tick)
        fresh.extend(ring)
    return fresh


def _pour(source: Rings, start: int, ring: Rings, *, tick: int) -> None:
    length_s = ring[LENGTH]
    newest = ring[NEWEST]
    from_length_s = source[start + LENGTH]
    oldest = newest
    for bucket in range(source[start + NEWEST] - BUCKETS, source[start + NEWEST] + 1):
        count = source[start + SLOTS + bucket % KEPT]
        at = min((bucket + 1) * from_length_s - 1, tick) // length_s
        if count and at >= newest - BUCKETS:
            ring[SLOTS + at % KEPT] += count
            ring[SPENT] += count
            oldest = min(oldest, at)
    ring[OLDEST] = oldest
