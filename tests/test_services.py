"""The real services are what the other tests take them for."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import Browser

from tests import services


def test_a_sqlite_database_is_migrated(sqlite_url):
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()

    assert "organisations" in tables


def test_postgresql_is_migrated_and_its_role_obeys_row_security(postgresql_url):
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles "
            "WHERE rolname = current_user"
        ).fetchone()
        owner = connection.execute(
            "SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'organisations'"
        ).fetchone()

    assert role == (False, False, False)
    assert owner == (True,)


def test_every_test_has_databases_of_its_own(database_url):
    name = database_url.rpartition("/")[2]

    assert "template" not in name


def test_redis_is_empty_and_real(redis_url):
    with redis.Redis.from_url(redis_url, decode_responses=True) as connection:
        assert connection.dbsize() == 0
        connection.set("written", "by the test before this one")
        assert connection.info("server")["redis_version"]


def test_the_browser_is_a_real_chromium_and_reaches_no_network(browser: Browser):
    page = browser.new_page()

    fault = page.evaluate("fetch('http://example.com/').then(() => '', fault => fault.message)")

    assert browser.version.split(".")[0].isdecimal()
    assert fault
    page.close()


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ch-", dir=services.short_place()) as found:
        yield Path(found)


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which neither server is installed or named."""
    for variable in (services.POSTGRESQL_VARIABLE, services.REDIS_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(services, "DEBIAN", Path("/nowhere"))
    monkeypatch.setenv("PATH", "/nowhere")


def test_the_wheels_bring_postgresql_where_the_machine_has_none(bare_machine, place):
    server = services.start_postgresql(place)

    try:
        with psycopg.connect(server.url) as connection:
            assert connection.info.server_version >= 160_000
    finally:
        server.stop()
    assert services.POSTGRESQL_WHEEL in server.origin


def test_the_wheels_bring_redis_where_the_machine_has_none(bare_machine, place):
    server = services.start_redis(place)

    try:
        with redis.Redis.from_url(server.url) as connection:
            assert connection.ping()
    finally:
        server.stop()
    assert server.origin == services.REDIS_WHEEL


def test_a_named_server_is_used_and_left_running(monkeypatch, place, postgresql_admin_url):
    monkeypatch.setenv(services.POSTGRESQL_VARIABLE, postgresql_admin_url)

    server = services.start_postgresql(place)
    server.stop()

    assert server.url == postgresql_admin_url
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_machine_without_any_is_told_what_to_type(bare_machine, monkeypatch, place):
    monkeypatch.setattr(services, "POSTGRESQL_WHEEL", "no_such_wheel")
    monkeypatch.setattr(services, "REDIS_WHEEL", "no_such_wheel")

    with pytest.raises(services.ServiceMissing, match="apt-get install -y postgresql"):
        services.start_postgresql(place)
    with pytest.raises(services.ServiceMissing, match="apt-get install -y redis-server"):
        services.start_redis(place)


def test_root_steps_down_for_postgresql(postgresql_admin_url):
    with psycopg.connect(postgresql_admin_url) as connection:
        [folder] = connection.execute("SHOW data_directory").fetchone()

    assert Path(folder).parent.stat().st_uid == (
        services.NOBODY if os.geteuid() == 0 else os.geteuid()
    )
