"""The front page, and the way to the demo app."""

from flask import Blueprint, Response, abort

from app.web.door import guarded
from app.web.pages import page, see_other
from app.web.person import onlooker
from app.web.surroundings import surroundings

blueprint = guarded(Blueprint("home", __name__))


@blueprint.get("/")
def show() -> Response:
    """What this is, in plain words, and where to go from here."""
    has_demo = surroundings().policy.demo_url is not None
    return page("home.html", person=onlooker(), has_demo=has_demo)


@blueprint.get("/demo")
def demo() -> Response:
    """On to the demo app, which lives in a process and at an address of its own."""
    address = surroundings().policy.demo_url
    if address is None:
        abort(404)
    return see_other(address)
