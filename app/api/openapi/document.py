"""The whole document of a surface: OpenAPI 3.1.1, built from what is mounted."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import msgspec

from app.api.openapi import answers, refusals
from app.api.openapi.answers import envelope, ref
from app.api.openapi.operations import Refused, forms_of, paths, plural, shown, singular
from app.api.openapi.trees import query_schemas
from app.api.resources.schemas import components
from app.api.surfaces.surface import Surface
from app.domain.clients.scopes import SCOPES
from app.gateway.limiter.decision import Window
from app.kernel.errors import CountinghouseError

Schema = dict[str, Any]

OPENAPI: Final = "3.1.1"
# Of the contract, which grows without breaking; what breaks will be another address.
VERSION: Final = "1.0.0"


def document_of(surface: Surface, *, issuer: str, windows: Sequence[Window]) -> Schema:
    """The document. `windows` are those of the plan that holds where nothing else was agreed."""
    refused: Refused = {}
    operations = paths(surface, refused)
    told = {one for _, found in refused.values() for one in found}
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Countinghouse",
            "version": VERSION,
            "description": (
                "The books of small businesses: contacts, invoices and tax rates. Lists take"
                " filters such as `total=gte:100`, several of them at once, and up to three sort"
                " keys; each filter's operators stand in its `x-filter`. HEAD answers as GET does,"
                " without the body, and OPTIONS tells in `Allow` what an address answers to."
            ),
        },
        "servers": [{"url": issuer}],
        "tags": [{"name": plural(one.name)} for one in _subjects(surface)],
        "security": [{"oauth": []}, {"bearer": []}],
        "paths": operations,
        "components": {
            "schemas": _schemas(surface),
            "responses": {
                name: refusals.refused_answer(*found) for name, found in sorted(refused.items())
            },
            "examples": refusals.examples_of(sorted(told, key=_place), issuer=issuer),
            "headers": dict(answers.HEADERS),
            "securitySchemes": _security_schemes(issuer),
        },
        "x-limits": {
            "per": "connection",
            "windows": [msgspec.structs.asdict(window) for window in windows],
            "query": asdict(surface.limits),
        },
    }


def _place(refusal: type[CountinghouseError]) -> str:
    return f"{refusal.__module__}.{refusal.__qualname__}"


def _subjects(surface: Surface) -> list[Any]:
    return [*surface.views, *surface.feeds, *surface.resources]


def _schemas(surface: Surface) -> Schema:
    schemas: Schema = components(forms_of(surface))
    schemas |= answers.SCHEMAS
    schemas |= refusals.SCHEMAS
    for resource in surface.resources:
        page = envelope({"type": "array", "items": shown(resource)}, is_list=True)
        schemas[f"{plural(resource.name)}Page"] = page
        schemas |= query_schemas(resource, singular(resource), surface.limits)
    for feed in surface.feeds:
        items = {"type": "array", "items": ref(feed.shows.__name__)}
        schemas[f"{plural(feed.name)}Page"] = envelope(items, is_list=True)
    return dict(sorted(schemas.items()))


def _security_schemes(issuer: str) -> Schema:
    return {
        "oauth": {
            "type": "oauth2",
            "description": "The authorization code flow with PKCE (S256).",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": f"{issuer}/oauth/authorize",
                    "tokenUrl": f"{issuer}/oauth/token",
                    "refreshUrl": f"{issuer}/oauth/token",
                    "scopes": {name: scope.title for name, scope in SCOPES.items()},
                }
            },
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An access token as it was issued.",
        },
    }
