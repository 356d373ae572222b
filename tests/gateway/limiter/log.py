"""The oracle: every admitted call with its instant, and what two bounds say about the next."""

from dataclasses import dataclass, field

from app.gateway.limiter.decision import Demand, Window


@dataclass(slots=True)
class ExactLog:
    """What was admitted for one subject, call by call."""

    calls: list[tuple[int, int]] = field(default_factory=list)

    def spent(self, *, now_us: int, sixtieths: int, window: Window) -> int:
        """The cost admitted less than so many sixtieths of the window ago."""
        return sum(
            cost
            for at_us, cost in self.calls
            if (now_us - at_us) * 60 < window.length_s * sixtieths * 1_000_000
        )

    def must_admit(self, demand: Demand, *, now_us: int) -> bool:
        """Whether the caller has kept to every amount in the last 61/60 of its window."""
        return all(
            self.spent(now_us=now_us, sixtieths=61, window=window) + demand.cost <= window.amount
            for window in demand.windows
        )

    def may_admit(self, demand: Demand, *, now_us: int) -> bool:
        """Whether admitting leaves every rolling window, its edges included, within its amount."""
        return all(
            self.spent(now_us=now_us - 1, sixtieths=60, window=window) + demand.cost
            <= window.amount
            for window in demand.windows
        )
