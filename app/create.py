"""Build the application: the only file that sees every floor."""

import os
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import Engine

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
from app.api import mount as api
from app.domain.grants.usage import Use, write_uses
from app.domain.identity.installation import refuse_demo
from app.gateway import guard, health
from app.gateway.gateway import Gateway
from app.gateway.limiter.open import open_limiter
from app.gateway.limiter.plan import parse_plan
from app.gateway.meter import Meter
from app.kernel.logs import configure_logging
from app.oauth import mount as oauth
from app.settings import Settings, UnsafeSettings, read_settings
from app.storage.db import db, engine_options, prepare
from app.storage.transaction import perform
from app.web import mount as web

HOME = Path(__file__).resolve().parent.parent
BODY_BYTES_MAX = 1_048_576
FOR_OTHERS = 0o077


def create_app(settings: Settings | None = None) -> Flask:
    """Make the WSGI application from settings, or from the environment.

    Raises UnsafeSettings, and DemoRefused for a production on demo data.
    """
    settings = settings or read_settings(os.environ)
    # First of all: a logger that finds no handler makes one of its own.
    configure_logging(settings.log_level)
    _open_instance(settings.instance)
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
    # An address with doubled slashes is another address: it is not guessed at by redirect.
    flask.url_map.merge_slashes = False
    flask.extensions["countinghouse"] = settings
    db.init_app(flask)
    # Sessions are made and closed by storage.transaction; the extension has none to take down.
    flask.teardown_appcontext_funcs.clear()
    with flask.app_context():
        engine = prepare(db.engine)
    if settings.is_production:
        refuse_demo(engine)
    Migrate(flask, db, directory=str(HOME / "migrations"))
    gateway = _gateway(settings, engine)
    flask.extensions["gateway"] = gateway
    guard.mount(flask, settings.gateway)
    health.mount(flask, gateway.limiter, is_production=settings.is_production)
    oauth.mount(flask, settings.oauth)
    api.mount(flask, gateway, settings.api)
    web.mount(
        flask,
        settings.web,
        oauth=settings.oauth,
        limiter=gateway.limiter,
        root_key=settings.root_key,
    )
    cli.mount(flask)
    return flask


def _open_instance(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = stat.S_IMODE(folder.stat().st_mode)
    except OSError as error:
        fault = f"COUNTINGHOUSE_INSTANCE is no folder that can be made: {error.strerror}: {folder}"
        raise UnsafeSettings([fault]) from error
    if mode & FOR_OTHERS:
        raise UnsafeSettings(
            [
                f"COUNTINGHOUSE_INSTANCE has mode {mode:04o}, so others could read it; "
                f"take it back with: chmod 700 {shlex.quote(str(folder))}"
            ]
        )


def _gateway(settings: Settings, engine: Engine) -> Gateway:
    def flush(uses: Mapping[Use, int]) -> None:
        perform(engine, lambda session: write_uses(session, uses=uses))

    policy = settings.gateway
    return Gateway(
        policy=policy,
        limiter=open_limiter(policy.limiter_uri, nodes=policy.nodes),
        meter=Meter(flush, interval_s=policy.usage_flush_s),
        token_windows=parse_plan(policy.token_plan),
        address_windows=parse_plan(policy.address_plan),
    )
