"""The worker's command."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.storage.db import db
from app.workers.loop import SWEEP_INTERVAL_S
from app.workers.loop import work as run


@click.command("work")
@click.option(
    "--interval-s", type=float, default=SWEEP_INTERVAL_S, show_default=True, help="Between sweeps."
)
@with_appcontext
def work(interval_s: float) -> None:
    """Sweep what has expired, again and again, until it is told to stop."""
    gateway = current_app.extensions["gateway"]
    run(db.engine, gateway.limiter, interval_s=interval_s)
