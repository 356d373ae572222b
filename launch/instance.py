"""The instance: the folder that holds one installation's data, keys and demo.json."""

import fcntl
import hashlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from launch.places import MIGRATIONS, PYTHON
from launch.refusal import Refusal

KEYS = "keys.env"
STATE = "launch.json"
SERVING = "serving.lock"
# What a database can be known as: its tables are there, or the demo is as well.
MIGRATED, PREPARED = "migrated", "prepared"
DEMO = "demo.json"
DEFAULT_PORT = 8000


def open_instance(directory: Path) -> None:
    """Make the folder and its keys where they are not there yet, for this user's eyes alone.

    Raises Refusal for a folder that cannot be written or that holds something else.
    """
    keys = directory / KEYS
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not keys.exists():
            if any(directory.iterdir()):
                raise Refusal(f"{directory} holds other files; name an empty folder instead")
            directory.chmod(0o700)
            write_privately(keys, f"COUNTINGHOUSE_SECRET_KEY={secrets.token_hex(32)}\n")
    except OSError as error:
        raise Refusal(f"cannot write to {directory}: {error.strerror}") from error
    if not os.access(directory, os.W_OK | os.X_OK) or not os.access(keys, os.R_OK):
        raise Refusal(f"cannot write to {directory}: it belongs to another user")


def is_instance(directory: Path) -> bool:
    """Tell whether a folder was made by open_instance."""
    return (directory / KEYS).is_file()


def read_keys(directory: Path) -> dict[str, str]:
    """Read NAME=VALUE lines from the keys file."""
    keys = {}
    try:
        text = (directory / KEYS).read_text()
    except OSError as error:
        raise Refusal(f"cannot read {directory / KEYS}: {error.strerror}") from error
    for line in text.splitlines():
        name, found, value = line.partition("=")
        if found and not name.lstrip().startswith("#"):
            keys[name.strip()] = value.strip()
    return keys


def keys_mode(directory: Path) -> int:
    """Answer the permission bits of the keys file."""
    return stat.S_IMODE((directory / KEYS).stat().st_mode)


def variables(directory: Path, *, port: int | None = None, processes: int = 1) -> dict[str, str]:
    """The environment of every process of this instance; what the person set stands."""
    issuer = f"http://localhost:{port or last_port(directory)}"
    ours = {
        "COUNTINGHOUSE_ENV": "development",
        "COUNTINGHOUSE_ISSUER": issuer,
        "COUNTINGHOUSE_NODES": str(processes),
        **read_keys(directory),
        **os.environ,
        "COUNTINGHOUSE_INSTANCE": str(directory),
    }
    if port is not None:
        ours["COUNTINGHOUSE_ISSUER"] = issuer
    return plain(ours)


def plain(environ: Mapping[str, str]) -> dict[str, str]:
    """Have a Python process print at once, and keep what it compiles.

    Several processes start together: without compiled files each would compile everything anew.
    """
    kept = {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def flask(*words: str) -> list[str]:
    """Spell one of the application's own commands."""
    return [str(PYTHON), "-m", "flask", "--app", "wsgi", *words]


def fingerprint(environ: Mapping[str, str]) -> str:
    """Hash what decides whether the database is current: the migrations, and which database."""
    found = hashlib.sha256(environ.get("DATABASE_URL", "").encode())
    for path in sorted(MIGRATIONS.rglob("*.py")):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def is_known(directory: Path, environ: Mapping[str, str], mark: str) -> bool:
    """Tell whether this database was once left as the mark says, by these migrations."""
    return read_state(directory).get(mark) == fingerprint(environ)


def last_port(directory: Path) -> int:
    """Answer the port of the last start, for commands that run beside it."""
    port = read_state(directory).get("port")
    return port if isinstance(port, int) else DEFAULT_PORT


def read_state(directory: Path) -> dict[str, object]:
    """Read what the last start left for this one."""
    try:
        state = json.loads((directory / STATE).read_text())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def keep_state(directory: Path, **changes: object) -> None:
    """Leave something for the next start, beside what was left before."""
    state = {**read_state(directory), **changes}
    write_privately(directory / STATE, json.dumps(state) + "\n")


def write_privately(path: Path, text: str) -> None:
    """Put a file in place whole, readable by this user alone."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    os.replace(name, path)


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Hold the instance while it is served. Raises Refusal when another process serves it."""
    with (directory / SERVING).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Refusal(f"{directory} is being served; stop that ./run first") from error
        yield
