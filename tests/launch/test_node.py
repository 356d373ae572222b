"""The client generators are installed once per lock, and what is missing is said in one line."""

import json
from pathlib import Path

import pytest

from launch import node
from launch.refusal import Refusal

NOTHING = {"name": "nothing", "version": "1.0.0"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose lock names no packages."""
    lock = NOTHING | {"lockfileVersion": 3, "requires": True, "packages": {"": NOTHING}}
    (tmp_path / "package.json").write_text(json.dumps(NOTHING))
    (tmp_path / node.LOCK).write_text(json.dumps(lock))
    (tmp_path / node.MODULES).mkdir()
    return tmp_path


def test_what_the_lock_names_is_installed_once(folder, monkeypatch):
    installed = []
    monkeypatch.setattr(node, "install", installed.append)

    for _ in range(2):
        node.bring_generators(folder)
    assert installed == [folder]

    (folder / node.LOCK).write_text("{}")
    node.bring_generators(folder)
    assert installed == [folder, folder]


def test_a_lock_that_does_not_fit_is_told_in_one_line(folder):
    (folder / "package.json").write_text(json.dumps(NOTHING | {"dependencies": {"absent": "1"}}))

    with pytest.raises(Refusal, match=r"npm cannot install the generators: .+") as refused:
        node.bring_generators(folder)

    assert "\n" not in str(refused.value)


def test_a_missing_node_is_told_in_one_line(folder, monkeypatch):
    monkeypatch.setattr(node, "NODE", folder / "node")

    with pytest.raises(Refusal, match=r"type: \./run test"):
        node.bring_generators(folder)


def test_the_lock_of_the_generators_names_no_host():
    packages = json.loads((node.GENERATORS / node.LOCK).read_text())["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)
