"""Write one audit row, in the transaction of the deed that it tells of."""

import msgspec
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.audit.actor import OPERATOR, Actor
from app.domain.audit.tables import AuditEvent
from app.kernel.clock import epoch_us
from app.kernel.ids import new_id
from app.storage.fetch import Prepared, change

_COLUMNS = ("id", "at", "action", "user_id", "client_id", "grant_id", "org_id", "facts")
_ADD = Prepared(insert(AuditEvent), columns=_COLUMNS)


def record(
    session: Session,
    action: str,
    *,
    by: Actor = OPERATOR,
    user: str | None = None,
    client: str | None = None,
    grant: str | None = None,
    organisation: str | None = None,
    **facts: object,
) -> None:
    """Tell that `action` (such as `grant.revoked`) happened, with its facts and no secret.

    Who did it is said as an actor, or by its parts where the action is about one of them.
    """
    change(
        session,
        _ADD,
        {
            "id": new_id("aud"),
            "at": epoch_us(),
            "action": action,
            "user_id": user or by.user,
            "client_id": client or by.client,
            "grant_id": grant or by.grant,
            "org_id": organisation,
            "facts": msgspec.json.encode(facts).decode(),
        },
    )
