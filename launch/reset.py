"""./run reset: delete the instance's data and keep its keys."""

import os
import shutil
from typing import TYPE_CHECKING

from launch import instance
from launch.refusal import Refusal, say

if TYPE_CHECKING:
    from launch.commands import Options

KEPT = (instance.KEYS, instance.SERVING)


def reset(options: "Options", words: list[str]) -> int:
    """Delete what a start made. Raises Refusal while it is served, or for any other folder."""
    directory = options.instance
    if os.environ.get("DATABASE_URL"):
        raise Refusal(
            "DATABASE_URL names a database that reset does not touch; empty it with its own tools, "
            "unset DATABASE_URL, and reset again"
        )
    if not directory.exists():
        say(f"{directory} does not exist; nothing to delete")
        return 0
    if not instance.is_instance(directory):
        raise Refusal(f"{directory} is no instance (it has no {instance.KEYS}); nothing deleted")
    try:
        with instance.held(directory):
            for path in directory.iterdir():
                if path.name in KEPT:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
    except OSError as error:
        raise Refusal(f"cannot delete in {directory}: {error.strerror}") from error
    say(f"deleted the data in {directory}; the next ./run loads the demo afresh")
    return 0
