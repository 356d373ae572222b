"""The application as it is really served: granian, several processes, over HTTP."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent.parent
READY_TIMEOUT_S = 60.0
SECRET_KEY = "5eed" * 16


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(*, database_url: str, instance: Path, port: int, **more: str) -> dict[str, str]:
    """The environment of a served application."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COUNTING")}
    return kept | {
        "COUNTINGHOUSE_ENV": "development",
        "COUNTINGHOUSE_SECRET_KEY": SECRET_KEY,
        "COUNTINGHOUSE_INSTANCE": str(instance),
        "COUNTINGHOUSE_QUERY_BUDGET_MS": "20000",
        "COUNTINGHOUSE_ISSUER": f"http://localhost:{port}",
        "DATABASE_URL": database_url,
        **more,
    }


@contextmanager
def served(*, database_url: str, instance: Path, processes: int = 2, **more: str) -> Iterator[str]:
    """Serve until the block ends; lends the base URL. The server must die with the test."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(processes), "--blocking-threads", "1"]
    command += ["--backlog", "256", "--no-ws", "--log-level", "warning", "wsgi:application"]
    child = subprocess.Popen(
        command,
        cwd=HOME,
        env=environment(database_url=database_url, instance=instance, port=port, **more),
    )
    base = f"http://localhost:{port}"
    try:
        _await(base, child)
        yield base
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _await(base: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise AssertionError(f"the server ended with {child.returncode}")
        try:
            with urllib.request.urlopen(f"{base}/health/ready", timeout=2) as answer:  # noqa: S310 - loopback
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.05)
    raise AssertionError("the server was not ready in time")
