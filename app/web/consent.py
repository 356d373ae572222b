"""The page on which a person decides what an app may see and do."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from app.kernel.clock import epoch_s
from app.kernel.errors import Fault
from app.oauth.authorize import consent
from app.oauth.authorize.choices import Permission
from app.oauth.authorize.consent import (
    ConsentPage,
    ConsentRequestExpired,
    ConsentRequestInvalid,
    Destination,
    NothingChosen,
)
from app.oauth.authorize.sealed import open_request
from app.storage.db import db
from app.storage.transaction import perform
from app.web.door import guarded
from app.web.headers import content_security, origin_for_policy
from app.web.pages import error_page, page, see_other
from app.web.person import Person, signed_in_only
from app.web.surroundings import surroundings

# How the permissions are grouped: heading, icon, and the kinds of access that belong there.
GROUPS: Final = (
    ("It will be able to see", "read"),
    ("It will be able to change", "write"),
)
OTHERWISE: Final = ("It will also", "other")
# A link to one of these would run in our page instead of leaving it.
SCHEMES_NEVER_LINKED: Final = ("javascript:", "data:", "vbscript:", "blob:", "file:")

blueprint = guarded(Blueprint("consent", __name__))


@dataclass(frozen=True, slots=True)
class Choice:
    """What is ticked on the page."""

    organisations: frozenset[str]
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class PermissionGroup:
    """Permissions of one sort, under the heading that they share."""

    heading: str
    icon: str
    permissions: tuple[Permission, ...]


@blueprint.get("/consent")
@signed_in_only
def show(person: Person) -> Response:
    """The page as it opens: optional permissions ticked, and an organisation if it is the only."""
    sealed = request.args.get("request", "")
    try:
        told = _told(sealed, person)
    except ConsentRequestInvalid as error:
        return _invalid(error.message)
    except ConsentRequestExpired as error:
        return _expired(error.message)
    return _page(told, person, choice=_first_choice(told))


@blueprint.post("/consent")
@signed_in_only
def decide(person: Person) -> Response:
    """Take the decision and go back to the app with the answer."""
    sealed = request.form.get("request", "")
    choice = Choice(
        frozenset(request.form.getlist("organisation")), frozenset(request.form.getlist("scope"))
    )
    decision = request.form.get("decision")
    if decision not in ("allow", "deny"):
        return _invalid("Neither Allow nor Deny was chosen.")
    try:
        destination = _decided(sealed, person, choice=choice, allowed=decision == "allow")
        return _leave(destination, sealed=sealed, person=person)
    except ConsentRequestInvalid as error:
        return _invalid(error.message)
    except ConsentRequestExpired as error:
        return _expired(error.message)
    except NothingChosen as error:
        return _page(_told(sealed, person), person, choice=choice, faults=error.faults)


def _told(sealed: str, person: Person) -> ConsentPage:
    return perform(
        db.engine,
        lambda session: consent.page(
            session,
            sealed,
            user_id=person.user_id,
            policy=surroundings().oauth,
            now_s=epoch_s(),
        ),
        writes=False,
    )


def _decided(sealed: str, person: Person, *, choice: Choice, allowed: bool) -> Destination:
    return perform(
        db.engine,
        lambda session: consent.decide(
            session,
            sealed,
            user_id=person.user_id,
            organisations=tuple(sorted(choice.organisations)),
            scopes=tuple(sorted(choice.scopes)),
            allowed=allowed,
            policy=surroundings().oauth,
            now_s=epoch_s(),
        ),
    )


def _page(
    told: ConsentPage, person: Person, *, choice: Choice, faults: tuple[Fault, ...] = ()
) -> Response:
    response = page(
        "consent.html",
        422 if faults else 200,
        person=person,
        told=told,
        groups=_groups(told),
        choice=choice,
        faults=faults,
        fault_of={fault.field: fault.detail for fault in faults},
        switch_address=_switch_address(told.request),
    )
    response.headers["Content-Security-Policy"] = content_security(form_target=told.redirect_origin)
    return response


def _first_choice(told: ConsentPage) -> Choice:
    eligible = [each.id for each in told.organisations if each.is_allowed]
    return Choice(
        organisations=frozenset(eligible if len(eligible) == 1 else ()),
        scopes=frozenset(permission.scope for permission in told.permissions),
    )


def _groups(told: ConsentPage) -> tuple[PermissionGroup, ...]:
    named = {access for _, access in GROUPS}
    groups = [
        PermissionGroup(
            heading, access, tuple(each for each in told.permissions if each.access == access)
        )
        for heading, access in GROUPS
    ]
    rest = tuple(each for each in told.permissions if each.access not in named)
    groups.append(PermissionGroup(*OTHERWISE, rest))
    return tuple(group for group in groups if group.permissions)


def _switch_address(sealed: str) -> str | None:
    """The way to sign in as someone else and be asked afresh: a request is sealed for one person.

    None where the request cannot be read.
    """
    asked = open_request(surroundings().oauth.consent_key, sealed)
    if asked is None:
        return None
    parameters = {
        "response_type": "code",
        "client_id": asked.client_id,
        "redirect_uri": asked.redirect_uri,
        "scope": " ".join(asked.scope),
        "code_challenge": asked.code_challenge,
        "code_challenge_method": "S256",
    }
    if asked.state is not None:
        parameters["state"] = asked.state
    return "/sign-in?next=" + quote(f"/oauth/authorize?{urlencode(parameters)}", safe="")


def _leave(destination: Destination, *, sealed: str, person: Person) -> Response:
    """Back to the app: by redirect where the page's policy could name its origin, else by a link.

    Browsers give no way to let a form end at an app's own scheme or at an IPv6 address.
    """
    if destination.uri.lower().startswith(SCHEMES_NEVER_LINKED):
        return _invalid("The app's address cannot be opened from here.")
    if destination.needs_link or origin_for_policy(destination.uri) is None:
        app = _name_of(sealed, person)
        return page("consent_done.html", person=person, app=app, uri=destination.uri)
    return see_other(destination.uri)


def _name_of(sealed: str, person: Person) -> str:
    try:
        return _told(sealed, person).client_name
    except ConsentRequestExpired:
        return "the app"


def _invalid(message: str) -> Response:
    return error_page(
        400,
        "This request cannot be used",
        message,
        hint="Nothing was shared. Go back to the app and connect once more.",
    )


def _expired(message: str) -> Response:
    return error_page(
        400,
        "This request has expired",
        message,
        hint="Nothing was shared. For your safety a request is open for a few minutes only.",
    )
