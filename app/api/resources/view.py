"""What is told of the caller itself, whatever organisation it reaches."""

from collections.abc import Callable
from dataclasses import dataclass

from app.gateway.call import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One address that only reads, needs no scope and no organisation."""

    name: str
    tell: Callable[[Caller], object]
