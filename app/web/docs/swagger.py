"""Swagger UI, served from the installed package under an address that names its version."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import Final

PACKAGE: Final = "flask_swagger_ui"
VERSION: Final = version("flask-swagger-ui")
TYPES: Final = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "oauth2-redirect.js": "text/javascript; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the package, as it is and packed with gzip."""

    body: bytes
    packed: bytes
    content_type: str


@lru_cache(maxsize=len(TYPES))
def part(name: str) -> Part | None:
    """A file that the playground needs; None for any other."""
    if name not in TYPES:
        return None
    body = files(PACKAGE).joinpath("dist", name).read_bytes()
    return Part(body, gzip.compress(body, mtime=0), TYPES[name])


def part_address(name: str) -> str:
    """Where the playground finds a file; it changes with the package."""
    assert name in TYPES, f"the playground has no part {name}"
    return f"/playground/parts/{VERSION}/{name}"
