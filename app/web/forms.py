"""What every form sent to the pages must prove before it is looked at."""

from typing import Final

from flask import request, session
from flask_wtf.csrf import generate_csrf, validate_csrf  # type: ignore[import-untyped] # has none
from wtforms import ValidationError

from app.kernel.errors import Malformed

TOKEN_FIELD: Final = "csrf_token"


class UnreadableForm(Malformed):
    """A value holds a NUL, which no field of ours can and PostgreSQL refuses."""

    code = "unreadable_form"


class ForeignForm(Malformed):
    """The form was not sent from a page of this site (Fetch Metadata)."""

    code = "foreign_form"


class StaleForm(Malformed):
    """The form's token is missing, foreign, or from before a sign-in or sign-out."""

    code = "stale_form"


def check_form() -> None:
    """Refuse a request that no page of ours can have sent.

    Raises UnreadableForm, ForeignForm or StaleForm. Safe methods need no token.
    """
    values = [request.path, *(value for _, value in request.args.items(multi=True))]
    if request.method == "POST":
        values += [value for _, value in request.form.items(multi=True)]
    if any("\0" in value for value in values):
        raise UnreadableForm("What your browser sent cannot be read.")
    if request.method != "POST":
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm("That form was sent from another site, so nothing was done.")
    try:
        validate_csrf(request.form.get(TOKEN_FIELD))
    except ValidationError as error:
        raise StaleForm(
            "This form is out of date: it was open since before you signed in or out, it was sent "
            "already, or your browser keeps no cookies. Nothing was done."
        ) from error


def form_token() -> str:
    """The token that a form of this browser carries; the same for every form of one page."""
    return str(generate_csrf())


def renew_forms() -> None:
    """Make every form that is open now stale: what one person saw is not sent as another."""
    session.clear()
