"""From what is spent in each window to the answer, alike for every store."""

from collections.abc import Sequence

from app.gateway.limiter.decision import Decision, Demand, Standing
from app.gateway.limiter.ring import opening_us


def conclude(
    demands: Sequence[Demand],
    found: Sequence[tuple[int, int]],
    *,
    admitted: bool,
    now_us: int,
) -> Decision:
    """The decision these readings amount to, one reading for each window in order (see ring)."""
    retry_us = 0 if admitted else _retry_us(demands, found)
    standings: list[Standing] = []
    place = 0
    for demand in demands:
        for window in demand.windows:
            spent, bucket = found[place]
            place += 1
            room = window.amount - spent
            free_us = opening_us(bucket, window.length_s) if spent else now_us
            standings.append(
                Standing(
                    window=window,
                    remaining=room if room > 0 else 0,
                    # Rounded up, so that whoever waits as told never comes too early.
                    reset_epoch_s=-(-(free_us if free_us > retry_us else retry_us) // 1_000_000),
                    wait_s=-((now_us - free_us) // 1_000_000),
                    is_violated=not admitted and _lacks_room(room, demand.cost, spent),
                    subject=demand.subject,
                )
            )
    return Decision(
        admitted=admitted,
        standings=tuple(standings),
        retry_after_s=0 if admitted else -((now_us - retry_us) // 1_000_000),
    )


def _retry_us(demands: Sequence[Demand], found: Sequence[tuple[int, int]]) -> int:
    """The instant at which the last of the windows that refuse has room for the same call."""
    asked = [(window, demand.cost) for demand in demands for window in demand.windows]
    return max(
        opening_us(bucket, window.length_s)
        for (window, cost), (spent, bucket) in zip(asked, found, strict=True)
        if _lacks_room(window.amount - spent, cost, spent)
    )


def _lacks_room(room: int, cost: int, spent: int) -> bool:
    # A cost above the amount is taken as the amount: it lacks room once anything is spent.
    return room < cost and spent > 0
