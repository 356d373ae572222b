"""Commands on what was issued."""

from flask import current_app
from flask.cli import AppGroup

from app.cli.speak import answer, json_option
from app.gateway.gateway import Gateway
from app.storage.db import db
from app.workers.sweep import sweep

tokens = AppGroup("tokens", help="Codes, tokens and sessions that were issued.")


@tokens.command("prune")
@json_option
def prune(as_json: bool) -> None:
    """Delete what has expired, in batches; the worker does the same by itself."""
    gateway: Gateway = current_app.extensions["gateway"]
    swept = sweep(db.engine, gateway.limiter)
    lines = [f"{count:>8}  {kind}" for kind, count in swept.items()]
    answer({"pruned": swept, "total": sum(swept.values())}, lines, as_json=as_json)
