"""How far an organisation's changes have come, resource by resource."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy.orm import Session

from app.domain.events.tables import ChangeHead
from app.storage.fetch import Prepared, fetch
from app.storage.tenancy import columns_of

_HEADS: Final = Prepared(columns_of(ChangeHead, ChangeHead.resource, ChangeHead.sequence))


def heads_of(session: Session, *, organisation: str, resources: Iterable[str]) -> tuple[int, ...]:
    """The last sequence of each resource, in the order asked for; 0 where nothing happened yet.

    A resource's head rises with every change of it, so what was read from these resources holds
    for as long as their heads do. `*` stands for all resources. Read it before what it is to
    stand for: a change in between then makes it look old, never new.
    """
    heads = dict(fetch(session, _HEADS, {"organisation": organisation}))
    return tuple(heads.get(resource, 0) for resource in resources)
