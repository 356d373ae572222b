"""./run: make everything ready, serve until asked to stop, then stop cleanly."""

import json
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from launch import environment, instance
from launch.announce import announce
from launch.children import Children
from launch.places import PYTHON
from launch.ports import claimed, next_free
from launch.preparation import ForkedPreparation, Preparation
from launch.refusal import Refusal, say

if TYPE_CHECKING:
    from launch.commands import Options

READY_WITHIN_S = 60.0
ANSWER_WITHIN_S = 5.0
LOOK_EVERY_S = 0.02
BACKLOG_CONNECTIONS = 1024
STOP_WORKERS_WITHIN_S = 8


def serve(options: "Options", words: list[str]) -> int:
    """Serve one instance; answers 0 once it was asked to stop."""
    if os.environ.get("COUNTINGHOUSE_ENV", "development") != "development":
        raise Refusal(
            "./run serves development alone, and COUNTINGHOUSE_ENV says otherwise; "
            "README.md tells how to run production"
        )
    instance.open_instance(options.instance)
    port = options.port or instance.DEFAULT_PORT
    with instance.held(options.instance), claimed(port):
        environment.runtime()
        Service(options.instance, port, next_free(port + 1), options.processes).run()
    return 0


class Service:
    """One start of one instance: the preparation, the web server, the worker, the demo app."""

    def __init__(self, directory: Path, port: int, demo_port: int, processes: int) -> None:
        self.directory = directory
        self.port = port
        self.demo_port = demo_port
        self.processes = processes
        # An address of its own, so that the browser shares no cookie with the demo app.
        self.demo_url = f"http://127.0.0.1:{demo_port}"
        self.children = Children()
        self.environ = instance.variables(directory, port=port, processes=processes)
        self.environ["COUNTINGHOUSE_DEMO_URL"] = self.demo_url

    def run(self) -> None:
        """Start, announce, and wait; a stop that was asked for ends it without an error."""
        try:
            again = instance.is_known(self.directory, self.environ, instance.PREPARED)
            found = self.start_again() if again else self.start_afresh()
            self.wait_until_ready(self.port, "/health/ready")
            self.publish(found)
            self.wait_until_ready(self.demo_port, "/")
            self.start_worker()
            announce(found, self.directory)
            self.children.watch()
        except KeyboardInterrupt:
            say("stopping")
        finally:
            self.children.stop()

    def start_afresh(self) -> dict[str, Any]:
        """Prepare first, for there is nothing to serve yet; then start."""
        say("preparing the database and the demo data ...")
        printed = Preparation(self.directory, self.environ, *self.preparing()).finish()
        found: dict[str, Any] = json.loads(printed)
        self.start_web()
        self.start_demo(found["demo_env"])
        return found

    def start_again(self) -> dict[str, Any]:
        """Start everything at once on a database that the last start left as it should be."""
        preparation = ForkedPreparation(self.directory, *self.preparing())
        self.start_web(preparation)
        known = instance.read_state(self.directory).get("demo_env")
        if isinstance(known, dict) and known.get("DEMO_URL") == self.demo_url:
            self.start_demo(known)
        found: dict[str, Any] = json.loads(preparation.finish())
        if found["demo_env"] != known:
            self.children.end("demo app")
            self.start_demo(found["demo_env"])
        return found

    def preparing(self) -> list[str]:
        """Spell the command that migrates, loads the demo once, and mints an access token."""
        where = ["--base-url", f"http://localhost:{self.port}", "--demo-app-url", self.demo_url]
        return ["prepare-demo", *where]

    def start_web(self, meanwhile: ForkedPreparation | None = None) -> None:
        """Start one web process a core with one thread each, as performance.md measured best."""
        words = f"""--interface wsgi --host 127.0.0.1 --port {self.port} --http 1 --no-ws
            --workers {self.processes} --blocking-threads 1 --backlog {BACKLOG_CONNECTIONS}
            --workers-kill-timeout {STOP_WORKERS_WITHIN_S} --log-level warning --no-access-log"""
        before = meanwhile.words if meanwhile else []
        handed = [meanwhile.handed] if meanwhile else []
        server = [*before, "--", *words.split(), "wsgi:application"]
        python = [str(PYTHON), "-m", "launch.web"]
        self.children.start("web server", [*python, *server], self.environ, handed=handed)

    def start_worker(self) -> None:
        """Start the process that delivers and sweeps."""
        self.children.start("worker", instance.flask("work"), self.environ)

    def start_demo(self, told: dict[str, str]) -> None:
        """Start the third-party app: it learns what any partner would, and none of our keys."""
        outside = {name: value for name, value in os.environ.items() if not is_ours(name)}
        environ = instance.plain({**outside, **told})
        self.children.start("demo app", [str(PYTHON), "-m", "demo"], environ)

    def wait_until_ready(self, port: int, path: str) -> None:
        """Wait for an answer below 400. Raises Refusal when a process ends, or after a minute."""
        deadline = time.monotonic() + READY_WITHIN_S
        while not answers(port, path):
            self.children.check()
            if time.monotonic() > deadline:
                raise Refusal(f"port {port} was not ready within {READY_WITHIN_S:.0f} s")
            time.sleep(LOOK_EVERY_S)

    def publish(self, found: dict[str, Any]) -> None:
        """Write demo.json, and leave for the next start that this database is prepared."""
        shown = {name: value for name, value in found.items() if name not in UNPUBLISHED}
        text = json.dumps(shown, indent=2, ensure_ascii=False) + "\n"
        instance.write_privately(self.directory / instance.DEMO, text)
        now = instance.fingerprint(self.environ)
        marks = {instance.MIGRATED: now, instance.PREPARED: now}
        told = found["demo_env"]
        instance.keep_state(self.directory, port=self.port, demo_env=told, **marks)


# What the preparation tells ./run alone.
UNPUBLISHED = ("migrated", "demo_env")


def is_ours(name: str) -> bool:
    """Tell whether a variable configures Countinghouse itself."""
    return name.startswith("COUNTINGHOUSE_") or name in {"DATABASE_URL", "REDIS_URL"}


def answers(port: int, path: str) -> bool:
    """Ask once, on loopback, whether a server is ready.

    A few lines on a socket: importing an HTTP client would cost a second start a tenth of a second.
    """
    asked = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), ANSWER_WITHIN_S) as connection:
            connection.sendall(asked.encode())
            status = connection.makefile("rb").readline().split(b" ")
    except OSError:
        return False
    return len(status) > 1 and status[1][:1] in (b"2", b"3")
