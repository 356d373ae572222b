"""The playground: Swagger UI over the published document, signed in to test organisations alone."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request

from app.domain.clients.playground import (
    OPTIONAL_SCOPE,
    REDIRECT_PATH,
    SCOPE,
    playground_client,
)
from app.storage.db import db
from app.storage.transaction import perform
from app.web.assets import FOREVER
from app.web.docs.pages import NOT_INDEXED, SURFACE, docs_page
from app.web.docs.swagger import VERSION, part, part_address
from app.web.door import guarded
from app.web.headers import content_security
from app.web.pages import page
from app.web.surroundings import surroundings

blueprint = guarded(Blueprint("playground", __name__))


@blueprint.get("/playground")
def show() -> Response:
    """The document, ready to be tried; or what keeps it from being so."""
    issuer = surroundings().policy.issuer
    # Signing in comes back to the issuer's own address: elsewhere the two windows are strangers.
    is_at_home = request.host == urlsplit(issuer).netloc
    client_id = perform(db.engine, playground_client, writes=False)
    response = docs_page(
        "docs/playground.html",
        "playground",
        is_indexed=False,
        issuer=issuer,
        client_id=client_id,
        is_at_home=is_at_home,
        document=f"{SURFACE.base_path}/openapi.json",
        scopes=" ".join((*SCOPE, *OPTIONAL_SCOPE)),
        redirect=f"{issuer}{REDIRECT_PATH}",
        part_address=part_address,
    )
    return _with_scripts(response)


@blueprint.get(REDIRECT_PATH)
def come_back() -> Response:
    """Where the sign-in ends: hands the code to the playground's window, and closes itself."""
    return _with_scripts(page("docs/playground_redirect.html", part_address=part_address))


@blueprint.get("/playground/parts/<version>/<name>")
def serve_part(version: str, name: str) -> Response:
    """A file of Swagger UI, kept by browsers for good under the version it belongs to."""
    found = part(name)
    if found is None:
        abort(404)
    is_packed = request.accept_encodings["gzip"] > 0
    response = Response(found.packed if is_packed else found.body, content_type=found.content_type)
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOREVER if version == VERSION else "no-store"
    return response


def _with_scripts(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = content_security(has_scripts=True)
    response.headers["X-Robots-Tag"] = NOT_INDEXED
    return response
