"""Models and migrations agree, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import app.create  # noqa: F401 - it knows every table
from app.storage.db import Row
from app.storage.modelled import is_modelled
from tests.rules.source import ROOT


def test_the_migrations_make_what_the_models_describe(database_url):
    engine = create_engine(database_url)
    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": is_modelled}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Row.metadata)
    engine.dispose()

    assert differences == []


def test_the_migrations_form_one_line():
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))

    script = ScriptDirectory.from_config(config)

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
