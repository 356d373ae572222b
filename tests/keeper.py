"""Keeps the real servers of one test session: started when first asked for, shared by workers.

The session's first process starts a keeper and holds its standard input; however that process
ends, the pipe closes and the keeper stops its servers and deletes their folder.
"""

import json
import os
import secrets
import shutil
import socket
import socketserver
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from tests.services import (
    Server,
    ServiceMissing,
    owned_database,
    short_place,
    start_postgresql,
    start_redis,
)

ROOT = Path(__file__).resolve().parent.parent
SOCKET = "keeper.sock"
TEMPLATE = "countinghouse_template"
ANSWER_WITHIN_S = 120.0
LISTENS_WITHIN_S = 20.0


class KeptSession:
    """What the first process of a session holds: the keeper, and the leash that ends it."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="ch-", dir=short_place()))
        self.keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.keeper", str(self.directory)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            # Ctrl-C ends the tests first; the keeper follows when they let go.
            start_new_session=True,
        )

    def end(self) -> None:
        """Let go, and wait until the servers have stopped."""
        assert self.keeper.stdin is not None
        self.keeper.stdin.close()
        self.keeper.wait()


def ask(directory: Path, wish: str) -> Any:
    """Ask the session's keeper for a server or a template. Raises ServiceMissing."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_WITHIN_S)
        _connect(connection, str(directory / SOCKET))
        connection.sendall(wish.encode() + b"\n")
        with connection.makefile() as answer:
            found = json.loads(answer.read())
    if "missing" in found:
        raise ServiceMissing(found["missing"])
    return found["found"]


def _connect(connection: socket.socket, path: str) -> None:
    deadline = time.monotonic() + LISTENS_WITHIN_S
    while True:
        try:
            connection.connect(path)
            return
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > deadline:
                raise
        time.sleep(0.02)


class Keeper:
    """Starts each thing once, whoever asks first; answers with what the askers need of it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.servers: dict[str, Server] = {}
        self.answers: dict[str, Any] = {}
        self.locks = {wish: threading.Lock() for wish in self.wishes()}

    def wishes(self) -> dict[str, Callable[[], Any]]:
        """List what can be asked for."""
        return {
            "postgresql": self.postgresql,
            "redis": self.redis,
            "sqlite template": self.sqlite_template,
            "postgresql template": self.postgresql_template,
        }

    def grant(self, wish: str) -> dict[str, Any]:
        """Answer one wish, doing the work the first time."""
        with self.locks[wish]:
            if wish not in self.answers:
                try:
                    self.answers[wish] = {"found": self.wishes()[wish]()}
                except (ServiceMissing, OSError, psycopg.Error) as error:
                    self.answers[wish] = {"missing": str(error)}
        return self.answers[wish]

    def postgresql(self) -> str:
        """Start PostgreSQL; answer its administrator's URL."""
        server = self.servers["postgresql"] = start_postgresql(self.directory)
        return server.url

    def redis(self) -> str:
        """Start Redis; answer its URL without a database number."""
        server = self.servers["redis"] = start_redis(self.directory)
        return server.url

    def sqlite_template(self) -> str:
        """Migrate one SQLite file; answer its path."""
        path = self.directory / "template.db"
        migrate(f"sqlite:///{path}", self.directory)
        # The copies take the file alone, so everything must have left its journal.
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return str(path)

    def postgresql_template(self) -> dict[str, str]:
        """Migrate one PostgreSQL database; answer its name beside the administrator's URL."""
        self.grant_or_raise("postgresql")
        server = self.servers["postgresql"]
        name = f"{TEMPLATE}_{secrets.token_hex(4)}"
        with psycopg.connect(server.url, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} OWNER countinghouse")
        migrate(owned_database(server.url, name), self.directory)
        return {"admin": server.url, "template": name}

    def grant_or_raise(self, wish: str) -> None:
        """Grant another wish first."""
        answer = self.grant(wish)
        if "missing" in answer:
            raise ServiceMissing(answer["missing"])

    def end(self) -> None:
        """Stop every server and delete the folder."""
        template = self.answers.get("postgresql template", {}).get("found")
        if template:
            with psycopg.connect(template["admin"], autocommit=True) as admin:
                admin.execute(f"DROP DATABASE {template['template']} WITH (FORCE)")
        for server in self.servers.values():
            server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def migrate(url: str, directory: Path) -> None:
    """Run every migration on an empty database, as an operator would."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "COUNTINGHOUSE_ENV": "development",
            "COUNTINGHOUSE_INSTANCE": str(directory / "instance"),
            "COUNTINGHOUSE_SECRET_KEY": "0" * 64,
            "DATABASE_URL": url,
        },
        check=False,
    )
    if done.returncode != 0:
        raise ServiceMissing(f"the migrations failed:\n{done.stdout[-2_000:]}")


def keep(directory: Path) -> None:
    """Answer wishes until standard input closes."""
    keeper = Keeper(directory)

    class Asked(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            wish = self.rfile.readline().decode().strip()
            self.wfile.write(json.dumps(keeper.grant(wish)).encode())

    with socketserver.ThreadingUnixStreamServer(str(directory / SOCKET), Asked) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.buffer.read()
        server.shutdown()
    keeper.end()


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
