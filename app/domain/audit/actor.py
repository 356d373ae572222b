"""Who does a deed: a person, through an app, or neither when it is the operator or the seed."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Ids of the person, the client and the grant through which they act."""

    user: str | None = None
    client: str | None = None
    grant: str | None = None


OPERATOR: Final = Actor()
