"""One request to a surface: taken through the gateway, then performed, then answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Request, Response, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.api.policy import ApiPolicy
from app.api.surfaces.answers import Answer, Headers
from app.api.surfaces.bodies import read_body
from app.api.surfaces.conditions import UNCONDITIONAL, Conditions, read_conditions
from app.api.surfaces.kept import Kept
from app.api.surfaces.queries import names_of
from app.api.surfaces.refusals import NotAcceptable
from app.api.surfaces.surface import Surface
from app.api.surfaces.tags import Tags
from app.domain.audit.actor import Actor
from app.gateway.call import Admission, Call, GrantedOrganisation
from app.gateway.gateway import Gateway
from app.gateway.pipeline import admit, confirm
from app.kernel.errors import CountinghouseError
from app.storage.transaction import perform

# Caches of the caller's own may keep an answer and must ask whether it still holds; the same
# address answers differently to each credential and for each organisation (RFC 9111 §4.1).
FRESHNESS: Final[Headers] = (
    ("Cache-Control", "private, no-cache"),
    ("Vary", "Authorization, Organisation"),
)
# Answers are JSON. A browser that asks for a page is shown it too; other wishes cannot be met.
ACCEPTED: Final = ("json", "*/*", "application/*", "text/html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A surface as it is mounted, with what it stands on."""

    surface: Surface
    engine: Engine
    gateway: Gateway
    policy: ApiPolicy
    kept: Kept
    tags: Tags


@dataclass(frozen=True, slots=True)
class Visit:
    """A call that was admitted: what was asked, by whom, with which body."""

    door: Door
    query: bytes
    item: str | None
    admission: Admission
    conditions: Conditions = UNCONDITIONAL
    body: Any = None

    @property
    def organisation(self) -> GrantedOrganisation:
        """The organisation that the call is about."""
        found = self.admission.organisation
        assert found is not None
        return found

    @property
    def actor(self) -> Actor:
        """Who it is to whoever asks later."""
        caller = self.admission.caller
        return Actor(user=caller.user_id, client=caller.client_id, grant=caller.grant_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What one method does at one address. Without `scope` any live credential will do."""

    run: Callable[[Session, Visit], Answer]
    scope: str | None = None
    needs_organisation: bool = True
    writes: bool = False
    takes_body: bool = False


def receive(door: Door, act: Act, request: Request, *, item: str | None = None) -> Response:
    """Answer a request. Whatever is refused on the way is told in the surface's own words."""
    headers: Headers = ()
    try:
        if act.writes or act.takes_body:
            # Admission and body come before the transaction that answers: a slow or refused
            # stranger must never keep others waiting for the one writer of SQLite, or for a
            # connection of PostgreSQL.
            call = _call(request, act)
            admission = perform(
                door.engine,
                lambda session: admit(session, call, gateway=door.gateway),
                writes=False,
            )
            headers = admission.headers
            conditions = _conditions(request)
            body = read_body(request) if act.takes_body else None

            def perform_act(session: Session) -> Answer:
                again = confirm(session, call, gateway=door.gateway)
                return act.run(
                    session, Visit(door, request.query_string, item, again, conditions, body)
                )

            answer = perform(door.engine, perform_act, writes=act.writes)
        else:

            def look(session: Session) -> Answer:
                nonlocal headers
                admission = admit(session, _call(request, act), gateway=door.gateway)
                headers = admission.headers
                conditions = _conditions(request)
                return act.run(
                    session, Visit(door, request.query_string, item, admission, conditions)
                )

            answer = perform(door.engine, look, writes=False)
    except CountinghouseError as error:
        answer = refusal(door, error)
        own = {name for name, _ in answer.headers}
        headers = tuple([header for header in headers if header[0] not in own])
    return answer.response((*headers, *FRESHNESS))


def refusal(door: Door, error: CountinghouseError) -> Answer:
    """What a refused request is answered with."""
    issuer = door.policy.issuer
    return door.surface.problem(error, issuer=issuer, request_id=g.request_id)


def _conditions(request: Request) -> Conditions:
    """The conditions of a request whose answer its caller can read. Raises NotAcceptable."""
    accept = request.environ.get("HTTP_ACCEPT")
    if accept and not any(word in accept.lower() for word in ACCEPTED):
        raise NotAcceptable("Answers are JSON; leave Accept out, or let it name application/json.")
    return read_conditions(request.environ)


def _call(request: Request, act: Act) -> Call:
    given = request.environ
    authorization = given.get("HTTP_AUTHORIZATION")
    organisation = given.get("HTTP_ORGANISATION")
    return Call(
        method=given["REQUEST_METHOD"],
        path=given["PATH_INFO"],
        authorization=() if authorization is None else (authorization,),
        # Repeated headers arrive joined by commas; no id of ours has one.
        organisation=() if organisation is None else tuple(map(str.strip, organisation.split(","))),
        address=given.get("REMOTE_ADDR", ""),
        query_names=names_of(request.query_string),
        needs_scope=act.scope,
        needs_organisation=act.needs_organisation,
    )
