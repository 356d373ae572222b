"""The shared counts while they answer, this process's own while they do not."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from app.gateway.limiter.decision import (
    Decision,
    Demand,
    Limiter,
    LimiterUnavailable,
    Window,
)
from app.gateway.limiter.memory import MemoryLimiter

PAUSE_S: Final = 1.0
_log = logging.getLogger(__name__)


class FallbackLimiter:
    """Never unavailable and never unlimited.

    When the shared store fails, it is left alone for `pause_s`, then tried by one call at a time;
    until it answers, this process alone decides, with its `nodes`th part of each amount (at least
    1). With `counts_along`, what the shared store admits here is counted here as well, so that a
    client does not get its budget a second time when the store fails. When the store comes back
    it does not know what was spent meanwhile.
    """

    def __init__(
        self,
        shared: Limiter,
        local: MemoryLimiter,
        *,
        nodes: int = 1,
        counts_along: bool = True,
        pause_s: float = PAUSE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shared = shared
        self._local = local
        self._nodes = nodes
        self._counts_along = counts_along
        self._pause_s = pause_s
        self._monotonic = monotonic
        self._degraded = False
        self._try_again_at_s = 0.0

    @property
    def degraded(self) -> bool:
        """Whether the shared store failed when it was last asked."""
        return self._degraded

    def acquire(self, demands: Sequence[Demand], *, now_us: int | None = None) -> Decision:
        """As Limiter says; never raises LimiterUnavailable."""
        if self._degraded and not self._takes_the_probe():
            return self._decide_alone(demands, now_us)
        try:
            decision = self._shared.acquire(demands, now_us=now_us)
        except LimiterUnavailable as failure:
            self._note_failure(failure)
            return self._decide_alone(demands, now_us)
        self._note_answer()
        if decision.admitted and self._counts_along:
            self._local.acquire(demands, now_us=now_us)
        return decision

    def sweep(self, *, batch: int, now_us: int | None = None) -> int:
        """As Limiter says, in the shared store; 0 while it is unavailable."""
        if self._degraded and not self._takes_the_probe():
            return 0
        try:
            swept = self._shared.sweep(batch=batch, now_us=now_us)
        except LimiterUnavailable as failure:
            self._note_failure(failure)
            return 0
        return swept

    def close(self) -> None:
        """Close both."""
        self._shared.close()
        self._local.close()

    def _takes_the_probe(self) -> bool:
        now_s = self._monotonic()
        if now_s < self._try_again_at_s:
            return False
        # Set before the attempt: other threads stay local while this one finds out.
        self._try_again_at_s = now_s + self._pause_s
        return True

    def _note_failure(self, failure: LimiterUnavailable) -> None:
        self._try_again_at_s = self._monotonic() + self._pause_s
        if not self._degraded:
            self._degraded = True
            _log.warning("Limits are counted in this process alone: %s", failure.message)

    def _note_answer(self) -> None:
        if self._degraded:
            self._degraded = False
            _log.warning("Limits are counted in the shared store again.")

    def _decide_alone(self, demands: Sequence[Demand], now_us: int | None) -> Decision:
        if self._nodes == 1:
            return self._local.acquire(demands, now_us=now_us)
        shares = [
            replace(demand, windows=tuple([self._share(window) for window in demand.windows]))
            for demand in demands
        ]
        decision = self._local.acquire(shares, now_us=now_us)
        # What is published stays what the plan says, however it is shared out meanwhile.
        published = [window for demand in demands for window in demand.windows]
        standings = [
            replace(standing, window=window)
            for standing, window in zip(decision.standings, published, strict=True)
        ]
        return replace(decision, standings=tuple(standings))

    def _share(self, window: Window) -> Window:
        return replace(window, amount=max(1, window.amount // self._nodes))
