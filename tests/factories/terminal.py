"""The command line of one installation."""

import json
from typing import Any

from click.testing import Result

from tests.factories.house import House


class Terminal:
    """Someone at the command line of one installation."""

    def __init__(self, house: House) -> None:
        self.house = house

    def run(self, *words: str, typed: str = "") -> Result:
        return self.house.app.test_cli_runner().invoke(args=words, input=typed)

    def ask(self, *words: str, typed: str = "") -> Any:
        """The one JSON object that a command prints."""
        result = self.run(*words, "--json", typed=typed)
        assert result.exit_code == 0, result.stderr
        assert result.stdout.count("\n") == 1
        return json.loads(result.stdout)

    def refused(self, *words: str) -> str:
        """What is said when a command is refused: nothing on standard output, exit code 1."""
        result = self.run(*words, "--json")
        assert result.exit_code == 1
        assert result.stdout == ""
        return result.stderr
