"""Deciding on the consent page: what may be chosen, what is recorded, and deciding twice."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from sqlalchemy import func, select

from app.domain.clients.find import client_of
from app.domain.grants.tables import Grant, GrantOrganisation
from app.domain.identity.memberships import change_role
from app.kernel.clock import epoch_s
from app.oauth.authorize.consent import (
    ConsentRequestExpired,
    ConsentRequestInvalid,
    Destination,
    NothingChosen,
    decide,
    page,
)
from app.oauth.authorize.request import AuthorizationRequest
from app.oauth.authorize.sealed import seal_request
from tests.factories.house import CALLBACK, ORIGIN, House, KnownClient, challenge_of


class Visit:
    """One person in front of one app's request."""

    def __init__(self, house: House, *, scope: tuple[str, ...] | None = None) -> None:
        self.house = house
        self.client: KnownClient = house.client()
        self.person = house.person()
        self.policy = house.settings.oauth
        self.sealed = self.ask(scope or ("invoices:read", "contacts:write"))

    def ask(self, scope: tuple[str, ...], *, verifier: str = "v" * 43) -> str:
        facts = self.house.look(lambda session: client_of(session, self.client.id))
        assert facts is not None
        request = AuthorizationRequest(
            client=facts,
            redirect_uri=CALLBACK,
            scope=scope,
            state="st",
            code_challenge=challenge_of(verifier),
        )
        return seal_request(self.policy.consent_key, request, user_id=self.person, now_s=epoch_s())

    def page(self, **changed: Any) -> Any:
        facts = {"sealed": self.sealed, "user_id": self.person} | changed
        return self.house.do(page, policy=self.policy, now_s=epoch_s(), **facts)

    def decide(self, *organisations: str, **changed: Any) -> Destination:
        facts = {
            "sealed": self.sealed,
            "user_id": self.person,
            "organisations": organisations,
            "scopes": ("contacts:write",),
            "allowed": True,
        }
        return self.house.do(decide, policy=self.policy, now_s=epoch_s(), **(facts | changed))


@pytest.fixture
def visit(house: House) -> Iterator[Visit]:
    return Visit(house)


def answer(destination: Destination) -> dict[str, str]:
    query = urlsplit(destination.uri).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def count(house: House, table: Any) -> int:
    return house.look(lambda s: s.scalars(select(func.count()).select_from(table)).one())


def test_allowing_gives_a_code_with_state_and_issuer(visit: Visit) -> None:
    organisation = visit.house.organisation(owner=visit.person)

    told = answer(visit.decide(organisation))

    assert told["code"].startswith("ch_live_ac_")
    assert (told["state"], told["iss"]) == ("st", ORIGIN)


def test_denying_says_so_in_the_published_words(visit: Visit) -> None:
    uri = visit.decide(allowed=False).uri

    assert "error=access_denied&error_description=the+resource+owner+denied+the+request" in uri
    assert count(visit.house, Grant) == 0


def test_several_organisations_are_bound_into_one_grant(visit: Visit) -> None:
    chosen = [visit.house.organisation(name, owner=visit.person) for name in ("A", "B")]
    visit.house.organisation("C", owner=visit.person)

    visit.decide(*chosen)

    bound = visit.house.look(lambda s: set(s.scalars(select(GrantOrganisation.org_id))))
    assert bound == set(chosen)


def test_a_double_submit_answers_the_same_and_grants_once(visit: Visit) -> None:
    organisation = visit.house.organisation(owner=visit.person)

    first = visit.decide(organisation)
    again = visit.decide(organisation)
    denied = visit.decide(allowed=False)

    assert first == again == denied
    assert count(visit.house, Grant) == 1


def test_an_optional_permission_left_unticked_is_not_granted(visit: Visit) -> None:
    organisation = visit.house.organisation(owner=visit.person)

    visit.decide(organisation, scopes=())

    assert visit.house.look(lambda s: s.scalars(select(Grant.scope)).one()) == "invoices:read"


def test_a_permission_that_was_not_asked_for_cannot_be_slipped_in(visit: Visit) -> None:
    organisation = visit.house.organisation(owner=visit.person)

    visit.decide(organisation, scopes=("contacts:write", "invoices:write", "books:write"))

    granted = visit.house.look(lambda s: s.scalars(select(Grant.scope)).one())
    assert granted == "invoices:read contacts:write"


def test_allowing_without_an_organisation_keeps_the_page_open(visit: Visit) -> None:
    organisation = visit.house.organisation(owner=visit.person)

    with pytest.raises(NothingChosen) as refused:
        visit.decide()

    assert [fault.code for fault in refused.value.faults] == ["organisation_required"]
    assert "code" in answer(visit.decide(organisation))


def test_an_organisation_of_others_cannot_be_chosen(visit: Visit) -> None:
    mine = visit.house.organisation(owner=visit.person)
    foreign = visit.house.organisation(owner=visit.house.person())

    for chosen in ((foreign,), (mine, foreign)):
        with pytest.raises(NothingChosen):
            visit.decide(*chosen)
    assert count(visit.house, Grant) == 0


def test_a_role_that_may_not_share_is_shown_with_its_reason(visit: Visit) -> None:
    organisation = visit.house.organisation(owner=visit.house.person())
    visit.house.member(visit.person, organisation, role="readonly")

    choice = visit.page().organisations[0]

    assert not choice.is_allowed
    assert "Read only" in choice.reason
    with pytest.raises(NothingChosen):
        visit.decide(organisation)


def test_a_role_lost_while_the_page_stood_open_counts(visit: Visit) -> None:
    owner = visit.house.person()
    organisation = visit.house.organisation(owner=owner)
    visit.house.member(visit.person, organisation, role="admin")
    assert visit.page().organisations[0].is_allowed
    visit.house.do(change_role, user_id=visit.person, organisation_id=organisation, role="readonly")

    with pytest.raises(NothingChosen):
        visit.decide(organisation)


def test_a_page_meant_for_another_person_is_refused(visit: Visit) -> None:
    other = visit.house.person()

    with pytest.raises(ConsentRequestInvalid):
        visit.page(user_id=other)
    with pytest.raises(ConsentRequestInvalid):
        visit.decide(user_id=other)


@pytest.mark.parametrize("sealed", ["", "x", "A" * 400, "\u00e9", "!" * 20_000])
def test_what_was_not_sealed_here_is_refused(visit: Visit, sealed: str) -> None:
    with pytest.raises(ConsentRequestInvalid):
        visit.page(sealed=sealed)


def test_a_page_left_open_too_long_expires(visit: Visit) -> None:
    organisation = visit.house.organisation(owner=visit.person)
    with time_machine.travel(epoch_s() + 901, tick=False), pytest.raises(ConsentRequestExpired):
        visit.decide(organisation)


def test_the_page_shows_where_the_person_is_sent_back_to(visit: Visit) -> None:
    shown = visit.page()

    assert shown.redirect_host == "app.example"
    assert shown.redirect_origin == "https://app.example"
    assert [(p.scope, p.is_required) for p in shown.permissions] == [
        ("invoices:read", True),
        ("contacts:write", False),
    ]


def test_the_same_challenge_cannot_be_allowed_twice(visit: Visit) -> None:
    organisation = visit.house.organisation(owner=visit.person)
    visit.decide(organisation)

    again = visit.decide(organisation, sealed=visit.ask(("invoices:read",)))

    assert answer(again)["error"] == "invalid_request"
    assert count(visit.house, Grant) == 1
