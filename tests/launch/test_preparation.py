"""What goes wrong before serving is told in one line, and the whole of it is kept."""

import os
from pathlib import Path

import pytest

from launch import instance
from launch.preparation import LOG, Preparation
from launch.refusal import Refusal


def variables(directory: Path, **changed: str) -> dict[str, str]:
    instance.open_instance(directory)
    outside = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    return {**outside, **instance.variables(directory), **changed}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/books"}, "onnection"),
        ({"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "unable to open database file"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_in_one_line(tmp_path, changed, told):
    directory = tmp_path / "instance"
    preparation = Preparation(directory, variables(directory, **changed), "db", "upgrade")

    with pytest.raises(Refusal, match="could not be prepared") as refused:
        preparation.finish()

    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert told in (directory / LOG).read_text()


def test_what_a_command_prints_is_answered_and_what_it_says_is_kept(tmp_path):
    directory = tmp_path / "instance"

    printed = Preparation(directory, variables(directory), "--version").finish()

    assert printed.startswith("Python ")
