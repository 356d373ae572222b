"""Each floor imports only the floors below it, and every room is on some floor."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser

from tests.rules.source import ROOT, place, python_files, tree


def test_the_import_contracts_hold():
    # A process of its own: the linter turns off every logger that it finds in the one it runs in.
    command = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(%s))"
    told = subprocess.run(
        [sys.executable, "-c", command % "config_filename='setup.cfg', no_cache=True"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stdout + told.stderr


def test_no_room_stands_outside_the_floors():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")

    for contract in ("floors", "domains"):
        assert config[f"importlinter:contract:{contract}"].getboolean("exhaustive")


def test_run_needs_nothing_but_python():
    # The web server's first process lives in the environment that the others make.
    before = [path for path in python_files("launch") if path.name != "web.py"]
    known = {*sys.stdlib_module_names, "launch"}

    assert not [
        f"{place(path)}: {name}"
        for path in [ROOT / "run", *before]
        for name in imported(tree(path))
        if name not in known
    ]


def test_the_demo_app_knows_nothing_of_the_house():
    forbidden = {"app", "launch", "tests"}

    assert not [
        f"{place(path)}: {name}"
        for path in python_files("demo")
        for name in imported(tree(path))
        if name in forbidden
    ]


def imported(module: ast.Module) -> Iterator[str]:
    """Name the packages that a module imports, at any depth."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
