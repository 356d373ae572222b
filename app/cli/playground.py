"""Commands on the playground, where partners try the API on test organisations."""

from flask import current_app
from flask.cli import AppGroup

from app.cli.speak import act, answer, json_option
from app.domain.clients.playground import open_playground
from app.settings import Settings

playground = AppGroup("playground", help="Trying the API in the browser, on test organisations.")


@playground.command("open")
@json_option
def open_(*, as_json: bool) -> None:
    """Open the playground at this service's own address; doing it again changes nothing."""
    settings: Settings = current_app.extensions["countinghouse"]
    client_id = act(
        lambda session: open_playground(
            session, issuer=settings.web.issuer, development=not settings.is_production
        )
    )
    address = f"{settings.web.issuer}/playground"
    answer(
        {"client_id": client_id, "address": address},
        [f"The playground is open at {address}", f"Its client: {client_id}"],
        as_json=as_json,
    )
