"""The form by which a partner registers an app, and the page that shows its secret once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from flask import Blueprint, Response, request

from app.domain.clients.logos import LOGO_BYTES_MAX, LogoRefused, redrawn
from app.domain.clients.register import RegistrationRefused, register
from app.domain.clients.registration import Registration
from app.domain.clients.scopes import SCOPES
from app.kernel.errors import Fault
from app.storage.db import db
from app.storage.transaction import perform
from app.web.door import guarded
from app.web.forms import renew_forms
from app.web.pages import page
from app.web.person import Person, signed_in_only
from app.web.surroundings import surroundings

FIELDS_BYTES_MAX: Final = 65_536
FIELDS: Final = (
    "company_name",
    "name",
    "website",
    "logo",
    "redirect_uris",
    "type",
    "auth_method",
    "scope",
    "optional_scope",
)

blueprint = Blueprint("portal_new_app", __name__)


@blueprint.before_request
def make_room_for_logo() -> None:
    """A logo may be as large as a whole request elsewhere, and the other fields come on top."""
    request.max_content_length = LOGO_BYTES_MAX + FIELDS_BYTES_MAX


guarded(blueprint)


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing wrong with one field; `value` is the line it is about, in a field of lines."""

    field: str
    detail: str
    value: str | None


@blueprint.get("/portal/apps/new")
@signed_in_only
def show(person: Person) -> Response:
    """The empty form."""
    return _form(person, Registration(name="", company_name=""))


@blueprint.post("/portal/apps/new")
@signed_in_only
def create(person: Person) -> Response:
    """Register the app; its secret is in this answer alone, never kept and never in an address."""
    told = _registration()
    try:
        ready = _with_drawn_logo(told)
        made = perform(
            db.engine,
            lambda session: register(
                session,
                registration=ready,
                owner_id=person.user_id,
                development=surroundings().policy.development,
            ),
        )
    except (RegistrationRefused, LogoRefused) as refused:
        return _form(person, told, faults=tuple(_field_faults(refused.faults, told)))
    # The form just sent is stale from here on: sending it again would register a second app.
    renew_forms()
    return page("portal/registered.html", 201, person=person, app_name=told.name, made=made)


def _with_drawn_logo(told: Registration) -> Registration:
    # A large picture takes a second to draw: before the transaction, for it holds the writer.
    return told if told.logo is None else replace(told, logo=redrawn(told.logo).png)


def _registration() -> Registration:
    upload = request.files.get("logo")
    is_public = request.form.get("type") == "public"
    return Registration(
        name=request.form.get("name", ""),
        company_name=request.form.get("company_name", ""),
        website=request.form.get("website", "").strip() or None,
        logo=upload.read() if upload and upload.filename else None,
        redirect_uris=tuple(
            line.strip()
            for line in request.form.get("redirect_uris", "").splitlines()
            if line.strip()
        ),
        type=request.form.get("type", ""),
        auth_method="none" if is_public else request.form.get("auth_method", ""),
        scope=tuple(request.form.getlist("scope")),
        optional_scope=tuple(request.form.getlist("optional_scope")),
    )


def _form(person: Person, told: Registration, *, faults: tuple[FieldFault, ...] = ()) -> Response:
    by_field = {field: [fault for fault in faults if fault.field == field] for field in FIELDS}
    return page(
        "portal/new_app.html",
        422 if faults else 200,
        person=person,
        told=replace(told, logo=None),
        scopes=SCOPES,
        faults=faults,
        by_field=by_field,
    )


def _field_faults(faults: Iterable[Fault], told: Registration) -> Iterable[FieldFault]:
    """Faults by the field they stand at; those of a redirect URI name the URI."""
    for fault in faults:
        _, field, *rest = [*(fault.pointer or "/name").split("/"), ""][:3]
        place = rest[0] if rest else ""
        is_line = field == "redirect_uris" and place.isdigit()
        value = told.redirect_uris[int(place)] if is_line else None
        yield FieldFault(field if field in FIELDS else "name", fault.detail, value)
