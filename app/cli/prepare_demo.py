"""`prepare-demo`: what `./run` needs before it serves; quick when nothing is left to do."""

import shlex
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click
import msgspec
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.cli.migrate import bring_up_to_date
from app.cli.speak import act, progress, refuse
from app.domain.clients.playground import open_playground
from app.domain.grants.find import connections_of
from app.domain.grants.issue import activate, issue_access_token
from app.domain.grants.record import record
from app.domain.identity.installation import DEMO, noted
from app.domain.identity.tables import User
from app.kernel.clock import epoch_s
from app.seed.apps import BOOKS
from app.seed.demo import Demo, seed
from app.seed.keep import FILE_NAME, keep, kept
from app.settings import Settings
from app.storage.db import db

FIRST_LOOK: Final = "/v1/invoices?due_date=lt:2026-01-01&sort=-id"


@click.command("prepare-demo")
@click.option("--base-url", required=True, help="Where the server will answer.")
@click.option("--demo-app-url", required=True, help="Where the demo app will answer.")
@with_appcontext
def prepare_demo(base_url: str, demo_app_url: str) -> None:
    """Migrate, load the demo where there is none, and print one JSON object about it."""
    settings: Settings = current_app.extensions["countinghouse"]
    if settings.is_production:
        raise refuse("Demo data is for development; COUNTINGHOUSE_ENV says production.")
    was_older = bring_up_to_date(db.engine)
    demo = _loaded(settings, db.engine)
    act(lambda session: open_playground(session, issuer=base_url, development=True))
    token = act(lambda session: _access_token(session, demo))
    found = _described(demo, base_url=base_url, demo_app_url=demo_app_url, token=token)
    click.echo(msgspec.json.encode(found | {"migrated": was_older}).decode())


def _loaded(settings: Settings, engine: Engine) -> Demo:
    is_marked, is_empty = act(_looked_over, writes=False)
    if not is_marked:
        # Demo people in a database that was meant for something else would be intruders there,
        # and production would refuse to open it from then on.
        if not is_empty and not _is_own_file(engine, settings.instance):
            raise refuse(
                "DATABASE_URL names a database that holds data but no demo; name an empty one."
            )
        progress("loading the demo data ...")
        return act(lambda session: _seeded(session, settings.instance))
    demo = kept(instance=settings.instance)
    if demo is None:
        raise refuse(
            f"The database holds the demo of another instance: {FILE_NAME} is not in "
            f"{settings.instance}. Name an empty database, or that instance."
        )
    return demo


def _looked_over(session: Session) -> tuple[bool, bool]:
    """Whether the database is marked as a demo, and whether nobody is in it."""
    nobody = session.scalar(select(User.id).limit(1)) is None
    return noted(session, name=DEMO) is not None, nobody


def _is_own_file(engine: Engine, instance: Path) -> bool:
    path = engine.url.database
    return engine.dialect.name == "sqlite" and path is not None and Path(path).parent == instance


def _seeded(session: Session, instance: Path) -> Demo:
    demo = seed(session)
    # Before the commit: a demo whose passwords nobody knows must not come about.
    keep(demo, instance=instance)
    return demo


def _access_token(session: Session, demo: Demo) -> str:
    """A short-lived token for the first person by the confidential client, on one grant."""
    user, client_id = demo.users[0], demo.clients["confidential"].client_id
    now_s = epoch_s()
    standing = (
        connection.grant_id
        for connection in connections_of(session, user_id=user.id)
        if connection.client_id == client_id and set(BOOKS) <= set(connection.scopes)
    )
    grant_id = next(standing, None)
    if grant_id is None:
        grant_id = record(
            session,
            user_id=user.id,
            client_id=client_id,
            scope=BOOKS,
            organisations=user.organisations,
            now_s=now_s,
        )
        activate(session, grant_id=grant_id, now_s=now_s)
    return issue_access_token(
        session, grant_id=grant_id, client_id=client_id, scope=" ".join(BOOKS), now_s=now_s
    )


def _described(demo: Demo, *, base_url: str, demo_app_url: str, token: str) -> dict[str, object]:
    """The names that others rely on (architecture.md, demo.json)."""
    header = shlex.quote(f"Authorization: Bearer {token}")
    address = shlex.quote(base_url + FIRST_LOOK)
    partners = ("confidential", "public")
    own = demo.clients["ledgerline"]
    return {
        "base_url": base_url,
        "issuer": base_url,
        "api_url": f"{base_url}/v1",
        "start_url": f"{demo_app_url}/connect",
        "curl": f"curl -H {header} {address}",
        "organisations": [msgspec.to_builtins(made) for made in demo.organisations],
        "users": [
            {
                "email": user.email,
                "password": user.password,
                "organisations": list(user.organisations),
            }
            for user in demo.users
        ],
        "clients": {
            name: {
                key: value
                for key, value in msgspec.to_builtins(demo.clients[name]).items()
                if value not in (None, "")
            }
            for name in partners
        },
        "access_token": token,
        "demo_env": {
            "DEMO_PORT": str(urlsplit(demo_app_url).port),
            "DEMO_URL": demo_app_url,
            "DEMO_SERVER_URL": base_url,
            "DEMO_CLIENT_ID": own.client_id,
            "DEMO_CLIENT_SECRET": own.client_secret,
            "DEMO_SCOPE": f"{own.scope} {own.optional_scope}",
        },
    }
