"""A session on each of the two databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests.factories.database import lent_session


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    with lent_session(database_url) as session:
        yield session
