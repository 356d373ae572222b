"""The instance keeps its keys to its owner, and is never mistaken for another folder."""

import stat
from pathlib import Path

import pytest

from launch import instance
from launch.commands import Options
from launch.refusal import Refusal
from launch.reset import reset


def options(directory: Path) -> Options:
    return Options(directory, None, 1)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COUNTINGHOUSE_SECRET_KEY", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("COUNTINGHOUSE_NODES", raising=False)
    made = tmp_path / "instance"
    instance.open_instance(made)
    return made


def test_the_folder_and_its_keys_are_for_one_user_alone(directory):
    assert mode(directory) == 0o700
    assert mode(directory / instance.KEYS) == 0o600
    assert len(bytes.fromhex(instance.read_keys(directory)["COUNTINGHOUSE_SECRET_KEY"])) == 32


def test_keys_are_made_once(directory):
    first = instance.read_keys(directory)

    instance.open_instance(directory)

    assert instance.read_keys(directory) == first


def test_a_folder_with_other_files_is_not_taken_for_an_instance(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")

    with pytest.raises(Refusal, match="other files"):
        instance.open_instance(tmp_path)
    with pytest.raises(Refusal, match="nothing deleted"):
        reset(options(tmp_path), [])

    assert (tmp_path / "letter.txt").exists()


def test_a_path_that_cannot_be_a_folder_is_refused_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(Refusal, match=r"^cannot write to [^\n]+$"):
        instance.open_instance(tmp_path / "file" / "instance")


def test_the_environment_of_the_person_stands_before_the_keys_file(directory, monkeypatch):
    monkeypatch.setenv("COUNTINGHOUSE_SECRET_KEY", "theirs")

    assert instance.variables(directory)["COUNTINGHOUSE_SECRET_KEY"] == "theirs"


def test_commands_speak_for_the_address_that_was_last_served(directory):
    assert instance.variables(directory)["COUNTINGHOUSE_ISSUER"] == "http://localhost:8000"

    instance.keep_state(directory, port=9000)

    assert instance.variables(directory)["COUNTINGHOUSE_ISSUER"] == "http://localhost:9000"


def test_limits_are_shared_by_as_many_processes_as_serve(directory, monkeypatch):
    assert instance.variables(directory, processes=3)["COUNTINGHOUSE_NODES"] == "3"

    monkeypatch.setenv("COUNTINGHOUSE_NODES", "8")

    assert instance.variables(directory, processes=3)["COUNTINGHOUSE_NODES"] == "8"


def test_another_database_is_not_taken_for_a_prepared_one(directory):
    instance.keep_state(directory, prepared=instance.fingerprint({}))

    elsewhere = {"DATABASE_URL": "postgresql://elsewhere/books"}
    assert instance.is_known(directory, {}, instance.PREPARED)
    assert not instance.is_known(directory, elsewhere, instance.PREPARED)


def test_a_database_without_the_demo_is_not_taken_for_one_with_it(directory):
    instance.keep_state(directory, migrated=instance.fingerprint({}))

    assert not instance.is_known(directory, {}, instance.PREPARED)


def test_an_instance_is_served_once_and_not_reset_meanwhile(directory):
    with instance.held(directory), pytest.raises(Refusal, match="is being served"):
        reset(options(directory), [])


def test_reset_deletes_the_data_and_keeps_the_keys(directory):
    keys = instance.read_keys(directory)
    (directory / "countinghouse.db").write_text("rows")
    (directory / "logos").mkdir()
    (directory / "logos" / "one.png").write_text("picture")

    assert reset(options(directory), []) == 0

    assert instance.read_keys(directory) == keys
    assert {path.name for path in directory.iterdir()} <= {instance.KEYS, instance.SERVING}


def test_reset_does_not_pretend_to_empty_another_database(directory, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/books")
    (directory / "demo-secrets.json").write_text("{}")

    with pytest.raises(Refusal, match="DATABASE_URL"):
        reset(options(directory), [])

    assert (directory / "demo-secrets.json").exists()
