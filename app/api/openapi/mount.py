"""The document at its public address, with a tag so that nobody fetches it twice."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Final

import msgspec
from flask import Flask, Response, request

from app.api.openapi.document import document_of
from app.api.surfaces.surface import Surface
from app.gateway.limiter.decision import Window

PATH: Final = "/v1/openapi.json"
PUBLIC_ROUTES: Final = (PATH,)
MEDIA_TYPE: Final = "application/json"


def mount_document(
    flask: Flask, surface: Surface, *, issuer: str, windows: Sequence[Window]
) -> None:
    """Serve the document of a surface to whoever asks; it is built when first asked for."""

    @cache
    def written() -> bytes:
        document = document_of(surface, issuer=issuer, windows=windows)
        return msgspec.json.encode(document)

    def document() -> Response:
        body = written()
        answer = Response(body, content_type=MEDIA_TYPE)
        answer.headers["Cache-Control"] = "public, max-age=300"
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.set_etag(sha256(body).hexdigest()[:32])
        answer.make_conditional(request.environ)
        return answer

    flask.add_url_rule(PATH, endpoint="openapi", view_func=document)
