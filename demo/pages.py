"""Ledgerline's pages: connect, look at the invoices, refresh, disconnect."""

import hmac
import time
from pathlib import Path
from typing import Any, Final

from flask import (
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from demo import books
from demo.connect import Connector
from demo.settings import Settings
from demo.trouble import TakenBack, Trouble
from demo.visitors import Visitor, Visitors

HOME: Final = Path(__file__).resolve().parent
COOKIE: Final = "ledgerline"
SHOWN_CHARACTERS: Final = 14
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def create_demo(settings: Settings) -> Flask:
    """Make the app."""
    flask = Flask(
        "demo", template_folder=str(HOME / "templates"), static_folder=str(HOME / "static")
    )
    flask.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    visitors, connector = Visitors(), Connector(settings)
    flask.extensions["ledgerline"] = connector
    flask.jinja_env.filters["shortened"] = shortened
    _know_visitors(flask, visitors)
    for path, view, method in ROUTES:
        flask.add_url_rule(path, view_func=view, methods=[method])
    flask.register_error_handler(Trouble, explain)

    @flask.context_processor
    def everywhere() -> dict[str, Any]:
        visitor: Visitor = g.visitor
        return {"visitor": visitor, "settings": settings, "now": time.time()}

    return flask


def _know_visitors(flask: Flask, visitors: Visitors) -> None:
    @flask.before_request
    def recognise() -> None:
        g.visitor = visitors.known(request.cookies.get(COOKIE)) or visitors.welcome()

    @flask.after_request
    def remember(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
            if "visitor" in g:
                cookie = visitors.cookie_for(g.visitor)
                response.set_cookie(COOKIE, cookie, httponly=True, samesite="Lax")
        return response


def welcome() -> str:
    """Say what this app does, and offer to connect."""
    return render_template("welcome.html", said=g.visitor.take_said())


def connect() -> AnyResponse:
    """Send the person to allow or deny."""
    return redirect(_connector().begin(g.visitor), code=303)


def callback() -> AnyResponse:
    """Take the person back, with a code or with an error."""
    if any(len(request.args.getlist(name)) > 1 for name in request.args):
        raise Trouble("Said twice", "The answer says something twice, so we believe none of it.")
    _connector().finish(g.visitor, request.args.to_dict())
    g.visitor.said = "Connected. These are the books you let us see."
    return redirect(url_for("show_invoices"), code=303)


def show_invoices() -> AnyResponse | str:
    """Show what the token reaches: the organisations, and the invoices of one of them."""
    visitor: Visitor = g.visitor
    if visitor.token is None:
        return redirect(url_for("welcome"), code=303)
    settings, access_token = _connector().settings, str(visitor.token["access_token"])
    reached = books.connections(settings, access_token)
    organisations = [entry["organisation"] for entry in reached.data]
    if not organisations:
        raise TakenBack
    chosen = request.args.get("organisation")
    current = next((one for one in organisations if one["id"] == chosen), organisations[0])
    page = books.invoices(
        settings,
        access_token,
        organisation=current["id"],
        cursor=request.args.get("cursor"),
    )
    return render_template(
        "invoices.html",
        organisations=organisations,
        current=current,
        page=page,
        said=visitor.take_said(),
    )


def refresh() -> AnyResponse:
    """Exchange the refresh token for a new pair."""
    _check_form()
    _connector().refresh(g.visitor)
    g.visitor.said = "The token was refreshed: the old refresh token is spent."
    return redirect(url_for("show_invoices"), code=303)


def disconnect() -> AnyResponse:
    """Give the tokens back and forget them."""
    _check_form()
    _connector().end(g.visitor)
    g.visitor.said = "Disconnected. The tokens were given back, and we kept nothing."
    return redirect(url_for("welcome"), code=303)


def explain(trouble: Trouble) -> tuple[str, int]:
    """Say what went wrong, and what to do next."""
    return render_template(
        "trouble.html", trouble=trouble, is_taken_back=isinstance(trouble, TakenBack)
    ), trouble.status


def shortened(secret: str) -> str:
    """The beginning of a token: enough to see that it changed, too little to use."""
    return f"{secret[:SHOWN_CHARACTERS]}…"


def _check_form() -> None:
    # Pages of other programs on this machine are of the same site, whatever their port, so the
    # cookie's SameSite is not enough.
    if not hmac.compare_digest(request.form.get("form_token", ""), g.visitor.form_token):
        raise Trouble("Please try again", "This page was open for too long; go back and reload it.")


def _connector() -> Connector:
    connector: Connector = current_app.extensions["ledgerline"]
    return connector


ROUTES: Final = (
    ("/", welcome, "GET"),
    ("/connect", connect, "GET"),
    ("/callback", callback, "GET"),
    ("/invoices", show_invoices, "GET"),
    ("/refresh", refresh, "POST"),
    ("/disconnect", disconnect, "POST"),
)
