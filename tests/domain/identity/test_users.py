"""Adding people."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.audit.tables import AuditEvent
from app.domain.identity.find import user_by_email, user_of
from app.domain.identity.passwords import is_right
from app.domain.identity.tables import User
from app.domain.identity.users import EmailTaken, add_user, email_faults
from app.kernel.errors import Invalid

GOOD = {"email": "Ada@Example.com", "name": "Ada Lovelace", "password": "analytical engine"}


def test_a_person_is_found_by_address_however_it_is_cased(session: Session) -> None:
    added = add_user(session, **GOOD, verified=True)

    assert added == user_by_email(session, "ADA@example.COM ")
    assert added == user_of(session, added.id)
    assert added.email == "Ada@Example.com"
    assert added.is_verified


def test_an_unverified_person_is_known_as_such(session: Session) -> None:
    assert not add_user(session, **GOOD, verified=False).is_verified


def test_the_password_is_stored_as_argon2id_alone(session: Session) -> None:
    added = add_user(session, **GOOD, verified=True)

    row = session.get_one(User, added.id)
    assert row.password_hash.startswith("$argon2id$")
    assert is_right(GOOD["password"], hashed=row.password_hash)
    facts = session.scalars(select(AuditEvent.facts).where(AuditEvent.action == "user.added")).one()
    assert GOOD["password"] not in facts


def test_an_address_is_taken_once(session: Session) -> None:
    add_user(session, **GOOD, verified=True)

    with pytest.raises(EmailTaken) as refused:
        add_user(session, **GOOD | {"email": "ada@example.com"}, verified=True)

    assert [fault.pointer for fault in refused.value.faults] == ["/email"]


def test_every_fault_is_told_at_once_and_nothing_is_written(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        add_user(session, email="nobody", name="<b>\x07", password="short", verified=True)

    assert [fault.pointer for fault in refused.value.faults] == ["/email", "/name", "/password"]
    assert session.scalars(select(User)).all() == []


def test_names_are_kept_in_one_form(session: Session) -> None:
    added = add_user(session, **GOOD | {"name": "  Zoe\u0308   Müller "}, verified=True)

    assert added.name == "Zoë Müller"


def test_names_keep_the_joiners_that_their_spelling_needs(session: Session) -> None:
    added = add_user(session, **GOOD | {"name": "\u0915\u094d\u200d\u0937"}, verified=True)

    assert added.name == "\u0915\u094d\u200d\u0937"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@localhost",
        "@example.com",
        "ada@@example.com",
        "ada@exa mple.com",
        "ada@example..com",
        "ada@-example.com",
        ".ada@example.com",
        "ada.@example.com",
        "ada@example.com\n",
        "ada\u0000@example.com",
        "ädä@example.com",
        "a" * 65 + "@example.com",
        "ada@" + "a." * 130 + "com",
        '"ada"@example.com',
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    assert [fault.pointer for fault in email_faults(email)] == ["/email"]


@pytest.mark.parametrize(
    "email",
    ["a@b.example", "ada+books@example.co.uk", "o'brien@example.com", "a" * 64 + "@example.com"],
)
def test_what_is_an_address_is_accepted(email: str) -> None:
    assert email_faults(email) == []
