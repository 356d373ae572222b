"""Where Chromium is, for the tests that drive a real browser."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from launch.refusal import Refusal, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_PATHS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
INSTALL: Sequence[Sequence[str]] = (
    ("apt-get", "update", "-qq"),
    ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"),
)
REMEDY = "Chromium is missing; type: sudo apt-get update && sudo apt-get install -y chromium"


def find_chromium() -> str | None:
    """Answer the path of a Chromium: TEST_CHROMIUM, one on PATH, or a Mac's."""
    named = os.environ.get("TEST_CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((path for path in MAC_PATHS if Path(path).exists()), None)


def bring_chromium() -> str:
    """Find Chromium, or install it with apt when this is root.

    Raises Refusal with the one line to type where neither works.
    """
    found = find_chromium()
    if found:
        return found
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Refusal(REMEDY)
    say("installing Chromium with apt-get (once) ...")
    for words in INSTALL:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            check=False,
        )
        if done.returncode != 0:
            raise Refusal(f"`{' '.join(words)}` failed; {REMEDY}")
    found = find_chromium()
    if not found:
        raise Refusal(REMEDY)
    return found
