"""The endpoints that clients call directly: token, revocation and metadata."""

from collections.abc import Callable
from typing import Final

import msgspec
from flask import Blueprint, Flask, Response, current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain.clients.scopes import SCOPES
from app.kernel.clock import epoch_s
from app.kernel.networks import network_of
from app.oauth.endpoints.revocation import answer_revocation
from app.oauth.errors import Answer, ProtocolError, RequestRefused, invalid_request, refusal
from app.oauth.forms import FORM_TYPE, Parameters, UnreadableForm, read_parameters
from app.oauth.metadata import server_metadata
from app.oauth.policy import OAuthPolicy
from app.oauth.requests import FormRequest
from app.oauth.server import answer_token, prove
from app.storage.db import db
from app.storage.transaction import Conflict, Unavailable, perform

METADATA_PATH: Final = "/.well-known/oauth-authorization-server"
PUBLIC_ROUTES: Final = ("/oauth/token", "/oauth/revoke", METADATA_PATH)
RETRY_AFTER_S: Final = 1
OTHER_METHODS: Final = ("GET", "PUT", "PATCH", "DELETE")


def mount(flask: Flask, policy: OAuthPolicy) -> None:
    """Mount the endpoints of the authorization server that answer JSON."""
    blueprint = Blueprint("oauth", __name__)
    document = msgspec.json.encode(server_metadata(issuer=policy.issuer, scopes=list(SCOPES)))

    @blueprint.post("/oauth/token")
    def token() -> Response:
        return _serve(answer_token, requires="grant_type")

    @blueprint.post("/oauth/revoke")
    def revoke() -> Response:
        return _serve(answer_revocation, requires="token")

    @blueprint.route("/oauth/token", methods=OTHER_METHODS)
    @blueprint.route("/oauth/revoke", methods=OTHER_METHODS)
    def misdirected() -> Response:
        wrong = ProtocolError(
            "invalid_request",
            "This endpoint is served by POST alone.",
            status=405,
            headers=(("Allow", "POST"),),
        )
        return _respond(refusal(wrong, reference=g.request_id))

    @blueprint.get(METADATA_PATH)
    def metadata() -> Response:
        return Response(
            document,
            content_type="application/json",
            headers={"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"},
        )

    flask.register_blueprint(blueprint)


def _serve(endpoint: Callable[[FormRequest, Session], Answer], *, requires: str) -> Response:
    try:
        parameters = _read()
    except ProtocolError as error:
        return _respond(refusal(error, reference=g.request_id))

    form = FormRequest(
        parameters=parameters,
        authorization=request.headers.get("Authorization"),
        network=network_of(request.remote_addr or ""),
        reference=g.request_id,
        now_s=epoch_s(),
    )
    try:
        perform(db.engine, lambda session: prove(form, session, requires=requires), writes=False)
        return _respond(perform(db.engine, lambda session: endpoint(form, session)))
    except RequestRefused as refused:
        return _respond(refused.answer)
    except (Unavailable, Conflict):
        busy = ProtocolError(
            "temporarily_unavailable",
            "The server is busy; try again in a moment.",
            status=503,
            headers=(("Retry-After", str(RETRY_AFTER_S)),),
        )
        return _respond(refusal(busy, reference=g.request_id))
    except Exception:
        current_app.logger.exception("oauth endpoint failed", extra={"request": g.request_id})
        failed = ProtocolError("server_error", "Something went wrong here.", status=500)
        return _respond(refusal(failed, reference=g.request_id))


def _read() -> Parameters:
    if request.mimetype != FORM_TYPE:
        raise invalid_request(
            "The body is not a form.", hint=f"Send it as Content-Type: {FORM_TYPE}."
        )
    if request.query_string:
        # A secret in a URL ends in logs (RFC 6749 §2.3.1), so nothing is read from there.
        raise invalid_request(
            "The request has query parameters.", hint="Send every parameter in the body."
        )
    try:
        return read_parameters(request.get_data(cache=False))
    except UnreadableForm as error:
        raise invalid_request(str(error)) from None
    except RequestEntityTooLarge:
        raise ProtocolError("invalid_request", "The body is too large.", status=413) from None


def _respond(answer: Answer) -> Response:
    return Response(answer.body, status=answer.status, headers=list(answer.headers))
