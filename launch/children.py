"""The processes that serve: started together, stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from launch.places import ROOT
from launch.refusal import Refusal

STOP_WITHIN_S = 10.0
ASK_AGAIN_EVERY_S = 0.5
# A web process that is still importing when it is first asked to end forgets it; one that has
# begun to end drops what it is answering when asked again. So only the young are asked twice.
YOUNG_S = 8.0
LOOK_EVERY_S = 0.1
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(slots=True)
class Children:
    """Named processes, each leading a group of its own."""

    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    started_s: dict[str, float] = field(default_factory=dict)

    def start(
        self, name: str, words: list[str], environ: Mapping[str, str], *, handed: Sequence[int] = ()
    ) -> None:
        """Start one; what it prints goes to standard error. Descriptors may be handed to it."""
        self.started_s[name] = time.monotonic()
        self.running[name] = subprocess.Popen(
            words,
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            pass_fds=handed,
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
        """Ask all of them to end, wait for what they are answering, and end what is left."""
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        deadline_s = time.monotonic() + STOP_WITHIN_S
        for name in list(self.running):
            self.end(name, deadline_s=deadline_s)

    def end(self, name: str, *, deadline_s: float = 0.0) -> None:
        """End one of them, where it is running, with all that it started."""
        child = self.running.pop(name, None)
        if child is None:
            return
        while child.poll() is None and time.monotonic() < deadline_s:
            try:
                child.wait(ASK_AGAIN_EVERY_S)
            except subprocess.TimeoutExpired:
                if time.monotonic() - self.started_s[name] < YOUNG_S:
                    send_group(child.pid, signal.SIGTERM)
        send_group(child.pid, signal.SIGKILL)
        child.wait()


def end_with_parent() -> None:
    """Ask the kernel to end this child when ./run is killed outright (Linux alone can)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def send_group(group: int, what: signal.Signals) -> None:
    """Send a signal to a child and to what it started, as far as they are still there."""
    try:
        os.killpg(group, what)
    except (ProcessLookupError, PermissionError):
        return


def ending(code: int) -> str:
    """Say how a process ended."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
