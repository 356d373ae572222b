"""The locks pin everything by hash, say nothing about where it came from, and fit setup.cfg."""

import re
from configparser import ConfigParser
from dataclasses import dataclass

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.rules.source import ROOT

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)( ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
LOCKS = ("requirements.txt", "requirements-dev.txt")


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock: its pins, and the lines that are neither a pin nor a hash."""

    pins: dict[str, Version]
    strange: tuple[str, ...]


def read_lock(name: str) -> Lock:
    """Read a lock line by line."""
    lines = (ROOT / name).read_text().splitlines()
    pins = {
        canonicalize_name(found["name"]): Version(found["version"])
        for found in map(PIN.match, lines)
        if found
    }
    strange = [line for line in lines if not PIN.match(line) and not HASH.match(line)]
    return Lock(pins, tuple(strange))


def wanted(*, development: bool) -> list[Requirement]:
    """Read what setup.cfg asks for."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    text = config["options"]["install_requires"]
    if development:
        text += config["options.extras_require"]["dev"]
    return [Requirement(line) for line in text.splitlines() if line.strip()]


def meets(pins: dict[str, Version], asked: Requirement) -> bool:
    """Tell whether a requirement is pinned to a version that it admits."""
    version = pins.get(canonicalize_name(asked.name))
    return version is not None and version in asked.specifier


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_names_no_host(name):
    assert read_lock(name).strange == ()


@pytest.mark.parametrize(("name", "development"), [(LOCKS[0], False), (LOCKS[1], True)])
def test_a_lock_satisfies_setup_cfg(name, development):
    pins = read_lock(name).pins

    assert not [str(asked) for asked in wanted(development=development) if not meets(pins, asked)]


def test_the_development_lock_contains_the_runtime_lock():
    runtime, development = (read_lock(name).pins for name in LOCKS)

    assert runtime.items() <= development.items()


def test_the_accelerator_that_installs_the_rest_is_pinned_too():
    assert "uv" in read_lock("requirements-dev.txt").pins
