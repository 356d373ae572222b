"""The web server's first process: it imports the application once, for all that it forks.

Unlike the rest of this folder it runs inside the environment. Before `--` may stand a command of
the application that runs meanwhile in a process of its own: the descriptor for what it prints,
the file for what it says, and its words. After `--` stand the words of granian.
"""

import gc
import os
import runpy
import sys
from importlib import import_module


def main(words: list[str]) -> None:
    """Import, start the command where there is one, and become the server."""
    # Nothing that is imported becomes garbage: looking for it meanwhile costs a tenth of the start.
    gc.disable()
    import_module("app.create")
    gc.enable()
    gc.freeze()
    border = words.index("--")
    command, server = words[:border], words[border + 1 :]
    if command:
        answer, log, *asked = command
        if os.fork() == 0:
            speak(int(answer), log)
            become("flask", asked)
        os.close(int(answer))
    become("granian", server)


def speak(answer: int, log: str) -> None:
    """Let this process print to the descriptor and say what it says to the file."""
    os.dup2(answer, 1)
    os.close(answer)
    told = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(told, 2)
    os.close(told)


def become(program: str, words: list[str]) -> None:
    """Run a program of the environment to its end, which is this process's as well."""
    sys.argv = [program, *words]
    runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
