"""The command line, on each of the two databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.house import House
from tests.factories.terminal import Terminal


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    made = House(database_url, tmp_path / "instance")
    yield made
    made.close()


@pytest.fixture
def terminal(house: House) -> Terminal:
    return Terminal(house)
