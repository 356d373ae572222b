"""What is asked of a limiter, what it answers, and the one shape every store of counts has."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from msgspec import Struct

from app.kernel.errors import CountinghouseError, Kind

# Structs instead of dataclasses: frozen alike, and ten times cheaper to make, on a path where
# every call to the gateway makes several.


class Window(Struct, frozen=True):
    """At most `amount` in any `length_s` seconds, wherever those seconds begin."""

    name: str
    amount: int
    length_s: int

    def __post_init__(self) -> None:
        if self.amount < 1 or self.length_s < 1:
            raise ValueError("a window has an amount and a length of at least 1")


class Demand(Struct, frozen=True):
    """One subject's windows, and what this call costs in each of them.

    A subject is counted under one plan at a time: two plans with windows of other lengths need
    two subjects. A cost above a window's amount is taken as the whole amount, so that such a
    call waits for the window to be empty instead of forever. Cost 0 asks without spending.
    """

    subject: str
    windows: tuple[Window, ...]
    cost: int = 1

    def __post_init__(self) -> None:
        if self.cost < 0:
            raise ValueError("a cost is not negative")


class Standing(Struct, frozen=True):
    """How one window stands after the decision.

    `wait_s` is how many whole seconds until the window gives more than `remaining`, or, where
    that is too little for the same call again, until it is enough (`t` of the IETF field); 0
    where nothing is spent. `reset_epoch_s` is that instant, and after a refusal no earlier than
    the one at which every window admits the same call: waiting only until then is enough.
    """

    window: Window
    remaining: int
    reset_epoch_s: int
    wait_s: int
    is_violated: bool
    subject: str


class Decision(Struct, frozen=True):
    """Admitted by every window and spent in all of them, or refused and spent in none.

    `standings` follows the demands and their windows in order. `retry_after_s` is 0 when
    admitted, else at least 1: after so many seconds the same call is admitted, provided that
    nothing else was spent in between.
    """

    admitted: bool
    standings: tuple[Standing, ...]
    retry_after_s: int


class LimiterUnavailable(CountinghouseError):
    """The store of counts cannot be reached, read or written."""

    kind: ClassVar[Kind] = "unavailable"
    code: ClassVar[str] = "limiter_unavailable"


class Limiter(Protocol):
    """A store of counts that decides in one step."""

    @property
    def degraded(self) -> bool:
        """Whether decisions are at present made without the shared store."""

    def acquire(self, demands: Sequence[Demand], *, now_us: int | None = None) -> Decision:
        """Decide all windows of all demands together, and spend in all of them or in none.

        The subjects of one call are distinct. `now_us` holds the time still for tests; left out,
        the store reads its clock within the step. Raises LimiterUnavailable.
        """

    def sweep(self, *, batch: int, now_us: int | None = None) -> int:
        """Forget up to `batch` subjects that have nothing left to count; how many there were.

        Raises LimiterUnavailable.
        """

    def close(self) -> None:
        """Give up files and connections."""


def distinct(demands: Sequence[Demand]) -> None:
    """Refuse to decide twice about one subject in one step, which would count it wrong."""
    if len(demands) > 1 and len({demand.subject for demand in demands}) < len(demands):
        raise ValueError("the subjects of one decision are distinct")
