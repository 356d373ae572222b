"""./run doctor: what an operator would look at first when something is wrong."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from launch import environment, instance
from launch.places import ROOT

if TYPE_CHECKING:
    from launch.commands import Options


def doctor(options: "Options", words: list[str]) -> int:
    """Check the environment and the keys file; then the application's own doctor looks inside."""
    sound = [check_environment(), check_keys_file(options.instance)]
    if not all(sound):
        return 1
    environ = instance.variables(options.instance, port=options.port)
    sys.stdout.flush()
    return subprocess.run(instance.flask("doctor"), cwd=ROOT, env=environ, check=False).returncode


def check_environment() -> bool:
    """See whether .venv was made from the lock as it is now."""
    if environment.is_current(development=False):
        return tell(True, "environment", "made from requirements.txt as it is")
    return tell(False, "environment", "not made from requirements.txt as it is; type: ./run")


def check_keys_file(directory: Path) -> bool:
    """See whether the keys are there, for their owner's eyes alone."""
    if not instance.is_instance(directory):
        return tell(False, "keys file", f"{directory} is no instance yet; type: ./run")
    mode, path = instance.keys_mode(directory), directory / instance.KEYS
    if mode & 0o077:
        return tell(False, "keys file", f"others may read it ({mode:04o}); type: chmod 600 {path}")
    return tell(True, "keys file", f"{path} has mode {mode:04o}")


def tell(is_sound: bool, subject: str, finding: str) -> bool:
    """Print one finding as the application's doctor does, and answer whether it was good."""
    print(f"{'ok   ' if is_sound else 'wrong'} {subject}: {finding}")
    return is_sound
