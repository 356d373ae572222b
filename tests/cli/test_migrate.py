"""An older database is brought up to date, and that it was older is told."""

from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import inspect

from app.cli.migrate import bring_up_to_date, current_revision, head_revision
from tests.factories.house import House


def test_an_older_database_is_migrated_and_said_to_have_been_older(tmp_path: Path) -> None:
    house = House(f"sqlite:///{tmp_path / 'older.db'}", tmp_path / "instance")
    with house.app.app_context():
        upgrade(revision="0001")
        assert not inspect(house.engine).has_table("invoices")

        assert bring_up_to_date(house.engine) is True

        assert inspect(house.engine).has_table("invoices")
        assert current_revision(house.engine) == head_revision()
        assert bring_up_to_date(house.engine) is False
    house.close()


def test_an_empty_database_is_migrated_and_was_no_older_one(tmp_path: Path) -> None:
    house = House(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path / "instance")
    with house.app.app_context():
        assert bring_up_to_date(house.engine) is False
        assert current_revision(house.engine) == head_revision()
    house.close()
