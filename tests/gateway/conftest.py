"""The house that these tests are held in, with one connected person."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.house import House


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A whole Countinghouse on each of the two databases."""
    made = House(database_url, tmp_path / "instance")
    yield made
    made.close()
