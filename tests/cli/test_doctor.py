"""The doctor: whether everything that the service stands on is sound."""

import json
import secrets
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from app.cli.doctor import check_database_role
from app.settings import read_settings
from tests.factories.house import House
from tests.factories.terminal import Terminal


def test_the_doctor_finds_a_sound_installation_sound(terminal: Terminal) -> None:
    found = terminal.ask("doctor")

    assert found["ok"]
    assert [check["name"] for check in found["checks"]] == [
        "python",
        "clock",
        "keys",
        "database",
        "migrations",
        "database role",
        "redis",
    ]
    assert all(check["ok"] for check in found["checks"])


def test_the_doctor_says_what_is_wrong_and_ends_with_1(terminal: Terminal) -> None:
    terminal.house.do(
        lambda session: session.execute(text("UPDATE alembic_version SET version_num = 'old'"))
    )
    terminal.house.settings.instance.chmod(0o755)

    result = terminal.run("doctor", "--json")

    assert result.exit_code == 1
    wrong = {check["name"] for check in json.loads(result.stdout)["checks"] if not check["ok"]}
    assert wrong == {"keys", "migrations"}
    assert "wrong migrations: at old, not" in terminal.run("doctor").stdout


def test_the_doctor_sees_a_redis_that_answers_and_one_that_does_not(
    sqlite_url: str, redis_url: str, tmp_path: Path
) -> None:
    for url, is_sound in ((redis_url, True), ("redis://127.0.0.1:1/0", False)):
        house = House(sqlite_url, tmp_path / "instance")
        settings = read_settings(
            {
                "COUNTINGHOUSE_ENV": "development",
                "COUNTINGHOUSE_SECRET_KEY": "5eed" * 16,
                "COUNTINGHOUSE_INSTANCE": str(tmp_path / "instance"),
                "REDIS_URL": url,
            }
        )
        house.app.extensions["countinghouse"] = settings
        found = json.loads(Terminal(house).run("doctor", "--json").stdout)
        house.close()

        assert {check["name"]: check["ok"] for check in found["checks"]}["redis"] is is_sound


@pytest.mark.parametrize("attribute", ["SUPERUSER", "BYPASSRLS", "NOSUPERUSER"])
@pytest.mark.parametrize("environment", ["production", "development"])
def test_production_refuses_a_database_role_that_row_security_does_not_bind(
    postgresql_admin_url: str, tmp_path: Path, attribute: str, environment: str
) -> None:
    role, password = f"role_{secrets.token_hex(4)}", secrets.token_hex(8)
    settings = read_settings(
        {
            "COUNTINGHOUSE_ENV": environment,
            "COUNTINGHOUSE_ISSUER": "https://localhost",
            "COUNTINGHOUSE_SECRET_KEY": "5eed" * 16,
            "COUNTINGHOUSE_INSTANCE": str(tmp_path / "instance"),
        }
    )
    with psycopg.connect(postgresql_admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN {attribute} PASSWORD '{password}'")
        url = make_url(postgresql_admin_url).set(
            drivername="postgresql+psycopg", username=role, password=password
        )
        engine = create_engine(url, poolclass=NullPool)
        try:
            finding = check_database_role(settings, engine)
        finally:
            admin.execute(f"DROP ROLE {role}")

    assert role in finding.detail
    assert finding.is_sound is (attribute == "NOSUPERUSER" or environment == "development")
