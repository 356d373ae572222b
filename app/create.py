"""Build the application: the only file that sees every floor."""

import os
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

import app.domain.audit.tables
import app.domain.clients.tables
import app.domain.contacts.tables
import app.domain.grants.tables
import app.domain.identity.tables
import app.domain.ledger.tables
import app.domain.sales.tables
import app.gateway.plans
import app.storage.oids  # noqa: F401 - tables must be known before they are migrated
from app import cli
from app.gateway import guard
from app.oauth import mount as oauth
from app.settings import Settings, read_settings
from app.storage.db import db, engine_options, prepare

HOME = Path(__file__).resolve().parent.parent
BODY_BYTES_MAX = 1_048_576


def create_app(settings: Settings | None = None) -> Flask:
    """Make the WSGI application from settings, or from the environment."""
    settings = settings or read_settings(os.environ)
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    flask = Flask(
        "app",
        template_folder=str(HOME / "templates"),
        static_folder=None,
        instance_path=str(settings.instance),
    )
    flask.config.update(
        MAX_CONTENT_LENGTH=BODY_BYTES_MAX,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
    )
    flask.extensions["countinghouse"] = settings
    db.init_app(flask)
    with flask.app_context():
        prepare(db.engine)
    Migrate(flask, db, directory=str(HOME / "migrations"))
    guard.mount(flask, settings.gateway)
    oauth.mount(flask, settings.oauth)
    cli.mount(flask)
    return flask
