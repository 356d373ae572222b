"""Every setting is explained where an operator looks for it, and does something."""

import ast
import dataclasses
import re

import msgspec

from app.settings import Settings, Variables
from tests.rules.source import ROOT, python_files, tree

DOCUMENT = ROOT / "docs" / "settings.md"


def test_every_setting_is_documented_and_every_documented_setting_exists():
    names = {field.name for field in msgspec.structs.fields(Variables)}

    documented = set(re.findall(r"^\| `([A-Z_]+)`", DOCUMENT.read_text(), re.MULTILINE))

    assert documented == names


def test_every_setting_is_read_by_the_floors_that_it_is_for():
    elsewhere = [path for path in python_files("app") if path != ROOT / "app" / "settings.py"]

    read = {
        node.attr
        for path in elsewhere
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "settings"
    }

    assert {field.name for field in dataclasses.fields(Settings)} <= read
