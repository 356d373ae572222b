"""What cannot be done is told in one line; what can be done is listed."""

import ast
import subprocess
import sys

import pytest

from launch.commands import COMMANDS, USAGE, read, split
from tests.rules.source import ROOT

AS_OLD_PYTHON = (
    "import runpy, sys; sys.version_info = (3, 9, 2); sys.argv[0] = 'run'; "
    "runpy.run_path('run', run_name='__main__')"
)


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_an_old_python_is_told_so_in_one_line():
    done = run("-c", AS_OLD_PYTHON)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer" in done.stderr


def test_the_file_that_speaks_to_an_old_python_can_be_read_by_one():
    assert ast.parse((ROOT / "run").read_text(), feature_version=(3, 5))


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["--prot", "3"],
        ["--port"],
        ["--port", "http"],
        ["--port", "70000"],
        ["--processes", "0"],
        ["reset", "everything"],
    ],
)
def test_a_word_that_is_not_known_is_refused_in_one_line(words):
    done = run("run", *words)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("run: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"], ["reset", "--help"]])
def test_help_is_given(words):
    done = run("run", *words)

    assert (done.returncode, done.stdout) == (0, USAGE)


def test_help_names_every_command():
    assert all(f"./run {name}" in USAGE for name in COMMANDS if name not in {"serve", "help"})


def test_the_instance_may_stand_before_or_after_a_command_without_words():
    before, after = read(["--instance", "here", "reset"]), read(["reset", "--instance", "here"])

    assert before == after
    assert before[1].instance.name == "here"


def test_the_words_of_cli_pass_through_untouched():
    words = ["--json", "clients", "register", "--port", "--help", "--name", "A B"]

    assert split(["--instance", "here", "cli", *words]) == (["--instance", "here"], "cli", words)
    assert read(["cli", *words])[2] == words
