"""Commands for operators: `flask --app wsgi …`, or `./run cli …`."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

import click
from flask import Flask
from flask.cli import AppGroup

# Each command and the module that defines it, under the command's own name. A module is imported
# when its command is called: web processes never need them, and some are slow to import.
COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "users": "app.cli.users",
        "organisations": "app.cli.organisations",
        "members": "app.cli.members",
        "clients": "app.cli.clients",
        "playground": "app.cli.playground",
        "plans": "app.cli.plans",
        "tokens": "app.cli.tokens",
        "work": "app.cli.work",
        "doctor": "app.cli.doctor",
        "prepare-demo": "app.cli.prepare_demo",
    }
)


class Commands(AppGroup):
    """The commands of COMMANDS, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in order."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(module), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command


def mount(flask: Flask) -> None:
    """Give the application its commands, beside those that it has already."""
    flask.cli = Commands(flask.name, commands=flask.cli.commands)
