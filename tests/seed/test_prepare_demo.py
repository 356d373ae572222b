"""`prepare-demo`: what `./run` asks for before it serves."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, select, text

from app.domain.grants.tables import AccessToken, Grant
from app.domain.identity.installation import DemoRefused
from app.domain.identity.tables import User
from app.kernel.secrets import digest
from app.seed.keep import FILE_NAME
from tests.factories.house import House

BASE = "http://localhost:8123"
DEMO = "http://127.0.0.1:8124"


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """The database lies in the instance folder, as `./run` has it."""
    made = House(sqlite_url, tmp_path)
    yield made
    made.close()


def prepare(house: House) -> Result:
    words = ("prepare-demo", "--base-url", BASE, "--demo-app-url", DEMO)
    return house.app.test_cli_runner().invoke(args=words)


def prepared(house: House) -> dict[str, Any]:
    result = prepare(house)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_everything_that_demo_json_promises_is_there(house: House) -> None:
    found = prepared(house)

    assert found["base_url"] == found["issuer"] == BASE
    assert found["start_url"] == f"{DEMO}/connect"
    assert [set(one) for one in found["organisations"]] == [{"id", "name", "country"}] * 4
    assert [set(one) for one in found["users"]] == [{"email", "password", "organisations"}] * 6
    assert found["users"][0]["organisations"] == [found["organisations"][0]["id"]]
    needed = {"client_id", "redirect_uris", "scope"}
    assert set(found["clients"]) == {"confidential", "public"}
    assert set(found["clients"]["confidential"]) == {*needed, "client_secret"}
    assert set(found["clients"]["public"]) == needed
    assert found["migrated"] is False
    assert found["demo_env"]["DEMO_PORT"] == "8124"
    assert found["demo_env"]["DEMO_SERVER_URL"] == BASE


def test_the_curl_is_one_command_with_the_token_in_it(house: House) -> None:
    found = prepared(house)

    words = shlex.split(found["curl"])
    assert words == [
        "curl",
        "-H",
        f"Authorization: Bearer {found['access_token']}",
        f"{BASE}/v1/invoices?due_date=lt:2026-01-01&sort=-id",
    ]


def test_the_token_is_live_and_short_lived(house: House) -> None:
    token = prepared(house)["access_token"]

    row = house.look(lambda session: session.get_one(AccessToken, digest(token)))
    grant = house.look(lambda session: session.get_one(Grant, row.grant_id))
    assert row.expires_at - row.created_at == 1_800
    assert grant.activated_at is not None
    assert grant.revoked_at is None


def test_a_second_start_keeps_the_demo_and_its_grant_and_mints_another_token(
    house: House,
) -> None:
    first = prepared(house)
    second = prepared(house)

    assert second["users"] == first["users"]
    assert second["clients"] == first["clients"]
    assert second["access_token"] != first["access_token"]
    grants = house.look(lambda session: session.scalar(select(func.count()).select_from(Grant)))
    assert grants == 1


def test_a_grant_that_was_taken_back_is_not_woken(house: House) -> None:
    prepared(house)
    house.do(lambda session: session.execute(text("UPDATE grants SET revoked_at = 1")))

    token = prepared(house)["access_token"]

    row = house.look(lambda session: session.get_one(AccessToken, digest(token)))
    grant = house.look(lambda session: session.get_one(Grant, row.grant_id))
    assert grant.revoked_at is None


def test_the_demo_joins_whoever_is_in_the_instances_own_file(house: House) -> None:
    mine = house.person()

    prepared(house)

    assert house.look(lambda session: session.get(User, mine)) is not None


def test_a_database_with_other_peoples_data_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    house = House(sqlite_url, tmp_path / "instance")
    house.person()

    result = prepare(house)
    house.close()

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "holds data but no demo" in result.stderr


def test_another_instances_demo_is_told_apart(house: House, tmp_path: Path) -> None:
    prepared(house)
    (tmp_path / FILE_NAME).unlink()

    result = prepare(house)

    assert result.exit_code == 1
    assert "the demo of another instance" in result.stderr


def test_production_does_not_start_on_the_demo(
    house: House, sqlite_url: str, tmp_path: Path
) -> None:
    prepared(house)

    with pytest.raises(DemoRefused):
        House(
            sqlite_url,
            tmp_path,
            COUNTINGHOUSE_ENV="production",
            COUNTINGHOUSE_ISSUER="https://books.example",
        )
