"""What every test may ask for: real databases, a real Redis, a real browser, and round counts."""

import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from launch.chromium import REMEDY, find_chromium
from tests.keeper import KeptSession, ask
from tests.services import owned_database
from tests.tally import SERVICE, Tally

PROFILE = os.environ.get("COUNTINGHOUSE_PROFILE", "test")
KEPT = pytest.StashKey[KeptSession]()
KEEPER = pytest.StashKey[Path]()
# The browser reaches loopback and nothing else; a page that asks for more must fail its test.
CHROMIUM_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, "
    "EXCLUDE 127.0.0.1, EXCLUDE [::1]",
)

settings.register_profile(
    "test",
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "soak",
    max_examples=3_000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(PROFILE)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the keeper in the first process; a worker of xdist is told where it is."""
    config = session.config
    told = getattr(config, "workerinput", {}).get("keeper")
    if told:
        config.stash[KEEPER] = Path(told)
        return
    config.pluginmanager.register(Tally())
    config.stash[KEPT] = KeptSession()
    config.stash[KEEPER] = config.stash[KEPT].directory


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of xdist where the keeper is."""
    node.workerinput["keeper"] = str(node.config.stash[KEEPER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the keeper go when the first process is done."""
    if KEPT in config.stash:
        config.stash[KEPT].end()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note the browser, which outlives the tests that use it."""
    if "browser" in getattr(item, "fixturenames", ()):
        item.user_properties.append((SERVICE, "chromium"))


@pytest.fixture(autouse=True)
def loud() -> Iterator[None]:
    """Fail the test that leaves loggers of the product silent: later tests would hear nothing."""
    yield
    silent = [
        name
        for name, logger in logging.Logger.manager.loggerDict.items()
        if name.partition(".")[0] == "app" and getattr(logger, "disabled", False)
    ]
    for name in silent:
        logging.getLogger(name).disabled = False
    assert not silent, f"these loggers were turned off: {', '.join(silent)}"


@pytest.fixture
def rounds() -> Callable[..., int]:
    """Choose how often to repeat: rounds(small=5, soak=100)."""

    def choose(*, small: int, soak: int) -> int:
        return soak if PROFILE == "soak" else small

    return choose


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated SQLite database of this test's own."""
    request.node.user_properties.append((SERVICE, "sqlite"))
    path = tmp_path / "countinghouse.db"
    shutil.copyfile(ask(request.config.stash[KEEPER], "sqlite template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of this test's own, as its plain owner."""
    request.node.user_properties.append((SERVICE, "postgresql"))
    found = ask(request.config.stash[KEEPER], "postgresql template")
    name = f"countinghouse_{secrets.token_hex(6)}"
    with psycopg.connect(found["admin"], autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {found['template']} OWNER countinghouse")
        yield owned_database(found["admin"], name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_admin_url(request: pytest.FixtureRequest) -> str:
    """The URL of the administrator of that PostgreSQL, for tests of what roles may do."""
    request.node.user_properties.append((SERVICE, "postgresql"))
    url: str = ask(request.config.stash[KEEPER], "postgresql")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of this test's own, on each of the two databases in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def redis_url(request: pytest.FixtureRequest, worker_id: str) -> str:
    """The URL of an empty Redis database that no other process of this session uses."""
    request.node.user_properties.append((SERVICE, "redis"))
    server = urlsplit(ask(request.config.stash[KEEPER], "redis"))
    worker = 0 if worker_id == "master" else int(worker_id.removeprefix("gw"))
    number = int(server.path.strip("/") or 0) + worker
    url = server._replace(path=f"/{number}").geturl()
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium without a network."""
    path = find_chromium()
    if path is None:
        pytest.fail(REMEDY)
    flags = [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=flags)
        yield launched
        launched.close()
