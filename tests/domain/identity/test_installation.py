"""A database with demo data is known as such."""

import pytest
from sqlalchemy import create_engine

from app.domain.identity.installation import DemoRefused, mark_demo, refuse_demo
from app.storage.transaction import transaction
from tests.factories.database import lent_engine


def test_a_database_with_demo_data_is_refused(database_url: str) -> None:
    with lent_engine(database_url) as engine:
        refuse_demo(engine)
        with transaction(engine) as session:
            mark_demo(session, version="1")

        with pytest.raises(DemoRefused):
            refuse_demo(engine)


def test_an_empty_database_holds_no_demo() -> None:
    refuse_demo(create_engine("sqlite://"))
