"""Mount the public contract: every surface at its address."""

from dataclasses import replace
from typing import Final

from flask import Flask

from app.api.openapi.mount import mount_document
from app.api.policy import ApiPolicy
from app.api.surfaces.kept import Kept
from app.api.surfaces.mount import mount_surface
from app.api.surfaces.tags import Tags
from app.api.surfaces.v1 import V1
from app.api.surfaces.visit import Door
from app.gateway.gateway import Gateway
from app.storage.db import db

SURFACES: Final = (V1,)


def mount(flask: Flask, gateway: Gateway, policy: ApiPolicy) -> None:
    """Mount every surface behind the gateway."""
    with flask.app_context():
        engine = db.engine
    for declared in SURFACES:
        limits = replace(declared.limits, budget_ms=policy.query_budget_ms)
        surface = replace(declared, limits=limits)
        door = Door(
            surface=surface,
            engine=engine,
            gateway=gateway,
            policy=policy,
            kept=Kept(bytes_max=policy.kept_bytes_max),
            tags=Tags(policy.tag_key),
        )
        mount_surface(flask, door)
        mount_document(flask, surface, issuer=policy.issuer, windows=gateway.token_windows)
