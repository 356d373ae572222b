"""When grants were last used: gathered by each process, written in a stroke."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, or_, update
from sqlalchemy.orm import Session

from app.domain.grants.tables import Grant, GrantOrganisation


class Use(NamedTuple):
    """A grant, and the organisation that was reached through it, or None."""

    grant_id: str
    org_id: str | None


def write_uses(session: Session, *, uses: Mapping[Use, int]) -> None:
    """Move `last_used_at` (seconds since the epoch) forward, never back."""
    grants: dict[str, int] = {}
    for use, at in uses.items():
        grants[use.grant_id] = max(at, grants.get(use.grant_id, 0))
    connection = session.connection()
    # Rows are written in one order by every process, so that two flushes cannot deadlock.
    connection.execute(
        update(Grant)
        .where(
            Grant.id == bindparam("grant"),
            or_(Grant.last_used_at.is_(None), Grant.last_used_at < bindparam("at")),
        )
        .values(last_used_at=bindparam("at")),
        [{"grant": grant, "at": at} for grant, at in sorted(grants.items())],
    )
    reached = sorted((use.grant_id, use.org_id, at) for use, at in uses.items() if use.org_id)
    if reached:
        connection.execute(
            update(GrantOrganisation)
            .where(
                GrantOrganisation.grant_id == bindparam("grant"),
                GrantOrganisation.org_id == bindparam("org"),
                or_(
                    GrantOrganisation.last_used_at.is_(None),
                    GrantOrganisation.last_used_at < bindparam("at"),
                ),
            )
            .values(last_used_at=bindparam("at")),
            [{"grant": grant, "org": org, "at": at} for grant, org, at in reached],
        )
