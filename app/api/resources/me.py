"""Who is calling: the person, the client and the grant behind the credential."""

from typing import Final

from msgspec import Struct

from app.api.resources.view import View
from app.gateway.call import Caller
from app.kernel.errors import CountinghouseError


class Me(Struct, kw_only=True):
    """Who is told of."""

    id: str
    name: str
    email: str
    client_id: str
    grant_id: str
    scopes: list[str]


class PersonRequired(CountinghouseError):
    """The credential belongs to no person."""

    kind, code, number = "forbidden", "person_required", 1


def tell_me(caller: Caller) -> object:
    """The caller. Raises PersonRequired where no person stands behind it."""
    if caller.user_id is None:
        raise PersonRequired("This credential belongs to no person.")
    return {
        "id": caller.user_id,
        "name": caller.user_name,
        "email": caller.user_email,
        "client_id": caller.client_id,
        "grant_id": caller.grant_id,
        "scopes": caller.scope,
    }


ME: Final = View(name="me", tell=tell_me, shows=Me)
