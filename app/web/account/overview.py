"""The account's front page: who one is here, and in which organisations."""

from flask import Blueprint, Response

from app.domain.identity.find import organisations_of
from app.storage.db import db
from app.storage.transaction import perform
from app.web.door import guarded
from app.web.pages import page
from app.web.person import Person, signed_in_only

blueprint = guarded(Blueprint("account", __name__))


@blueprint.get("/account/")
@signed_in_only
def show(person: Person) -> Response:
    """Profile, organisations and roles."""
    belongings = perform(
        db.engine,
        lambda session: organisations_of(session, person.user_id),
        writes=False,
    )
    return page("account/overview.html", person=person, belongings=belongings)
