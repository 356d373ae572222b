"""Commands on rate plans."""

import click
from flask.cli import AppGroup

from app.cli.speak import act, answer, json_option
from app.gateway.plans import set_plan

plans = AppGroup("plans", help="How many calls a client or a key may make.")


@plans.command("set")
@click.argument("plan")
@click.option("--client", "client_id", help="Holds for each grant of this client.")
@click.option("--key", "key_id", help="Holds for this API key.")
@json_option
def set_windows(plan: str, client_id: str | None, key_id: str | None, as_json: bool) -> None:
    """Replace every window of one subject by PLAN, such as "100000/minute;50/second".

    It holds from the next request, in running processes too.
    """
    if (client_id is None) == (key_id is None):
        raise click.UsageError("Name one subject: --client ID or --key ID.")
    subject = f"client:{client_id}" if client_id is not None else f"key:{key_id}"
    windows = act(lambda session: set_plan(session, subject=subject, windows=plan))
    found = {
        "subject": subject,
        "windows": [
            {"name": window.name, "amount": window.amount, "length_s": window.length_s}
            for window in windows
        ],
    }
    spelt = ", ".join(f"{window.amount} in {window.length_s} s" for window in windows)
    answer(found, [f"{subject} may make {spelt}"], as_json=as_json)
