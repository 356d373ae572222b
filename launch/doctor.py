"""./run doctor: what an operator would look at first when something is wrong."""

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from launch import environment, instance
from launch.places import ROOT

if TYPE_CHECKING:
    from launch.commands import Options

CLOCK_AHEAD_S_MAX = 300


def doctor(options: "Options", words: list[str]) -> int:
    """Check from the outside in; the application's own doctor has the last word."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    print(f"ok    python: {python}")
    well = [check_clock(), check_environment(), check_instance(options.instance)]
    if not all(well):
        return 1
    environ = instance.variables(options.instance, port=options.port)
    sys.stdout.flush()
    return subprocess.run(instance.flask("doctor"), cwd=ROOT, env=environ, check=False).returncode


def check_clock() -> bool:
    """Compare the clock with the newest file of this checkout: it cannot come before it."""
    newest = max(path.stat().st_mtime for path in [ROOT, *ROOT.glob("*"), *ROOT.glob("app/*")])
    behind_s = newest - time.time()
    if behind_s > CLOCK_AHEAD_S_MAX:
        return tell(
            False, "clock", f"behind the files of this checkout by {behind_s:.0f} s; set it"
        )
    return tell(True, "clock", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))


def check_environment() -> bool:
    """See whether .venv was made from the locks as they are now."""
    if environment.is_current(development=False):
        return tell(True, "environment", "made from requirements.txt as it is")
    return tell(False, "environment", "not made from requirements.txt as it is; type: ./run")


def check_instance(directory: Path) -> bool:
    """See whether the keys are there, for their owner's eyes alone."""
    if not instance.is_instance(directory):
        return tell(False, "keys", f"{directory} is no instance yet; type: ./run")
    mode = instance.keys_mode(directory)
    path = directory / instance.KEYS
    if mode & 0o077:
        return tell(False, "keys", f"others may read them (mode {mode:o}); type: chmod 600 {path}")
    return tell(True, "keys", f"{path}, mode {mode:o}")


def tell(well: bool, subject: str, finding: str) -> bool:
    """Print one finding and answer whether it was good."""
    print(f"{'ok   ' if well else 'wrong'} {subject}: {finding}")
    return well
