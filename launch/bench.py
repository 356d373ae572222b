"""./run bench: what it costs, beside a bare Flask route."""

import subprocess
from typing import TYPE_CHECKING

from launch import environment
from launch.places import ROOT

if TYPE_CHECKING:
    from launch.commands import Options


def bench(options: "Options", words: list[str]) -> int:
    """Run the benchmarks with the words given."""
    python = environment.development()
    done = subprocess.run([str(python), "-m", "benchmarks", *words], cwd=ROOT, check=False)
    return done.returncode
