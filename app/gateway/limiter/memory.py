"""Counts kept in this process: for one process alone, and behind a shared store that is down."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from app.gateway.limiter import ring
from app.gateway.limiter.conclude import conclude
from app.gateway.limiter.decision import Decision, Demand, distinct
from app.kernel.clock import epoch_us

SUBJECTS_MAX: Final = 20_000


class MemoryLimiter:
    """Exact across threads, forgotten with the process.

    At most `subjects_max` subjects are kept, about one kilobyte each: beyond that the one longest
    unused is forgotten, which in a window's time takes that many other subjects.
    """

    degraded = False

    def __init__(
        self, *, clock: Callable[[], int] | None = None, subjects_max: int = SUBJECTS_MAX
    ) -> None:
        self._clock = clock or epoch_us
        self._subjects_max = subjects_max
        self._rings: OrderedDict[str, ring.Rings] = OrderedDict()
        self._lock = threading.Lock()

    def acquire(self, demands: Sequence[Demand], *, now_us: int | None = None) -> Decision:
        """As Limiter says; never unavailable."""
        distinct(demands)
        with self._lock:
            now_us = self._clock() if now_us is None else now_us
            tick = ring.tick_at(now_us)
            kept = self._rings
            settled = [
                ring.settle(kept.get(demand.subject), demand, tick=tick) for demand in demands
            ]
            admitted = all(has_room for _, has_room, _ in settled)
            found = []
            for (rings, _, is_moved), demand in zip(settled, demands, strict=True):
                is_spent = admitted and demand.cost > 0
                if is_spent:
                    ring.count(rings, demand)
                if is_spent or is_moved or demand.subject in kept:
                    self._keep(demand.subject, rings)
                found += ring.readings(rings, demand)
        return conclude(demands, found, admitted=admitted, now_us=now_us)

    def sweep(self, *, batch: int, now_us: int | None = None) -> int:
        """As Limiter says, beginning with the subjects longest unused."""
        swept = 0
        with self._lock:
            now_us = self._clock() if now_us is None else now_us
            while self._rings and swept < batch:
                subject = next(iter(self._rings))
                if ring.expiry_us(self._rings[subject]) > now_us:
                    break
                del self._rings[subject]
                swept += 1
        return swept

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._rings.clear()

    def _keep(self, subject: str, rings: ring.Rings) -> None:
        self._rings[subject] = rings
        self._rings.move_to_end(subject)
        if len(self._rings) > self._subjects_max:
            self._rings.popitem(last=False)
