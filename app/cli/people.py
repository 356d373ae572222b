"""How a command names a person."""

from sqlalchemy.orm import Session

from app.domain.identity.find import user_by_email
from app.kernel.errors import Missing


def person_id(session: Session, named: str) -> str:
    """The id of a person named by id or by e-mail address. Raises Missing for an address."""
    if "@" not in named:
        return named
    user = user_by_email(session, named)
    if user is None:
        raise Missing(f"Nobody signs in as {named}.")
    return user.id
