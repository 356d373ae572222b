"""Token revocation (RFC 7009): a client gives back what was issued to it."""

from sqlalchemy.orm import Session

from app.domain.audit.record import record
from app.domain.grants.revoke import revoke_token
from app.oauth.client_auth import authenticate
from app.oauth.errors import (
    JSON,
    NO_STORE,
    Answer,
    ProtocolError,
    RequestRefused,
    invalid_grant,
    refusal,
)
from app.oauth.requests import FormRequest


def answer_revocation(request: FormRequest, session: Session) -> Answer:
    """`200 {}` for the client's own tokens and for unknown ones; a wrong hint is ignored.

    A token of another client is refused (RFC 7009 §2.1) and leaves an audit row.
    """
    request.session = session
    try:
        return _revoke(request)
    except ProtocolError as error:
        raise RequestRefused(refusal(error, reference=request.reference)) from None


def _revoke(request: FormRequest) -> Answer:
    client = authenticate(request)
    token = request.parameters.values["token"]
    foreign = revoke_token(request.session, token=token, client_id=client.id, now_s=request.now_s)
    if foreign is not None:
        record(request.session, "revocation.foreign", client=client.id, grant=foreign.grant_id)
        return refusal(invalid_grant(), reference=request.reference)
    return Answer(200, b"{}", (JSON, *NO_STORE))
