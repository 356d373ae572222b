"""What is told of the caller itself, whatever organisation it reaches."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct

from app.gateway.call import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One address that only reads, needs no scope and no organisation.

    `shows` is the type of what is told, or of each of them where it `tells_many`.
    """

    name: str
    tell: Callable[[Caller], object]
    shows: type[Struct]
    tells_many: bool = False
