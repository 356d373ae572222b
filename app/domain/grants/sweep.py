"""Delete what has expired, in batches, each a transaction of its own."""

from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.grants.tables import (
    AccessToken,
    AuthorizationCode,
    ConsentDecision,
    RefreshToken,
)
from app.domain.identity.tables import SignInSession

# Table, its key, and the instant in seconds after which nobody can need the row.
EXPIRING: Final[tuple[tuple[Any, InstrumentedAttribute[Any], ColumnElement[int]], ...]] = (
    (AccessToken, AccessToken.digest, AccessToken.expires_at.expression),
    (AuthorizationCode, AuthorizationCode.digest, AuthorizationCode.keep_until.expression),
    (RefreshToken, RefreshToken.digest, RefreshToken.expires_at.expression),
    (ConsentDecision, ConsentDecision.id, ConsentDecision.expires_at.expression),
    (SignInSession, SignInSession.digest, SignInSession.expires_at.expression),
)


def sweep_batch(session: Session, *, table: Any, now_s: int, batch_rows: int) -> int:
    """Delete up to `batch_rows` expired rows of one table of EXPIRING; answer with how many."""
    _, key, expires = next(entry for entry in EXPIRING if entry[0] is table)
    expired = (
        select(key)
        .where(expires < now_s)
        .order_by(expires)
        .limit(batch_rows)
        .with_for_update(skip_locked=True)
    )
    result: Any = session.execute(
        delete(table).where(key.in_(expired)).execution_options(synchronize_session=False)
    )
    return int(result.rowcount)


def forget_sealed_answers(session: Session, *, now_s: int, batch_rows: int) -> int:
    """Null the sealed refresh answers whose window has passed (oauth.md §5.5)."""
    past = (
        select(RefreshToken.digest)
        .where(RefreshToken.sealed.is_not(None), RefreshToken.sealed_until < now_s)
        .order_by(RefreshToken.sealed_until)
        .limit(batch_rows)
        .with_for_update(skip_locked=True)
    )
    result: Any = session.execute(
        update(RefreshToken)
        .where(RefreshToken.digest.in_(past))
        .values(sealed=None)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)
