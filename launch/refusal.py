"""A refusal to start, told in one line."""

import sys


class Refusal(Exception):
    """Something the person at the keyboard can put right; the message says how, in one line."""


def say(line: str) -> None:
    """Write one line of progress to standard error, which keeps standard output for results."""
    print(f"run: {line}", file=sys.stderr, flush=True)
