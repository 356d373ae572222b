"""The authorization endpoint: check the request, find out who is there, show the consent page."""

from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from app.kernel.clock import epoch_s
from app.oauth.authorize.checks import check
from app.oauth.authorize.request import (
    Asked,
    AuthorizationRefused,
    AuthorizationRequest,
    refusal_uri,
)
from app.oauth.authorize.sealed import seal_request
from app.oauth.forms import UnreadableForm, read_parameters
from app.storage.db import db
from app.storage.transaction import perform
from app.web.pages import error_page, finish, own_request_id
from app.web.person import onlooker, sign_in_address
from app.web.surroundings import surroundings

ROUTES: Final = ("/oauth/authorize",)
blueprint: Final = Blueprint("authorize", __name__)


@blueprint.get("/oauth/authorize")
def authorize() -> Response:
    """RFC 6749 §4.1.1. Errors are a page until client and address are proven, then a 303."""
    policy = surroundings().oauth
    try:
        parameters = read_parameters(request.query_string)
        asked = Asked(parameters, development=policy.development)
        checked = perform(db.engine, lambda session: _checked(session, asked), writes=False)
    except UnreadableForm as error:
        return _page("invalid_request", str(error), hint=None)
    except AuthorizationRefused as refused:
        if refused.redirect_uri is None:
            return _page(refused.error, refused.message, hint=refused.hint)
        return _go(refusal_uri(refused, issuer=policy.issuer))
    person = onlooker()
    if person is None:
        return _go(sign_in_address())
    sealed = seal_request(policy.consent_key, checked, user_id=person.user_id, now_s=epoch_s())
    return _go(f"/consent?request={quote(sealed)}")


def _checked(session: Session, asked: Asked) -> AuthorizationRequest:
    return check(session, asked)


def _go(address: str) -> Response:
    # 303, never 307: what was posted must not travel on (RFC 9700 §4.12).
    return finish(Response(status=303, headers={"Location": address}))


def _page(error: str, description: str, *, hint: str | None) -> Response:
    details = [("error", error), ("error_description", description)]
    if hint is not None:
        details.append(("error_hint", hint))
    return error_page(
        400,
        "This app's request cannot be answered",
        f"{description} Nothing was shared. Go back to the app and try again, "
        "or tell the people who make it.",
        request_id=own_request_id(),
        details=tuple(details),
    )
