"""The command line of ./run: which words it knows and who answers each."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launch import bench, cli, doctor, lock, reset, serve, test
from launch.places import ROOT
from launch.refusal import Refusal, say

USAGE = """\
usage: ./run [--port N] [--instance DIR] [--processes N] [command] [arguments]

  ./run              serve everything: web, worker and demo app, with demo data
  ./run test         every check and every test, on SQLite, PostgreSQL, Redis and Chromium
  ./run soak         the tests again with large figures
  ./run bench        what it costs, beside a bare Flask route
  ./run cli ...      the operator's commands in the instance's environment (try: cli --help)
  ./run reset        delete the instance's data, so that the next start loads the demo afresh
  ./run doctor       check Python, clock, keys, migrations, database and Redis
  ./run lock         make the requirements files again from setup.cfg (--upgrade: newest)

  --port N           port of the server (8000); the demo app takes the next free one
  --instance DIR     where the instance keeps its data and its keys (instance)
  --processes N      web processes (one a core, at most two)

Arguments after test and soak go to pytest, for instance: ./run test tests/kernel -k money
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What stands before the command, or after it where the command takes no words of its own."""

    instance: Path
    port: int | None
    processes: int


def answer_help(options: Options, words: list[str]) -> int:
    """Print what ./run can do."""
    print(USAGE, end="")
    return 0


# Each command, who answers it, and whether its words go through untouched.
COMMANDS: dict[str, tuple[Callable[[Options, list[str]], int], bool]] = {
    "serve": (serve.serve, False),
    "test": (test.test, True),
    "soak": (test.soak, True),
    "bench": (bench.bench, True),
    "cli": (cli.cli, True),
    "reset": (reset.reset, False),
    "doctor": (doctor.doctor, False),
    "lock": (lock.lock, True),
    "help": (answer_help, False),
}


def main(arguments: list[str]) -> int:
    """Answer one command line; the exit code is 0 when all went well, 1 when it did not."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        command, options, words = read(arguments)
        return COMMANDS[command][0](options, words)
    except Refusal as refusal:
        say(str(refusal))
        return 1
    except KeyboardInterrupt:
        return 130


def read(arguments: list[str]) -> tuple[str, Options, list[str]]:
    """Split the words into the command, the options before it, and the words that follow.

    Raises Refusal for a word it does not know.
    """
    before, command, after = split(arguments)
    if command not in COMMANDS:
        raise Refusal(f"there is no command {command!r}; ./run --help lists them")
    if not COMMANDS[command][1]:
        before, after = before + after, []
    if "--help" in before or "-h" in before:
        command, before = "help", []
    found = parser().parse_args(before)
    directory = found.instance or os.environ.get("COUNTINGHOUSE_INSTANCE") or ROOT / "instance"
    processes = found.processes or min(2, os.cpu_count() or 1)
    return command, Options(Path(directory).absolute(), found.port, processes), after


def split(arguments: list[str]) -> tuple[list[str], str, list[str]]:
    """Find the first word that is neither an option nor an option's value."""
    place = 0
    while place < len(arguments) and arguments[place].startswith("-"):
        place += 2 if arguments[place] in {"--port", "--instance", "--processes"} else 1
    if place >= len(arguments):
        return arguments, "serve", []
    return arguments[:place], arguments[place], arguments[place + 1 :]


class OneLineParser(argparse.ArgumentParser):
    """Refuses in one line, where argparse would print its usage as well and exit with 2."""

    def error(self, message: str) -> None:  # type: ignore[override]  # a refusal ends it as well
        raise Refusal(f"{message}; ./run --help lists the options")


def parser() -> argparse.ArgumentParser:
    """Read --port, --instance and --processes."""
    options = OneLineParser(prog="run", add_help=False, allow_abbrev=False)
    options.add_argument("--port", type=port_number)
    options.add_argument("--instance")
    options.add_argument("--processes", type=count_of_processes)
    return options


def port_number(text: str) -> int:
    """Read a port, leaving room for the demo app's above it."""
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number < 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65534")
    return number


def count_of_processes(text: str) -> int:
    """Read how many web processes to start."""
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes from 1 to 64")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
