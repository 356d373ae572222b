"""Make a page from a template, and the page that says what went wrong."""

from flask import Response, g, make_response, render_template

from app.web.headers import dress
from app.web.surroundings import surroundings


def own_request_id() -> str:
    """The id of this request, given at the edge: what a person quotes when asking for help."""
    return str(g.get("request_id", ""))


def page(template: str, status: int = 200, **facts: object) -> Response:
    """A page, with the headers that every page carries."""
    return finish(make_response(render_template(template, **facts), status))


def finish(response: Response) -> Response:
    """Give a response of the pages its headers; those that it has already stay."""
    dress(response, is_secure=surroundings().policy.secure_cookies)
    return response


def see_other(location: str) -> Response:
    """Send the browser on with GET (RFC 9110 §15.4.4), whatever it came with."""
    return Response("", 303, {"Location": location})


def error_page(
    status: int,
    title: str,
    message: str,
    *,
    hint: str | None = None,
    request_id: str | None = None,
    details: tuple[tuple[str, str], ...] = (),
    again: str | None = None,
) -> Response:
    """The page for whatever went wrong: `title` and `message` for the person reading it.

    `hint` says what to do now and `again` is a local path to try it at. `details` are names and
    values for the developer of an app, folded away, such as `error` and `error_description`
    (RFC 6749 §4.1.2.1).
    """
    return page(
        "error.html",
        status,
        title=title,
        message=message,
        hint=hint,
        details=details,
        again=again,
        request_id=request_id or own_request_id(),
    )
