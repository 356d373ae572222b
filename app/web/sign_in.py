"""The pages to sign in and to sign out."""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, flash, request

from app.domain.identity.authenticate import (
    AccountSuspended,
    Attempt,
    WrongCredentials,
    compare,
    enter,
    look_up,
)
from app.domain.identity.sessions import BegunSession, end
from app.kernel.clock import epoch_s
from app.kernel.networks import subscriber_of
from app.storage.db import db
from app.storage.transaction import perform
from app.web.cookies import SIGNED_IN, drop, put
from app.web.devices import device_for, remember_device
from app.web.door import guarded
from app.web.forms import renew_forms
from app.web.guesses import spend_guess, subjects_of_guess, wait_before_guess_s
from app.web.next_page import local_path
from app.web.pages import page, see_other
from app.web.person import onlooker, presented_secret
from app.web.surroundings import surroundings
from app.web.words import duration

WRONG: Final = "That e-mail address and password do not match. Check both and try again."
EMPTY: Final = "Fill in both your e-mail address and your password."
SUSPENDED: Final = "This account is suspended. Ask whoever runs this service why."

blueprint = guarded(Blueprint("sign_in", __name__))


@dataclass(frozen=True, slots=True)
class Entry:
    """What the form held: the address typed, the password, and where to go next."""

    email: str
    password: str
    next_path: str


@blueprint.get("/sign-in")
def show() -> Response:
    """The form; someone who is signed in already may go on, or sign in as another person."""
    return _form(next_path=local_path(request.args.get("next")))


@blueprint.post("/sign-in")
def sign_in() -> Response:
    """Compare the password, begin a session under a fresh secret, and go on."""
    entry = Entry(
        email=request.form.get("email", ""),
        password=request.form.get("password", ""),
        next_path=local_path(request.form.get("next")),
    )
    if not entry.email.strip() or not entry.password:
        return _form(422, next_path=entry.next_path, email=entry.email, fault=EMPTY)
    where = surroundings()
    known = perform(db.engine, lambda session: look_up(session, email=entry.email), writes=False)
    subjects = subjects_of_guess(
        where.plans,
        email_key=known.email_key,
        address=request.remote_addr or "",
        device=device_for(known.user_id),
    )
    wait_s = wait_before_guess_s(where.limiter, subjects)
    if wait_s:
        return _told_to_wait(entry, wait_s=wait_s)
    try:
        begun = _enter(compare(known, password=entry.password))
    except WrongCredentials:
        spend_guess(where.limiter, subjects)
        return _form(422, next_path=entry.next_path, email=entry.email, fault=WRONG)
    except AccountSuspended:
        return _form(403, next_path=entry.next_path, email=entry.email, fault=SUSPENDED)
    return _signed_in(begun, user_id=str(known.user_id), next_path=entry.next_path)


@blueprint.get("/sign-out")
def ask_to_sign_out() -> Response:
    """A button: looking at a page changes nothing."""
    return page("sign_out.html", person=onlooker())


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this browser's session; apps that were connected stay connected."""
    secret = presented_secret()
    if secret is not None:
        perform(db.engine, lambda session: end(session, secret=secret))
    renew_forms()
    flash("You are signed out.")
    response = see_other("/sign-in")
    drop(response, SIGNED_IN, policy=surroundings().policy)
    return response


def _enter(attempt: Attempt) -> BegunSession:
    return perform(
        db.engine,
        lambda session: enter(
            session,
            attempt,
            replaces=presented_secret(),
            address=subscriber_of(request.remote_addr or ""),
            user_agent=request.headers.get("User-Agent", ""),
            lifetime_s=surroundings().policy.sign_in_lifetime_s,
            now_s=epoch_s(),
        ),
    )


def _signed_in(begun: BegunSession, *, user_id: str, next_path: str) -> Response:
    policy = surroundings().policy
    renew_forms()
    response = see_other(next_path)
    put(response, SIGNED_IN, begun.secret, lifetime_s=policy.sign_in_lifetime_s, policy=policy)
    remember_device(response, user_id=user_id)
    return response


def _told_to_wait(entry: Entry, *, wait_s: int) -> Response:
    fault = (
        f"Too many wrong passwords were tried. Wait {duration(wait_s)}, then try again. "
        "Nothing is locked: a browser you have signed in with before is not affected by others."
    )
    response = _form(429, next_path=entry.next_path, email=entry.email, fault=fault)
    response.headers["Retry-After"] = str(wait_s)
    return response


def _form(
    status: int = 200, *, next_path: str, email: str = "", fault: str | None = None
) -> Response:
    return page(
        "sign_in.html",
        status,
        person=onlooker(),
        next_path=next_path,
        email=email,
        fault=fault,
    )
