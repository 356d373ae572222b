"""The house that the pages are tested in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.house import House
from tests.web.surfer import Surfer, email_of


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A whole Countinghouse on each of the two databases."""
    house = House(database_url, tmp_path / "instance")
    yield house
    house.close()


@pytest.fixture
def small_house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """A whole Countinghouse on SQLite alone, for what has nothing to do with the database."""
    house = House(sqlite_url, tmp_path / "instance")
    yield house
    house.close()


@pytest.fixture
def ada(house: House) -> str:
    """The e-mail address of someone who can sign in."""
    return email_of(house, house.person("Ada Lovelace"))


@pytest.fixture
def surfer(house: House) -> Surfer:
    """A browser in which nobody is signed in yet."""
    return Surfer(house)
