"""Roles given, changed and taken away."""

import threading
from itertools import count

import pytest
from sqlalchemy.orm import Session

from app.domain.identity.find import organisations_of, role_of
from app.domain.identity.memberships import (
    AlreadyMember,
    LastOwner,
    NotMember,
    add_member,
    change_role,
    remove_member,
)
from app.domain.identity.organisations import add_organisation
from app.domain.identity.users import add_user
from app.kernel.errors import CountinghouseError, Invalid
from app.storage.transaction import perform, transaction
from tests.factories.database import lent_engine

_numbers = count(1)


def person(session: Session) -> str:
    email = f"person{next(_numbers)}@example.com"
    return add_user(session, email=email, name="Someone", password="long enough", verified=True).id


def business(session: Session, name: str = "Wattle & Co") -> str:
    return add_organisation(
        session, name=name, country="AU", currency="AUD", timezone="Australia/Sydney"
    ).id


def test_a_person_belongs_to_several_organisations_in_their_roles(session: Session) -> None:
    user, first, second = person(session), business(session, "Beta"), business(session, "Alpha")

    add_member(session, user_id=user, organisation_id=first, role="owner")
    add_member(session, user_id=user, organisation_id=second, role="readonly")

    found = [(at.organisation.id, at.role) for at in organisations_of(session, user)]
    assert found == [(second, "readonly"), (first, "owner")]


def test_a_changed_role_holds_at_once(session: Session) -> None:
    user, where = person(session), business(session)
    add_member(session, user_id=user, organisation_id=where, role="member")

    change_role(session, user_id=user, organisation_id=where, role="accountant")

    assert role_of(session, user_id=user, organisation_id=where) == "accountant"


def test_a_removed_member_has_no_role(session: Session) -> None:
    user, where = person(session), business(session)
    add_member(session, user_id=user, organisation_id=where, role="member")

    remove_member(session, user_id=user, organisation_id=where)

    assert role_of(session, user_id=user, organisation_id=where) is None
    assert organisations_of(session, user) == ()


def test_nobody_joins_twice(session: Session) -> None:
    user, where = person(session), business(session)
    add_member(session, user_id=user, organisation_id=where, role="member")

    with pytest.raises(AlreadyMember):
        add_member(session, user_id=user, organisation_id=where, role="owner")


def test_every_fault_of_a_membership_is_told_at_once(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        add_member(session, user_id="usr_x", organisation_id="org_x", role="king")

    assert [fault.pointer for fault in refused.value.faults] == [
        "/role",
        "/user_id",
        "/organisation_id",
    ]


def test_the_last_owner_stays(session: Session) -> None:
    user, where = person(session), business(session)
    add_member(session, user_id=user, organisation_id=where, role="owner")

    with pytest.raises(LastOwner):
        remove_member(session, user_id=user, organisation_id=where)
    with pytest.raises(LastOwner):
        change_role(session, user_id=user, organisation_id=where, role="admin")

    assert role_of(session, user_id=user, organisation_id=where) == "owner"


def test_an_owner_may_leave_once_there_is_another(session: Session) -> None:
    first, second, where = person(session), person(session), business(session)
    add_member(session, user_id=first, organisation_id=where, role="owner")
    add_member(session, user_id=second, organisation_id=where, role="owner")

    remove_member(session, user_id=first, organisation_id=where)

    assert role_of(session, user_id=second, organisation_id=where) == "owner"


def test_who_does_not_belong_cannot_be_changed_or_removed(session: Session) -> None:
    user, where = person(session), business(session)

    with pytest.raises(NotMember):
        change_role(session, user_id=user, organisation_id=where, role="admin")
    with pytest.raises(NotMember):
        remove_member(session, user_id=user, organisation_id=where)


def test_two_owners_who_leave_at_once_do_not_both_succeed(database_url: str) -> None:
    with lent_engine(database_url) as engine:
        with transaction(engine) as session:
            owners, where = [person(session), person(session)], business(session)
            for owner in owners:
                add_member(session, user_id=owner, organisation_id=where, role="owner")
        together, refused = threading.Barrier(2), []

        def leave(owner: str) -> None:
            together.wait()
            try:
                perform(
                    engine,
                    lambda session: remove_member(session, user_id=owner, organisation_id=where),
                )
            except CountinghouseError as error:
                refused.append(error)

        threads = [threading.Thread(target=leave, args=(owner,)) for owner in owners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with transaction(engine, writes=False) as session:
            left = [role_of(session, user_id=owner, organisation_id=where) for owner in owners]
        assert sorted(left, key=str) == [None, "owner"]
        assert [type(error) for error in refused] == [LastOwner]
