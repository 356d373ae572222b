"""One run of an application's command before it serves, whose failure is told in one line."""

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
    """A command on its way; what it says is kept in the instance and shown when it fails."""

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
        printed, _ = self.process.communicate()
        if self.process.returncode != 0:
            raise Refusal(f"the instance could not be prepared: {self.reason()}")
        return printed

    def stop(self) -> None:
        """End it where it has not ended yet."""
        if self.process.poll() is None:
            send_group(self.process.pid, signal.SIGKILL)
            self.process.communicate()

    def reason(self) -> str:
        """Say in one line why it failed: its own words, or the error at the end of a traceback."""
        text = self.log.read_text(errors="replace").strip()
        _, traceback, last = text.rpartition("Traceback (most recent call last)")
        if traceback:
            found = EXCEPTION.search(last)
            return f"{found.group() if found else 'an error'} (the whole of it: {self.log})"
        lines = [line.removeprefix("Error: ") for line in text.splitlines()]
        return lines[-1] if lines else ending(self.process.returncode)
