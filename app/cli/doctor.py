"""`doctor`: whether everything that this service stands on is sound."""

import platform
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import click
import redis
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.cli.migrate import current_revision, head_revision
from app.cli.speak import answer, json_option
from app.settings import Settings
from app.storage.db import db

PYTHON_MIN: Final = (3, 11)
CLOCKS_APART_S_MAX: Final = 5.0
# No clock that is right can be before the day on which this was written.
WRITTEN_AT_S: Final = 1_793_491_200
ANSWER_WITHIN_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, in words."""

    name: str
    is_sound: bool
    detail: str


Check = Callable[[Settings, Engine], Finding]


@click.command("doctor")
@json_option
@with_appcontext
def doctor(as_json: bool) -> None:
    """Check Python, clock, keys, migrations, database and Redis; end with 1 if any is wrong."""
    settings: Settings = current_app.extensions["countinghouse"]
    findings = tuple(_examined(settings, db.engine))
    is_sound = all(finding.is_sound for finding in findings)
    found = {
        "ok": is_sound,
        "checks": [
            {"name": finding.name, "ok": finding.is_sound, "detail": finding.detail}
            for finding in findings
        ],
    }
    lines = [
        f"{'ok   ' if finding.is_sound else 'wrong'} {finding.name}: {finding.detail}"
        for finding in findings
    ]
    answer(found, lines, as_json=as_json)
    if not is_sound:
        raise SystemExit(1)


def _examined(settings: Settings, engine: Engine) -> Iterator[Finding]:
    for check in CHECKS:
        try:
            yield check(settings, engine)
        except (SQLAlchemyError, redis.RedisError, OSError) as error:
            name = check.__name__.removeprefix("check_").replace("_", " ")
            yield Finding(name, False, str(error).strip().splitlines()[0])


def check_python(settings: Settings, engine: Engine) -> Finding:
    """Python is one that this is written for."""
    return Finding("python", sys.version_info >= PYTHON_MIN, platform.python_version())


def check_keys(settings: Settings, engine: Engine) -> Finding:
    """The root key was read with the settings; its folder must be its owner's alone."""
    mode = stat.S_IMODE(settings.instance.stat().st_mode)
    if mode & 0o077:
        return Finding("keys", False, f"{settings.instance} has mode {mode:04o}; it must be 0700")
    return Finding("keys", True, f"a root key of {len(settings.root_key) * 8} bits")


def check_database(settings: Settings, engine: Engine) -> Finding:
    """The database answers."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return Finding("database", True, f"{engine.dialect.name} answers")


def check_migrations(settings: Settings, engine: Engine) -> Finding:
    """The database has the tables that this version expects."""
    current, head = current_revision(engine), head_revision()
    if current != head:
        return Finding("migrations", False, f"at {current or 'none'}, not {head}: db upgrade")
    return Finding("migrations", True, f"at {head}")


def check_clock(settings: Settings, engine: Engine) -> Finding:
    """The clock is right as far as one can tell: not in the past, and as the database's."""
    now_s = time.time()
    if now_s < WRITTEN_AT_S:
        return Finding("clock", False, f"{time.asctime(time.gmtime(now_s))} UTC is in the past")
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            theirs_s = float(
                connection.execute(
                    text("SELECT extract(epoch FROM clock_timestamp())")
                ).scalar_one()
            )
        apart_s = abs(time.time() - theirs_s)
        if apart_s > CLOCKS_APART_S_MAX:
            return Finding("clock", False, f"{apart_s:.0f} s apart from the database's")
    return Finding("clock", True, f"{time.asctime(time.gmtime(now_s))} UTC")


def check_database_role(settings: Settings, engine: Engine) -> Finding:
    """On PostgreSQL the role is bound by row security (security.md 6)."""
    if engine.dialect.name != "postgresql":
        return Finding("database role", True, "SQLite has no roles")
    with engine.connect() as connection:
        name, is_super, bypasses = connection.execute(
            text(
                "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
        ).one()
    if not (is_super or bypasses):
        return Finding("database role", True, f"{name} is neither superuser nor BYPASSRLS")
    fault = "a superuser" if is_super else "BYPASSRLS"
    detail = f"{name} is {fault}; production needs a role that is neither"
    return Finding("database role", not settings.is_production, detail)


def check_redis(settings: Settings, engine: Engine) -> Finding:
    """Redis answers, where it is set."""
    if settings.redis_url is None:
        return Finding("redis", True, "not set; limits are counted in a file of the instance")
    with redis.Redis.from_url(
        settings.redis_url,
        socket_connect_timeout=ANSWER_WITHIN_S,
        socket_timeout=ANSWER_WITHIN_S,
    ) as connection:
        connection.ping()
    return Finding("redis", True, "answers")


CHECKS: Final[tuple[Check, ...]] = (
    check_python,
    check_clock,
    check_keys,
    check_database,
    check_migrations,
    check_database_role,
    check_redis,
)
