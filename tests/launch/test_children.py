"""Processes that serve together stop together, whatever one of them does."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from launch import children
from launch.children import Children
from launch.refusal import Refusal

# Each says that it is there, so that nothing is tested before it is.
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(600)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-uc', {STUBBORN!r}])"


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    monkeypatch.setattr(children, "STOP_WITHIN_S", 0.2)
    monkeypatch.setattr(children, "ASK_AGAIN_EVERY_S", 0.05)
    made = Children()
    yield made
    made.stop()


def start(together: Children, monkeypatch: pytest.MonkeyPatch, text: str) -> int:
    """Start a child and wait until it, or what it started, has spoken."""
    read, write = os.pipe()
    with open(read) as said, open(write, "w") as mouth:
        monkeypatch.setattr(sys, "stderr", mouth)
        together.start("child", [sys.executable, "-uc", text], os.environ)
        monkeypatch.undo()
        assert said.readline() == "1\n"
    return together.running["child"].pid


def test_one_that_ends_by_itself_is_named(together):
    together.start("worker", [sys.executable, "-c", "raise SystemExit(3)"], os.environ)
    together.running["worker"].wait()

    with pytest.raises(Refusal, match=r"the worker ended by itself \(exit code 3\)"):
        together.check()


def test_one_that_was_killed_is_named_with_its_signal(together, monkeypatch):
    start(together, monkeypatch, STUBBORN)
    together.running["child"].kill()
    together.running["child"].wait()

    with pytest.raises(Refusal, match="SIGKILL"):
        together.check()


@pytest.mark.parametrize("text", [STUBBORN, PARENT])
def test_nothing_is_left_behind_even_by_one_that_will_not_listen(together, monkeypatch, text):
    group = start(together, monkeypatch, text)

    together.stop()

    listed = subprocess.run(
        ["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True
    )
    alive = [line.split() for line in listed.stdout.splitlines()]
    assert not [pgid for pgid, state in alive if pgid == str(group) and "Z" not in state]
