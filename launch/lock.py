"""./run lock: make the hash-pinned requirements files from setup.cfg."""

import subprocess
from typing import TYPE_CHECKING

from launch import environment
from launch.places import DEVELOPMENT_LOCK, ROOT, RUNTIME_LOCK
from launch.refusal import Refusal, say

if TYPE_CHECKING:
    from launch.commands import Options

# No header, no annotations and no index: a lock names packages and hashes, and no host.
SPELLING = (
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"),
    *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
)


def lock(options: "Options", wishes: list[str]) -> int:
    """Write both locks; `--upgrade` takes the newest versions, otherwise pins that fit stay.

    The runtime lock constrains the development one, which therefore contains it.
    """
    environment.development()
    uv = environment.find_uv()
    if uv is None:
        raise Refusal("uv is needed to make the locks; type: pip install uv")
    compile_lock = [uv, "pip", "compile", "setup.cfg", *SPELLING, *wishes]
    development = ["--extra", "dev", "-c", RUNTIME_LOCK.name, "-o", DEVELOPMENT_LOCK.name]
    for more in (["-o", RUNTIME_LOCK.name], development):
        done = subprocess.run(
            [*compile_lock, *more], cwd=ROOT, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode != 0:
            raise Refusal("uv could not make the locks; the reason is above")
    say(f"wrote {RUNTIME_LOCK.name} and {DEVELOPMENT_LOCK.name}")
    return 0
