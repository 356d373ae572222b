"""Commands on people."""

import secrets
import sys
from typing import Final

import click
from flask.cli import AppGroup

from app.cli.speak import act, answer, json_option
from app.domain.identity.users import UserFacts, add_user

GENERATED_PASSWORD_BYTES: Final = 15

users = AppGroup("users", help="People who can sign in.")


@users.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--password", help="Others on this machine may see it; better: --password-stdin.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--unverified", is_flag=True, help="The address is not yet known to be theirs.")
@json_option
def add(
    *,
    email: str,
    name: str,
    password: str | None,
    password_stdin: bool,
    unverified: bool,
    as_json: bool,
) -> None:
    """Add a person. Without a password a random one is made and shown once."""
    given = sys.stdin.readline().rstrip("\n") if password_stdin else password
    chosen = given if given is not None else secrets.token_urlsafe(GENERATED_PASSWORD_BYTES)
    user: UserFacts = act(
        lambda session: add_user(
            session, email=email, name=name, password=chosen, verified=not unverified
        )
    )
    found: dict[str, object] = {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "verified": user.is_verified,
    }
    lines = [f"Added {user.name} <{user.email}>: {user.id}"]
    if given is None:
        found["password"] = chosen
        lines.append(f"Password, shown this once: {chosen}")
    answer(found, lines, as_json=as_json)
