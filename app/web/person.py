"""Who is looking at the page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import quote

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from app.domain.identity.sessions import find
from app.kernel.clock import epoch_s
from app.storage.db import db
from app.storage.transaction import perform
from app.web.cookies import SIGNED_IN, cookie_name
from app.web.next_page import START
from app.web.pages import see_other
from app.web.surroundings import surroundings

Arguments = ParamSpec("Arguments")


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who is signed in."""

    user_id: str
    name: str
    email: str
    session_id: str


def presented_secret() -> str | None:
    """The secret of the sign-in cookie that came with this request."""
    return request.cookies.get(cookie_name(SIGNED_IN, policy=surroundings().policy))


def current_person(session: Session) -> Person | None:
    """Who is signed in with this request's cookie; None once it expired or was signed out."""
    secret = presented_secret()
    if secret is None:
        return None
    found = find(session, secret=secret, now_s=epoch_s())
    if found is None:
        return None
    return Person(found.user_id, found.name, found.email, found.session_id)


def onlooker() -> Person | None:
    """Who is looking, in a reading transaction of its own; pages name them in their header."""
    if presented_secret() is None:
        return None
    return perform(db.engine, current_person, writes=False)


def sign_in_address() -> str:
    """The sign-in page that leads back to the page asked for, where that page can be opened."""
    allowed = current_app.url_map.bind("").allowed_methods(request.path)
    back = request.full_path.rstrip("?") if "GET" in allowed else START
    return f"/sign-in?next={quote(back, safe='/')}"


def signed_in_only(
    view: Callable[Concatenate[Person, Arguments], Response],
) -> Callable[Arguments, Response]:
    """Give the view the person who is signed in; send everyone else to sign in first."""

    @wraps(view)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Response:
        person = onlooker()
        if person is None:
            return see_other(sign_in_address())
        return view(person, *args, **kwargs)

    return guarded
