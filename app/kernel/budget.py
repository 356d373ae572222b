"""How long something may take in all, told to whoever does a part of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


class OutOfTime(Exception):
    """A part was stopped because the whole has no time left; nothing else is wrong."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A moment on a clock that never goes back, in seconds, by which all must be done."""

    deadline_s: float
    clock: Clock = time.monotonic

    @property
    def left_s(self) -> float:
        """Seconds left; 0 or less when the time is up."""
        return self.deadline_s - self.clock()


def budget_of(milliseconds: int, *, clock: Clock = time.monotonic) -> Budget:
    """A budget that begins now."""
    return Budget(clock() + milliseconds / 1_000, clock)
