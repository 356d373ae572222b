"""Every setting is explained where an operator looks for it."""

import re

import msgspec

from app.settings import Variables
from tests.rules.source import ROOT

DOCUMENT = ROOT / "docs" / "settings.md"


def test_every_setting_is_documented_and_every_documented_setting_exists():
    names = {field.name for field in msgspec.structs.fields(Variables)}

    documented = set(re.findall(r"^\| `([A-Z_]+)`", DOCUMENT.read_text(), re.MULTILINE))

    assert documented == names
