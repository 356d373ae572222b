"""Every refusal as a page in plain words: our own facts by kind, and Flask's by status."""

from typing import Final

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from app.api.surfaces.problems import STATUSES
from app.kernel.errors import CountinghouseError
from app.web.pages import error_page

RETRY_AFTER_S: Final = 5

# Status: title, message, what to do now.
WORDS: Final[dict[int, tuple[str, str, str | None]]] = {
    400: (
        "We could not read that",
        "What your browser sent is not something this page understands.",
        "Go back, reload the page and try once more.",
    ),
    401: ("Please sign in", "This page is for someone who is signed in.", None),
    403: (
        "This is not yours to open",
        "You are signed in, but this belongs to someone else or needs another role.",
        "Ask whoever owns it, or sign in as another person.",
    ),
    404: (
        "There is no such page",
        "Nothing is kept at this address. It may have moved, or been mistyped.",
        "Check the address, or begin from the home page.",
    ),
    405: (
        "This address works differently",
        "The page exists, but not for what your browser tried to do with it.",
        "Begin from the home page.",
    ),
    409: (
        "Someone else was quicker",
        "The same thing was changed at the same moment, so nothing was changed here.",
        "Look at it again, then repeat what you wanted to do.",
    ),
    413: (
        "That is too large",
        "What you sent is larger than we accept. A logo may be up to 1 MiB.",
        "Go back and choose a smaller file.",
    ),
    422: ("That cannot be done", "What you asked for is not possible as it stands.", None),
    429: (
        "Too much at once",
        "There were more requests than we answer in so short a time.",
        "Wait a little, then try again.",
    ),
    500: (
        "Something broke on our side",
        "This is our fault, not yours. Nothing was changed, and we keep a record of what happened.",
        "Try again in a moment. If it persists, quote the request number below.",
    ),
    503: (
        "We are busy just now",
        "The service cannot answer at the moment. Nothing was changed.",
        "Try again in a few seconds.",
    ),
}


def mount_errors(flask: Flask) -> None:
    """Answer every error that no other door answers in a shape of its own."""
    flask.register_error_handler(CountinghouseError, answer_refusal)
    flask.register_error_handler(HTTPException, answer_http)


def answer_refusal(error: CountinghouseError) -> Response:
    """One of our own refusals: its message is written for the person who reads it."""
    status = STATUSES[error.kind]
    title, _, hint = WORDS[status]
    response = error_page(status, title, error.message, hint=hint, again=_again(status))
    if status in (429, 503):
        response.headers["Retry-After"] = str(error.facts.get("retry_after_s", RETRY_AFTER_S))
    return response


def answer_http(error: HTTPException) -> Response:
    """A refusal of Flask's, or the 500 that stands for an exception nobody expected."""
    status = error.code or 500
    title, message, hint = WORDS.get(status, WORDS[400] if status < 500 else WORDS[500])
    response = error_page(status, title, message, hint=hint, again=_again(status))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _again(status: int) -> str | None:
    """Where a form came from, so that one click brings it back; nothing for other requests."""
    if request.method != "POST" or status not in (400, 409, 413, 503):
        return None
    allowed = current_app.url_map.bind("").allowed_methods(request.path)
    return request.full_path.rstrip("?") if "GET" in allowed else None
