"""The environment is made once per lock, and a start afterwards costs nothing."""

import subprocess
from pathlib import Path

import pytest

from launch import environment
from launch.environment import Stamp


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Locks and a stamp of this test's own beside the environment that runs it."""
    for name, file in (("RUNTIME_LOCK", "run.txt"), ("DEVELOPMENT_LOCK", "dev.txt")):
        (tmp_path / file).write_text(f"{file}==1\n")
        monkeypatch.setattr(environment, name, tmp_path / file)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "stamp.json")
    return tmp_path


def stamp(locks: Path, *, development: bool) -> None:
    environment.write_stamp(
        Stamp(
            runtime=environment.digest(locks / "run.txt"),
            development=environment.digest(locks / "dev.txt") if development else "",
        )
    )


def test_an_environment_for_the_tests_is_one_for_the_product(locks):
    stamp(locks, development=True)

    assert environment.is_current(development=False)
    assert environment.is_current(development=True)


def test_an_environment_for_the_product_is_none_for_the_tests(locks):
    stamp(locks, development=False)

    assert environment.is_current(development=False)
    assert not environment.is_current(development=True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"runtime": 1, "more": 2}'])
def test_a_broken_stamp_means_installing_again(locks, text):
    (locks / "stamp.json").write_text(text)

    assert not environment.is_current(development=False)


def test_a_changed_lock_means_installing_again(locks):
    stamp(locks, development=True)
    (locks / "run.txt").write_text("run.txt==2\n")

    assert not environment.is_current(development=True)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "git checkout",
        ),
        ("ERROR: Hashes are required in --require-hashes mode", "git checkout"),
        ("ERROR: Invalid requirement: 'flask=='", "git checkout"),
        ("WARNING: Retrying\nERROR: Temporary failure in name resolution", "does not answer"),
        ("ERROR: No matching distribution found for flask==99", "No matching distribution"),
        ("", "exit code 1"),
    ],
)
def test_a_failed_installation_is_explained_in_one_line(said, told):
    done = subprocess.CompletedProcess([], 1, stdout=said)

    line = environment.reason(done, Path("requirements.txt"))

    assert told in line
    assert "\n" not in line
