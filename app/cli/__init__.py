"""Commands for operators: `flask --app wsgi …`, or `./run cli …`."""

from flask import Flask

from app.cli.clients import clients
from app.cli.doctor import doctor
from app.cli.members import members
from app.cli.organisations import organisations
from app.cli.plans import plans
from app.cli.users import users

COMMANDS = (users, organisations, members, clients, plans, doctor)


def mount(flask: Flask) -> None:
    """Give the application its commands."""
    for command in COMMANDS:
        flask.cli.add_command(command)
