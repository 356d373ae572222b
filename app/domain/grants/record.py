"""Record what a person allowed: the grant, and the organisations that it reaches."""

from collections.abc import Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.audit.record import record as record_audit
from app.domain.grants.tables import Grant, GrantOrganisation
from app.kernel.ids import new_id


def record(
    session: Session,
    *,
    user_id: str,
    client_id: str,
    scope: Sequence[str],
    organisations: Sequence[str],
    now_s: int,
) -> str:
    """Store one consent, already judged permissible; answer with the grant's id."""
    grant_id = new_id("gra")
    session.execute(
        insert(Grant).values(
            id=grant_id,
            user_id=user_id,
            client_id=client_id,
            scope=" ".join(scope),
            created_at=now_s,
        )
    )
    session.execute(
        insert(GrantOrganisation),
        [{"grant_id": grant_id, "org_id": org, "granted_at": now_s} for org in organisations],
    )
    record_audit(
        session,
        "grant.recorded",
        user=user_id,
        client=client_id,
        grant=grant_id,
        scope=list(scope),
        organisations=list(organisations),
    )
    return grant_id
