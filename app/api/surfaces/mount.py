"""Every surface put at its address, and every address under it answered in its own words."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from flask import Flask, Response, current_app, request
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.api.surfaces import refusals
from app.api.surfaces.acts import collection_acts, element_acts, query_acts, view_acts
from app.api.surfaces.answers import Answer
from app.api.surfaces.feed import feed_acts
from app.api.surfaces.surface import Surface
from app.api.surfaces.visit import Act, Door, Visit, receive, refusal
from app.gateway.pipeline import spend_address
from app.kernel.errors import CountinghouseError

Acts = Mapping[str, Act]

# Whatever else lies under a surface's path.
_NOTHING: Final = {"root": "", "slash": "/", "elsewhere": "/<path:item>"}
_ORDER: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def mount_surface(flask: Flask, door: Door) -> None:
    """Mount one surface. What it does not serve under its path it refuses itself."""
    surface = door.surface
    for view in surface.views:
        _serve(flask, door, f"/{view.name}", view.name, view_acts(view))
    for feed in surface.feeds:
        _serve(flask, door, f"/{feed.name}", feed.name, feed_acts(feed))
    for resource in surface.resources:
        path = f"/{resource.name}"
        _serve(flask, door, path, resource.name, collection_acts(resource))
        _serve(flask, door, f"{path}/query", f"{resource.name}.query", query_acts(resource))
        _serve(flask, door, f"{path}/<item>", f"{resource.name}.one", element_acts(resource))
    for name, path in _NOTHING.items():
        _serve(flask, door, path, name, {})


def routes(surface: Surface) -> frozenset[str]:
    """The endpoints of a surface, as the URL map names them."""
    names = [view.name for view in surface.views] + [feed.name for feed in surface.feeds]
    parts = ("", ".query", ".one")
    names += [f"{resource.name}{part}" for resource in surface.resources for part in parts]
    return frozenset(f"{surface.name}.{name}" for name in (*names, *_NOTHING))


def _serve(flask: Flask, door: Door, path: str, name: str, acts: Acts) -> None:
    endpoint = f"{door.surface.name}.{name}"
    allowed = _allowed(acts)

    def answer(item: str | None = None) -> Response:
        try:
            if request.method == "OPTIONS" and acts:
                return _options(door, allowed)
            return receive(door, _act(acts, request.method, allowed), request, item=item)
        except Exception:  # the edge of the process: the client is told, and so is our own log
            current_app.logger.exception("a request to %s failed", endpoint)
            broken = refusals.Broken("Something of ours failed; it has been noted.")
            return refusal(door, broken).response(())

    flask.view_functions[endpoint] = answer
    # A rule without methods answers to all of them, known or not: each is refused by an act.
    flask.url_map.add(Rule(f"{door.surface.base_path}{path}", endpoint=endpoint, methods=None))


def _act(acts: Acts, method: str, allowed: str) -> Act:
    found = acts.get("GET" if method == "HEAD" else method)
    if found is not None:
        return found
    if not acts:
        return _refusing(refusals.NoSuchAddress("Nothing is served at this address."))
    return _refusing(refusals.MethodNotAllowed(method, allowed=allowed))


def _refusing(error: CountinghouseError) -> Act:
    """What is not served is refused after admission: strangers learn no addresses."""
    return Act(run=partial(_raise, error), needs_organisation=False)


def _raise(error: CountinghouseError, _session: Session, _visit: Visit) -> Answer:
    raise error


def _options(door: Door, allowed: str) -> Response:
    """What this address answers to; that is no secret, but it costs the asking address."""
    try:
        headers = spend_address(request.remote_addr or "", gateway=door.gateway)
    except CountinghouseError as error:
        return refusal(door, error).response(())
    return Answer(204, headers=(("Allow", allowed),)).response(headers)


def _allowed(acts: Acts) -> str:
    methods = {*acts, "OPTIONS"} | ({"HEAD"} if "GET" in acts else set())
    return ", ".join(method for method in _ORDER if method in methods)
