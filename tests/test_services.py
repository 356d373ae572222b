"""The real services are what the other tests take them for."""

import sqlite3

import psycopg
import redis
from playwright.sync_api import Browser


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
