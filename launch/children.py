"""The processes that serve: started together, stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from launch.places import ROOT
from launch.refusal import Refusal

STOP_WITHIN_S = 10.0
LOOK_EVERY_S = 0.1
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(slots=True)
class Children:
    """Named processes, each leading a group of its own."""

    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, words: list[str], environ: Mapping[str, str]) -> None:
        """Start one; what it prints goes to standard error."""
        self.running[name] = subprocess.Popen(
            words,
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            # Ctrl-C reaches this process alone, which then stops them in good order.
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - ./run has no threads
        )

    def check(self) -> None:
        """Raise Refusal when one of them has ended: none is meant to."""
        for name, child in self.running.items():
            code = child.poll()
            if code is not None:
                raise Refusal(f"the {name} ended by itself ({ending(code)}), so all were stopped")

    def watch(self) -> None:
        """Wait until one of them ends, and raise Refusal then."""
        while True:
            self.check()
            time.sleep(LOOK_EVERY_S)

    def stop(self) -> None:
        """Ask all of them to end, wait a little, and end what is left of their groups."""
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_WITHIN_S
        for child in self.running.values():
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            end_group(child.pid)
        self.running.clear()


def end_with_parent() -> None:
    """Ask the kernel to end this child when ./run is killed outright (Linux alone can)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end_group(group: int) -> None:
    """Kill what a child left behind."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def ending(code: int) -> str:
    """Say how a process ended."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
