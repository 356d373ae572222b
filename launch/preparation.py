"""Commands of the application that run before it serves, and whose failure is told in one line."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from launch import instance
from launch.children import end_with_parent, ending, send_group
from launch.places import ROOT
from launch.refusal import Refusal

LOG = "prepare.log"
# The line below a traceback that names the error; its message may go on over more lines.
EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*(?:: .*)?$", re.MULTILINE)


class Preparation:
    """A command in a process of its own; what it says is kept in the instance."""

    def __init__(self, directory: Path, environ: Mapping[str, str], *words: str) -> None:
        self.log = directory / LOG
        with self.log.open("w") as told:
            self.process = subprocess.Popen(
                instance.flask(*words),
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - ./run has no threads
            )

    def finish(self) -> str:
        """Wait for it and answer what it printed. Raises Refusal with the reason of a failure."""
        try:
            printed, _ = self.process.communicate()
        except BaseException:
            send_group(self.process.pid, signal.SIGKILL)
            self.process.communicate()
            raise
        if self.process.returncode != 0:
            raise failure(self.log, ending(self.process.returncode))
        return printed


class ForkedPreparation:
    """A command that the web server's first process forks, which has imported everything anyway.

    On a second start this halves the work: the same import is not done twice side by side.
    """

    def __init__(self, directory: Path, *words: str) -> None:
        self.log = directory / LOG
        self.answer, self.handed = os.pipe()
        self.words = [str(self.handed), str(self.log), *words]

    def finish(self) -> str:
        """Wait for it and answer what it printed. Raises Refusal when it printed nothing."""
        os.close(self.handed)
        with open(self.answer) as answer:
            printed = answer.read()
        if not printed:
            raise failure(self.log, "it ended without a word")
        return printed


def failure(log: Path, how: str) -> Refusal:
    """Say in one line why a command failed: its own words, or the error that a traceback names."""
    text = log.read_text(errors="replace").strip() if log.exists() else ""
    _, traceback, last = text.rpartition("Traceback (most recent call last)")
    if traceback:
        found = EXCEPTION.search(last)
        reason = f"{found.group() if found else how} (the whole of it: {log})"
    else:
        lines = [line.removeprefix("Error: ") for line in text.splitlines()]
        reason = lines[-1] if lines else how
    return Refusal(f"the instance could not be prepared: {reason}")
