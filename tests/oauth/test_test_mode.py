"""Test organisations: their tokens say so, and nothing made for tests reaches real books."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from app.domain.clients.find import client_of
from app.domain.clients.playground import open_playground, playground_client
from app.domain.clients.register import RegistrationRefused
from app.domain.grants.tables import GrantOrganisation
from app.kernel.clock import epoch_s
from app.kernel.secrets import is_secret
from app.oauth.authorize.consent import NothingChosen, decide, page
from app.oauth.authorize.request import AuthorizationRequest
from app.oauth.authorize.sealed import seal_request
from tests.factories.house import CALLBACK, ORIGIN, House, KnownClient, Pending, challenge_of

VERIFIER = "v" * 43
SCOPE = ("invoices:read",)


class Asked:
    """A person with a real and a test organisation, in front of an app's request."""

    def __init__(self, house: House, *, is_test_only: bool = False) -> None:
        self.house = house
        self.client: KnownClient = house.client(scope=SCOPE, is_test_only=is_test_only)
        self.person = house.person()
        self.real = house.organisation("Real Books", owner=self.person)
        self.trial = house.organisation("Trial Books", owner=self.person, is_test=True)
        facts = house.look(client_of, client_id=self.client.id)
        assert facts is not None
        request = AuthorizationRequest(
            client=facts,
            redirect_uri=CALLBACK,
            scope=SCOPE,
            state="st",
            code_challenge=challenge_of(VERIFIER),
        )
        self.facts = {
            "sealed": seal_request(
                house.settings.oauth.consent_key, request, user_id=self.person, now_s=epoch_s()
            ),
            "user_id": self.person,
            "policy": house.settings.oauth,
            "now_s": epoch_s(),
        }

    def allow(self, *organisations: str) -> str:
        """Allow, and answer with the code."""
        given = {"organisations": organisations, "scopes": SCOPE, "allowed": True}
        destination = self.house.do(decide, **self.facts, **given)
        return parse_qs(urlsplit(destination.uri).query)["code"][0]

    def tokens(self, code: str) -> dict[str, str]:
        form = Pending("", self.client, code, VERIFIER).form()
        answer = self.house.http.post("/oauth/token", data=form)
        assert answer.status_code == 200, answer.text
        return answer.json


@pytest.mark.parametrize("mode", ["test", "live"])
def test_everything_issued_says_whether_it_is_for_tests(house: House, mode: str) -> None:
    asked = Asked(house)

    code = asked.allow(asked.trial if mode == "test" else asked.real)
    first = asked.tokens(code)
    refreshed = house.http.post(
        "/oauth/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": first["refresh_token"],
            **asked.client.credentials,
        },
    ).json

    assert code.startswith(f"ch_{mode}_ac_")
    for issued in (first, refreshed):
        assert issued["access_token"].startswith(f"ch_{mode}_at_")
        assert issued["refresh_token"].startswith(f"ch_{mode}_rt_")
        assert is_secret(issued["access_token"], kind="at")
    header = {"Authorization": f"Bearer {refreshed['access_token']}"}
    assert house.http.get("/v1/invoices", headers=header).status_code == 200


def test_one_connection_is_for_real_books_or_for_tests_and_never_both(house: House) -> None:
    asked = Asked(house)

    with pytest.raises(NothingChosen) as refused:
        asked.allow(asked.real, asked.trial)

    assert [fault.code for fault in refused.value.faults] == ["modes_mixed"]
    assert house.look(lambda session: session.scalars(select(GrantOrganisation)).all()) == []


def test_an_app_for_tests_is_offered_no_real_books_and_given_none(house: House) -> None:
    asked = Asked(house, is_test_only=True)

    told = house.look(page, **asked.facts)
    offered = {each.id: (each.is_allowed, each.reason) for each in told.organisations}
    with pytest.raises(NothingChosen):
        asked.allow(asked.real)

    assert offered[asked.trial] == (True, None)
    assert offered[asked.real][0] is False
    assert "test organisations only" in str(offered[asked.real][1])
    assert asked.allow(asked.trial).startswith("ch_test_ac_")


def test_the_playground_is_opened_once_and_follows_the_services_address(house: House) -> None:
    assert house.look(playground_client) is None

    first = house.do(open_playground, issuer=ORIGIN, development=True)
    again = house.do(open_playground, issuer="https://books.example", development=False)

    facts = house.look(client_of, client_id=first)
    assert facts is not None
    assert again == first == house.look(playground_client)
    assert facts.redirect_uris == ("https://books.example/playground/oauth2-redirect.html",)
    assert (facts.type, facts.is_test_only) == ("public", True)
    with pytest.raises(RegistrationRefused):
        house.do(open_playground, issuer="http://books.example", development=False)
