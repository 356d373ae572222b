"""./run test and ./run soak: every check, then every test, then how many ran on what."""

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from launch import environment
from launch.chromium import bring_chromium
from launch.node import bring_generators
from launch.places import ENVIRONMENT, ROOT
from launch.refusal import Refusal, say

if TYPE_CHECKING:
    from launch.commands import Options

CHECKS: tuple[tuple[str, ...], ...] = (
    ("ruff", "check", "--quiet"),
    ("ruff", "format", "--check", "--quiet"),
    ("mypy",),
    ("lint-imports",),
    ("djlint", "--quiet", "--lint", "templates", "demo/templates"),
)
SERVICES = ("SQLite", "PostgreSQL", "Redis", "Chromium")
PROCESSES = 2
SOAK_TIMEOUT_S = 3_600


@dataclass(slots=True)
class Tally:
    """What passed and what failed, tests and checks together."""

    passed: int = 0
    failed: int = 0


def test(options: "Options", words: list[str]) -> int:
    """Run everything; 0 when nothing failed. Words go to pytest."""
    make_ready()
    tally = Tally()
    for check in CHECKS:
        run_check(check, tally)
    code = run_tests(words, tally, profile="test")
    print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    return 1 if code or tally.failed else 0


def soak(options: "Options", words: list[str]) -> int:
    """Run the same tests with large figures and without a short timeout."""
    make_ready()
    tally = Tally()
    words = ["--timeout", str(SOAK_TIMEOUT_S), *words]
    code = run_tests(words, tally, profile="soak")
    print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    return 1 if code or tally.failed else 0


def make_ready() -> None:
    """Bring the environment, Chromium, the generators and the real servers.

    Raises Refusal for what is missing.
    """
    python = environment.development()
    os.environ["TEST_CHROMIUM"] = bring_chromium()
    bring_generators()
    done = subprocess.run([str(python), "-m", "tests.services"], cwd=ROOT, check=False)
    if done.returncode != 0:
        raise Refusal("the tests cannot start; what is missing is named above")


def run_check(words: tuple[str, ...], tally: Tally) -> None:
    """Run one tool; show what it says only when it finds something."""
    started = time.monotonic()
    done = subprocess.run(
        [str(ENVIRONMENT / "bin" / words[0]), *words[1:]],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    took = f"{' '.join(words)}: {time.monotonic() - started:.0f} s"
    if done.returncode == 0:
        tally.passed += 1
        say(f"{took}, passed")
    else:
        tally.failed += 1
        print(done.stdout, flush=True)
        say(f"{took}, FAILED")


def run_tests(words: list[str], tally: Tally, *, profile: str) -> int:
    """Run pytest, add its counts, print how many tests ran on each service."""
    with tempfile.TemporaryDirectory() as place:
        counted = Path(place) / "tally.json"
        code = subprocess.run(
            [str(ENVIRONMENT / "bin" / "python"), "-m", "pytest", "-n", str(PROCESSES), *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            env={
                **os.environ,
                "COUNTINGHOUSE_PROFILE": profile,
                "COUNTINGHOUSE_TALLY": str(counted),
            },
            check=False,
        ).returncode
        counts: dict[str, int] = json.loads(counted.read_text()) if counted.exists() else {}
    tally.passed += counts.get("passed", 0)
    # Tests that never began, as when a file cannot be imported, count as one failure.
    tally.failed += counts.get("failed", 0) or int(code != 0)
    ran = ", ".join(f"{name} {counts.get(name.lower(), 0)}" for name in SERVICES)
    print(f"Tests that ran on {ran}", flush=True)
    if counts.get("skipped"):
        print(f"{counts['skipped']} skipped", flush=True)
    return code
