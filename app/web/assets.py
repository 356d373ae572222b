"""Our own static files, read once and served under an address that names their bytes."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, request

from app.web.door import guarded

FOLDER: Final = Path(__file__).parent / "static"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
VERSION_DIGITS: Final = 12
FOREVER: Final = "public, max-age=31536000, immutable"

blueprint = guarded(Blueprint("assets", __name__))


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    body: bytes
    content_type: str


def _read() -> dict[str, Asset]:
    return {
        path.relative_to(FOLDER).as_posix(): Asset(path.read_bytes(), TYPES[path.suffix])
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in TYPES
    }


ASSETS: Final = _read()
# One version for all files: the stylesheet may then name pictures by their plain relative path.
VERSION: Final = sha256(
    b"".join(name.encode() + b"\0" + asset.body for name, asset in ASSETS.items())
).hexdigest()[:VERSION_DIGITS]


def asset(name: str) -> str:
    """The address of a file of ours; it changes whenever the bytes do."""
    assert name in ASSETS, f"there is no static file {name}"
    return f"/static/{VERSION}/{name}"


@blueprint.get("/static/<version>/<path:name>")
def serve(version: str, name: str) -> Response:
    """A file; one asked for under an older version is given as it is now, and not kept."""
    found = ASSETS.get(name)
    if found is None:
        abort(404)
    response = Response(found.body, content_type=found.content_type)
    response.headers["Cache-Control"] = FOREVER if version == VERSION else "no-store"
    response.set_etag(VERSION)
    response.make_conditional(request)
    return response
