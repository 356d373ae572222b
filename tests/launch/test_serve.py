"""./run serves the whole house, says where, and leaves nothing behind."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from launch.ports import bind_fault
from tests.rules.source import ROOT

PROMISED = {"base_url", "issuer", "start_url", "curl", "organisations", "users", "clients"}
OURS = ("COUNTINGHOUSE_", "DATABASE_URL", "REDIS_URL")


class Served(NamedTuple):
    """A ./run that has announced itself, and what it printed."""

    process: "subprocess.Popen[str]"
    directory: Path
    port: int
    printed: str

    @property
    def found(self) -> dict[str, object]:
        return json.loads((self.directory / "demo.json").read_text())


def command(directory: Path, port: int) -> list[str]:
    where = ["--port", str(port), "--instance", str(directory)]
    return [sys.executable, str(ROOT / "run"), *where, "--processes", "1"]


def finished(words: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a program as a person would who has set nothing."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(words, env=environ, capture_output=True, text=True, check=False)


@contextmanager
def serving(directory: Path) -> Iterator[Served]:
    """Start ./run, wait until it has announced itself, and let it go."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    process = subprocess.Popen(
        command(directory, port),
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if "Ctrl-C" in line:
            break
    try:
        yield Served(process, directory, port, printed)
    finally:
        process.terminate()
        _, faults = process.communicate(timeout=60)
        assert printed, faults


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("house") / "instance") as found:
        yield found


def test_demo_json_holds_what_others_rely_on(served):
    found = served.found

    assert found.keys() >= PROMISED
    assert found["base_url"] == found["issuer"] == f"http://localhost:{served.port}"
    assert found["users"][0]["organisations"] == [found["organisations"][0]["id"]]
    assert stat.S_IMODE((served.directory / "demo.json").stat().st_mode) == 0o600


def test_everything_that_is_printed_can_be_followed(served):
    found = served.found

    for shown in (found["base_url"], found["users"][0]["password"], found["curl"]):
        assert shown in served.printed
    for address in (found["base_url"], found["start_url"]):
        assert address in served.printed
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own loopback
            assert answer.status == 200


def test_the_curl_that_is_printed_answers_as_pasted(served):
    pasted = served.found["curl"].replace("curl ", "curl --fail --silent --show-error ", 1)

    answer = finished(["sh", "-c", pasted])

    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["data"]


def test_the_operators_commands_reach_the_same_instance(served):
    run = [sys.executable, str(ROOT / "run"), "--instance", str(served.directory)]

    listed = finished([*run, "cli", "clients", "list", "--json"])

    assert listed.returncode == 0, listed.stderr
    assert served.found["clients"]["confidential"]["client_id"] in json.dumps(
        json.loads(listed.stdout)
    )


def test_an_instance_that_is_served_is_neither_served_again_nor_reset(served):
    for words in (
        command(served.directory, served.port),
        [sys.executable, str(ROOT / "run"), "reset", "--instance", str(served.directory)],
    ):
        refused = finished(words)

        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
        assert "is being served" in refused.stderr


def test_a_stop_that_was_asked_for_is_clean_and_the_next_start_goes_on(tmp_path):
    with serving(tmp_path / "instance") as first:
        first.process.send_signal(signal.SIGTERM)
        _, faults = first.process.communicate(timeout=60)

    assert first.process.returncode == 0
    assert "Traceback" not in faults
    assert bind_fault(first.port) is None

    with serving(tmp_path / "instance") as second:
        assert second.found["users"] == first.found["users"]
        assert "older version" not in second.printed
