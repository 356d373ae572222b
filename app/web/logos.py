"""The logos of apps, which partners upload and we redraw and serve ourselves."""

from typing import Final

from flask import Blueprint, Response, abort, request

from app.domain.clients.find import client_of, logo_of
from app.storage.db import db
from app.storage.transaction import perform
from app.web.assets import FOREVER
from app.web.door import guarded

BRIEFLY: Final = "public, max-age=300"

blueprint = guarded(Blueprint("logos", __name__))


def logo_path(client_id: str, logo_digest: str | None) -> str | None:
    """The address of an app's logo, naming its bytes; None where it has none."""
    return None if logo_digest is None else f"/clients/{client_id}/logo?v={logo_digest}"


@blueprint.get("/clients/<client_id>/logo")
def serve(client_id: str) -> Response:
    """The logo, kept by browsers for good where the address names its present bytes."""
    client = perform(db.engine, lambda session: client_of(session, client_id), writes=False)
    if client is None or client.logo_digest is None:
        abort(404)
    png = perform(db.engine, lambda session: logo_of(session, client_id), writes=False)
    response = Response(png, content_type="image/png")
    is_exact = request.args.get("v") == client.logo_digest
    response.headers["Cache-Control"] = FOREVER if is_exact else BRIEFLY
    response.set_etag(client.logo_digest)
    response.make_conditional(request)
    return response
