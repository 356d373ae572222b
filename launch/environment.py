"""The Python environment in .venv, made from the hash-pinned locks and kept while they stand."""

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launch.places import DEVELOPMENT_LOCK, ENVIRONMENT, PYTHON, ROOT, RUNTIME_LOCK
from launch.refusal import Refusal, say

STAMP = ENVIRONMENT / "countinghouse.json"
NO_VENV = (
    "this Python cannot make virtual environments; on Debian or Ubuntu type: "
    f"apt-get install -y python3.{sys.version_info[1]}-venv"
)
HASH_WORDS = ("DO NOT MATCH THE HASHES", "Hashes are required", "Hash mismatch", "all requirements")
NETWORK_WORDS = (
    *("Temporary failure", "NewConnectionError", "Connection", "timed out", "SSLError"),
    # What pip says of a registry that it could not reach at all.
    "(from versions: none)",
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the environment was last made from. The development lock holds the runtime one."""

    runtime: str = ""
    development: str = ""


def runtime() -> Path:
    """Make sure the product can run, and answer the environment's Python."""
    return ready(development=False)


def development() -> Path:
    """Make sure the tests can run; what the product needs is among it."""
    return ready(development=True)


def ready(*, development: bool) -> Path:
    """Make the environment where its stamp does not already say that it is right.

    Raises Refusal when it cannot be made, saying why in one line.
    """
    if is_current(development=development):
        return PYTHON
    with alone():
        if not is_current(development=development):
            make(development=development)
    return PYTHON


def is_current(*, development: bool) -> bool:
    """Compare the stamp with the locks; costs a millisecond."""
    stamp = read_stamp()
    return (
        stamp.runtime == digest(RUNTIME_LOCK)
        and (not development or stamp.development == digest(DEVELOPMENT_LOCK))
        and is_usable()
    )


def make(*, development: bool) -> None:
    """Create the environment where there is none, install a lock into it, stamp it.

    What was once made for the tests stays so: the development lock holds the runtime one.
    """
    stamp = read_stamp() if is_usable() else Stamp()
    development = development or bool(stamp.development)
    lock = DEVELOPMENT_LOCK if development else RUNTIME_LOCK
    started = time.monotonic()
    say(f"installing {lock.name} into .venv (once; under a minute) ...")
    if not is_usable():
        create()
    try:
        STAMP.unlink(missing_ok=True)
    except OSError as error:
        raise Refusal(f"cannot write to {ENVIRONMENT}: {error.strerror}") from error
    install(lock)
    tested = digest(DEVELOPMENT_LOCK) if development else ""
    write_stamp(Stamp(runtime=digest(RUNTIME_LOCK), development=tested))
    say(f"installed in {time.monotonic() - started:.0f} s")


def is_usable() -> bool:
    """Tell whether .venv is whole, runs for this user, and has this Python's version."""
    minor = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    with_pip = ENVIRONMENT / "lib" / minor / "site-packages" / "pip"
    return os.access(PYTHON, os.X_OK) and with_pip.is_dir()


def create() -> None:
    """Make an empty virtual environment with pip in it."""
    if not (has_module("venv") and has_module("ensurepip")):
        raise Refusal(NO_VENV)
    done = run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)])
    if done.returncode != 0:
        shown = last_line(done)
        raise Refusal(NO_VENV if "ensurepip" in done.stdout else f"cannot make .venv: {shown}")


def has_module(name: str) -> bool:
    """Tell whether this Python brought a module; Debian leaves some to other packages."""
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False


def install(lock: Path) -> None:
    """Install a lock with uv, and with plain pip and the same lock where uv fails."""
    uv = find_uv()
    if uv is not None:
        # Synchronising drops what a lock no longer holds, so that tools find the same everywhere;
        # it would drop uv as well where the lock does not hold it.
        act = ["sync", str(lock)] if lock == DEVELOPMENT_LOCK else ["install", "-r", str(lock)]
        words = [uv, "pip", *act, "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
        if run([*words, "--require-hashes"]).returncode == 0:
            return
    done = run(pip("--require-hashes", "-r", str(lock)))
    if done.returncode != 0:
        raise Refusal(reason(done, lock))


def find_uv() -> str | None:
    """Answer a uv to install with: the environment's, the machine's, or a freshly fetched one.

    The one that is fetched is the one the development lock pins, by its hashes.
    """
    inside = ENVIRONMENT / "bin" / "uv"
    if inside.exists():
        return str(inside)
    if found := shutil.which("uv"):
        return found
    pinned = re.search(r"^uv==.*(?:\n +--hash=.*)*", DEVELOPMENT_LOCK.read_text(), re.MULTILINE)
    if pinned is None:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as one:
        one.write(pinned.group() + "\n")
        one.flush()
        fetched = run(pip("--require-hashes", "--only-binary", ":all:", "-r", one.name))
    return str(inside) if fetched.returncode == 0 and inside.exists() else None


def pip(*words: str) -> list[str]:
    """Spell a pip install in the environment."""
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", *words]


def run(words: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run an installer quietly, its whole output kept for the reason of a failure."""
    return subprocess.run(
        words,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONWARNINGS": "ignore"},
        check=False,
    )


def reason(done: "subprocess.CompletedProcess[str]", lock: Path) -> str:
    """Say in one line why an installation failed."""
    if any(word in done.stdout for word in HASH_WORDS):
        return (
            f"{lock.name} is broken (a hash is missing or does not match what was downloaded); "
            f"restore it with: git checkout {lock.name}"
        )
    if "Invalid requirement" in done.stdout:
        return f"{lock.name} is broken; restore it with: git checkout {lock.name}"
    if any(word in done.stdout for word in NETWORK_WORDS):
        return f"the package registry does not answer: {last_line(done)}"
    return f"cannot install {lock.name}: {last_line(done)}"


def last_line(done: "subprocess.CompletedProcess[str]") -> str:
    """Pick the line of an installer's output that says most."""
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    faults = [line for line in lines if "error" in line.lower()]
    return (faults or lines or [f"exit code {done.returncode}"])[-1]


def read_stamp() -> Stamp:
    """Read the stamp; an absent or broken one is an empty one."""
    try:
        return Stamp(**json.loads(STAMP.read_text()))
    except (OSError, ValueError, TypeError):
        return Stamp()


def write_stamp(stamp: Stamp) -> None:
    """Write the stamp last, so that an interrupted installation is done again."""
    fields = {name: getattr(stamp, name) for name in Stamp.__slots__}
    STAMP.write_text(json.dumps(fields) + "\n")


def digest(lock: Path) -> str:
    """Hash a lock. Raises Refusal when it is not there."""
    try:
        return hashlib.sha256(lock.read_bytes()).hexdigest()
    except OSError as error:
        raise Refusal(f"cannot read {lock.name}: {error.strerror}") from error


@contextmanager
def alone() -> Iterator[None]:
    """Keep two starts in one checkout from installing at once."""
    with RUNTIME_LOCK.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
