"""Whether this process lives, and whether it can serve."""

from typing import Final

import msgspec
from flask import Blueprint, Flask, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.domain.identity.installation import holds_demo
from app.gateway.limiter.decision import Limiter
from app.storage.db import db
from app.storage.transaction import transaction

PUBLIC_ROUTES: Final = ("/health/live", "/health/ready")


def mount(flask: Flask, limiter: Limiter, *, is_production: bool) -> None:
    """Mount the two health addresses; neither tells a stranger anything but yes or no.

    A production service on a database that was filled with demo data after the start is not
    ready either (security.md 2).
    """
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/health/live")
    def live() -> Response:
        return _answer(200, status="live")

    @blueprint.get("/health/ready")
    def ready() -> Response:
        try:
            with transaction(db.engine, writes=False) as session:
                session.execute(text("SELECT version_num FROM alembic_version")).one()
                is_demo = holds_demo(session)
        except SQLAlchemyError:
            return _answer(503, status="unavailable", database="unreachable or not migrated")
        if is_production and is_demo:
            return _answer(503, status="unavailable", database="holds demo data")
        limits = "degraded" if limiter.degraded else "ok"
        return _answer(200, status="ready", database="ok", limiter=limits)

    flask.register_blueprint(blueprint)


def _answer(http_status: int, **facts: str) -> Response:
    return Response(
        msgspec.json.encode(facts),
        status=http_status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
