"""Models and migrations agree, on both databases; what was migrated once, is always the same."""

import ast
from collections.abc import Iterator

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import app.create  # noqa: F401 - it knows every table
from app.storage.db import Row
from app.storage.modelled import is_modelled
from tests.rules.source import ROOT, place, python_files, tree

# A type of columns and nothing more: what it means cannot change without the columns.
LENT = {"app.storage.types.BYTEWISE"}


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


def test_no_migration_leans_on_code_that_still_changes():
    versions = python_files("migrations/versions")

    assert versions
    assert not [
        f"{place(path)}: {name}"
        for path in versions
        for name in imported(tree(path))
        if name.split(".")[0] == "app" and name not in LENT
    ]


def imported(module: ast.Module) -> Iterator[str]:
    """Name in full what a module imports, at any depth."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
