"""What may start, and what refuses to (security.md 2)."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.create import create_app
from app.domain.identity.installation import DemoRefused, mark_demo
from app.settings import UnsafeSettings, read_settings
from tests.factories.house import House
from tests.rules.source import ROOT

SAFE = {
    "COUNTINGHOUSE_SECRET_KEY": "abcd" * 16,
    "COUNTINGHOUSE_ISSUER": "https://books.example.com",
}
DEVELOPMENT = SAFE | {"COUNTINGHOUSE_ENV": "development", "COUNTINGHOUSE_ISSUER": ""}


def test_nothing_said_means_production() -> None:
    assert read_settings(SAFE).is_production
    assert not read_settings(SAFE).oauth.development
    assert read_settings(SAFE).web.secure_cookies


@pytest.mark.parametrize(
    ("environ", "word"),
    [
        ({"COUNTINGHOUSE_SECRET_KEY": ""}, "SECRET_KEY"),
        ({"COUNTINGHOUSE_SECRET_KEY": "ab"}, "SECRET_KEY"),
        ({"COUNTINGHOUSE_ISSUER": "http://books.example.com"}, "https"),
        ({"COUNTINGHOUSE_ISSUER": "http://localhost:8000"}, "https"),
        ({"COUNTINGHOUSE_ISSUER": "https://books.example.com/path"}, "origin"),
        ({"COUNTINGHOUSE_ENV": "staging"}, "COUNTINGHOUSE_ENV"),
        ({"COUNTINGHOUSE_TRUSTED_PROXIES": "many"}, "TRUSTED_PROXIES"),
        ({"COUNTINGHOUSE_TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
        ({"COUNTINGHOUSE_NODES": "0"}, "NODES"),
        ({"COUNTINGHOUSE_QUERY_BUDGET_MS": "9"}, "QUERY_BUDGET_MS"),
        ({"COUNTINGHOUSE_QUERY_BUDGET_MS": "60001"}, "QUERY_BUDGET_MS"),
        ({"COUNTINGHOUSE_LOG_LEVEL": "CHATTY"}, "LOG_LEVEL"),
        ({"COUNTINGHOUSE_TOKEN_PLAN": "plenty"}, "TOKEN_PLAN"),
        ({"COUNTINGHOUSE_ADDRESS_PLAN": "0/minute"}, "ADDRESS_PLAN"),
        ({"COUNTINGHOUSE_SECRET_KEY": "00" * 32}, "SECRET_KEY"),
        ({"COUNTINGHOUSE_HOSTS": "api.example.com,books.example;script-src"}, "HOSTS"),
    ],
)
def test_unsafe_settings_are_refused_by_name(environ: dict[str, str], word: str) -> None:
    with pytest.raises(UnsafeSettings, match=word):
        read_settings(SAFE | environ)


@pytest.mark.parametrize(
    "issuer",
    [
        "https://books.example.com?tenant=1",
        "https://books.example.com#top",
        "https://ada@books.example.com",
        "https://ada:secret@books.example.com",
        "https://books.example.com:",
        "https://books.example.com:0",
        "https://books.example.com:65536",
        "https://books.example.com:https",
        "https://books.example;script-src",
        "https://books.example.com\n",
        "HTTPS://books.example.com",
        "https://[::1",
        "https://[:::]",
        "https://",
        "books.example.com",
        "ftp://books.example.com",
    ],
)
def test_an_issuer_is_an_origin_and_nothing_more(issuer: str) -> None:
    with pytest.raises(UnsafeSettings, match="COUNTINGHOUSE_ISSUER must be an origin"):
        read_settings(SAFE | {"COUNTINGHOUSE_ISSUER": issuer})


@pytest.mark.parametrize(
    "origin", ["https://books.example.com", "https://203.0.113.7:8443", "https://[2001:db8::1]:443"]
)
def test_an_origin_may_name_an_address_and_a_port(origin: str) -> None:
    assert read_settings(SAFE | {"COUNTINGHOUSE_ISSUER": f"{origin}/"}).api.issuer == origin


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("REDIS_URL", "http://keeper:hush@127.0.0.1:6379"),
        ("REDIS_URL", "unix:///run/redis.sock"),
        ("REDIS_URL", "redis:keeper:hush"),
        ("REDIS_URL", "redis://keeper:hush@127.0.0.1:port/0"),
        ("REDIS_URL", "redis://keeper:hush@127.0.0.1/0?socket_timeout=soon"),
        ("DATABASE_URL", "mysql://keeper:hush@127.0.0.1/books"),
        ("DATABASE_URL", "postgresql+psycopg2://keeper:hush@127.0.0.1/books"),
        ("DATABASE_URL", "postgresql://keeper:hush@127.0.0.1:port/books"),
        ("DATABASE_URL", "keeper:hush"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_being_told(
    name: str, address: str
) -> None:
    with pytest.raises(UnsafeSettings, match=f"{name} must begin with") as refused:
        read_settings(SAFE | {name: address})

    assert len(refused.value.faults) == 1
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["redis://:hush@cache:6379/0", "rediss://cache", "redis+unix:///run/redis.sock"]
)
def test_every_scheme_of_redis_is_taken(address: str) -> None:
    assert read_settings(SAFE | {"REDIS_URL": address}).gateway.limiter_uri == address


@pytest.mark.parametrize(
    "address", ["postgres://books@db/books", "postgresql+psycopg://books@db/books"]
)
def test_every_spelling_of_postgresql_means_one_driver(address: str) -> None:
    found = read_settings(SAFE | {"DATABASE_URL": address}).database_url

    assert found == "postgresql+psycopg://books@db/books"


@pytest.mark.parametrize("name", ["ISSUER", "HOSTS"])
@pytest.mark.parametrize(
    "host", ["books.example.com", "127.0.0.1.example.com", "localhost.example.com", "0.0.0.0:8000"]
)
def test_development_answers_on_loopback_alone(name: str, host: str) -> None:
    named = f"https://{host}" if name == "ISSUER" else host

    with pytest.raises(UnsafeSettings, match=f"{name}.* loopback"):
        read_settings(DEVELOPMENT | {f"COUNTINGHOUSE_{name}": named})


@pytest.mark.parametrize(
    "host", ["localhost:8000", "books.localhost:8000", "127.0.0.1:8000", "[::1]:8000"]
)
def test_development_takes_every_name_of_loopback(host: str) -> None:
    found = read_settings(
        DEVELOPMENT
        | {"COUNTINGHOUSE_ISSUER": f"http://{host}", "COUNTINGHOUSE_HOSTS": "api.localhost:8000"}
    )

    assert {host, "api.localhost:8000"} <= found.gateway.hosts


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(UnsafeSettings) as refused:
        read_settings({"COUNTINGHOUSE_ENV": "x", "COUNTINGHOUSE_ISSUER": "nowhere"})

    assert len(refused.value.faults) == 3


def test_production_refuses_a_database_with_demo_rows(sqlite_url: str, tmp_path: Path) -> None:
    house = House(sqlite_url, tmp_path / "instance")
    house.do(mark_demo, version="1")
    house.close()
    environ: dict[str, Any] = SAFE | {
        "DATABASE_URL": sqlite_url,
        "COUNTINGHOUSE_INSTANCE": str(tmp_path / "instance"),
    }

    with pytest.raises(DemoRefused, match="demo"):
        create_app(read_settings(environ))


def test_keys_differ_between_environments() -> None:
    one = read_settings(SAFE).oauth.consent_key
    other = read_settings(DEVELOPMENT).oauth.consent_key

    assert one != other


def test_an_instance_that_others_may_enter_is_refused_with_its_remedy(tmp_path: Path) -> None:
    folder = tmp_path / "my instance"
    folder.mkdir()
    folder.chmod(0o750)
    settings = read_settings(DEVELOPMENT | {"COUNTINGHOUSE_INSTANCE": str(folder)})

    with pytest.raises(UnsafeSettings, match="mode 0750") as refused:
        create_app(settings)

    assert f"chmod 700 '{folder}'" in str(refused.value)
    assert not list(folder.iterdir())


def test_an_instance_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place = {"COUNTINGHOUSE_INSTANCE": str(tmp_path / "file" / "instance")}

    with pytest.raises(UnsafeSettings, match="COUNTINGHOUSE_INSTANCE"):
        create_app(read_settings(DEVELOPMENT | place))


def test_an_unsafe_start_prints_its_faults_and_nothing_else(tmp_path: Path) -> None:
    started = start(COUNTINGHOUSE_INSTANCE=str(tmp_path / "instance"), COUNTINGHOUSE_NODES="0")

    assert started.returncode == 1
    assert started.stdout == ""
    first, *faults = started.stderr.splitlines()
    assert first == "Countinghouse cannot start:"
    assert len(faults) == 3
    assert all(line.startswith("- COUNTINGHOUSE_") for line in faults)


def test_a_production_on_demo_data_prints_why_and_nothing_else(
    sqlite_url: str, tmp_path: Path
) -> None:
    house = House(sqlite_url, tmp_path / "instance")
    house.do(mark_demo, version="1")
    house.close()

    place = {"COUNTINGHOUSE_INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": sqlite_url}
    started = start(**SAFE, **place)

    assert started.returncode == 1
    assert started.stderr.count("\n") == 1
    assert "holds demo data" in started.stderr


def start(**environ: str) -> "subprocess.CompletedProcess[str]":
    """Import the WSGI entry in a process of its own, as a server does."""
    ours = ("COUNTINGHOUSE_", "DATABASE_URL", "REDIS_URL")
    outside = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=outside | environ,
        capture_output=True,
        text=True,
        check=False,
    )
