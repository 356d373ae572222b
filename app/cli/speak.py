"""How every command speaks: one JSON object or plain lines out, progress and faults aside."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import click
import msgspec
from sqlalchemy.orm import Session

from app.kernel.errors import CountinghouseError, Fault
from app.storage.db import db
from app.storage.transaction import perform

Made = TypeVar("Made")

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)


def answer(found: Mapping[str, object], lines: Iterable[str], *, as_json: bool) -> None:
    """Print what was found or made: as one JSON object, or as lines for a person."""
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for line in lines:
        click.echo(line)


def progress(line: str) -> None:
    """Say on standard error what is being done."""
    click.echo(line, err=True)


def act(deed: Callable[[Session], Made], *, writes: bool = True) -> Made:
    """Do one deed in one transaction; where it is refused, list every fault and end with 1."""
    try:
        return perform(db.engine, deed, writes=writes)
    except CountinghouseError as error:
        raise refuse(error.message, faults=error.faults) from error


def refuse(message: str, *, faults: Iterable[Fault] = ()) -> SystemExit:
    """Say on standard error why a command is refused, each fault on a line of its own."""
    click.echo(f"Refused: {message}", err=True)
    for fault in faults:
        if fault.detail in message:
            continue  # it was the only one, and the message has just said it
        place = (fault.pointer or "").lstrip("/")
        known = f" (known: {', '.join(fault.suggestions)})" if fault.suggestions else ""
        click.echo(f"- {place + ': ' if place else ''}{fault.detail}{known}", err=True)
    return SystemExit(1)


def spaced(lists: Iterable[str]) -> tuple[str, ...]:
    """The words of several space-separated lists, each once, in their order."""
    return tuple(dict.fromkeys(word for text in lists for word in text.split()))
