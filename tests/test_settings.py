"""What may start, and what refuses to (security.md 2)."""

from pathlib import Path
from typing import Any

import pytest

from app.create import create_app
from app.domain.identity.installation import DemoRefused, mark_demo
from app.settings import UnsafeSettings, read_settings
from tests.factories.house import House

SAFE = {
    "COUNTINGHOUSE_SECRET_KEY": "ab" * 32,
    "COUNTINGHOUSE_ISSUER": "https://books.example.com",
}


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
    ],
)
def test_unsafe_settings_are_refused_by_name(environ: dict[str, str], word: str) -> None:
    with pytest.raises(UnsafeSettings, match=word):
        read_settings(SAFE | environ)


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
    development = {"COUNTINGHOUSE_ENV": "development", "COUNTINGHOUSE_ISSUER": ""}

    one = read_settings(SAFE).oauth.consent_key
    other = read_settings(SAFE | development).oauth.consent_key

    assert one != other
