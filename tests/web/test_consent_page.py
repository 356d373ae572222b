"""The consent page: what it shows, what can be chosen, and where the answer goes."""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.domain.clients.playground import REDIRECT_PATH, open_playground
from app.domain.grants.tables import Grant, GrantOrganisation
from app.domain.identity.tables import User
from tests.factories.house import CALLBACK, ORIGIN, House, KnownClient, challenge_of
from tests.web.surfer import Surfer, email_of, hidden_fields


@dataclass(frozen=True, slots=True)
class Scene:
    """A person with two organisations of her own and one she may not share, and an app."""

    house: House
    surfer: Surfer
    client: KnownClient
    ours: tuple[str, str]
    readonly: str

    def open(self, **changed: str) -> str:
        """Go through the authorization endpoint; the address of the consent page."""
        asked = {
            "response_type": "code",
            "client_id": self.client.id,
            "redirect_uri": CALLBACK,
            "scope": "invoices:read contacts:read invoices:write",
            "state": "st<&>te",
            "code_challenge": challenge_of(secrets.token_urlsafe(48)),
            "code_challenge_method": "S256",
            **changed,
        }
        answer = self.surfer.get(f"/oauth/authorize?{urlencode(asked)}")
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def decide(self, address: str, decision: str = "allow", **fields: object) -> TestResponse:
        """Send the page's form."""
        return self.surfer.send(
            "/consent",
            form_at=address,
            request=hidden_fields(self.surfer.get(address).text)["request"],
            decision=decision,
            **fields,
        )


@pytest.fixture
def scene(house: House, surfer: Surfer) -> Scene:
    person = house.person("Ada Lovelace")
    ours = (
        house.organisation("Wattle & Co", owner=person),
        house.organisation("Bakery", owner=person),
    )
    readonly = house.organisation("Harbour Dental")
    house.member(person, readonly, role="readonly")
    surfer.sign_in(email_of(house, person))
    return Scene(house, surfer, house.client(), ours, readonly)


def granted(house: House) -> list[str]:
    return house.look(lambda session: list(session.scalars(select(GrantOrganisation.org_id))))


def test_the_page_says_who_asks_for_what_and_where_one_returns(scene: Scene) -> None:
    page = scene.surfer.get(scene.open()).text

    for words in (
        "Ledgerline asks for access to your books",
        "Ledgerline Pty Ltd",
        "app.example",
        "Ada Lovelace",
        "Not you?",
        "Wattle &amp; Co",
        "See your invoices",
        "Create and change invoices in your name",
        "What stays private",
        "take this back at any time",
    ):
        assert words in page, words


def test_an_organisation_that_may_not_be_shared_is_shown_with_the_reason(scene: Scene) -> None:
    page = scene.surfer.get(scene.open()).text

    assert "Harbour Dental" in page
    assert "Your role here is Read only" in page
    assert f'value="{scene.readonly}"' not in page


def test_nothing_is_ticked_where_there_is_a_choice_of_organisations(scene: Scene) -> None:
    page = scene.surfer.get(scene.open()).text

    ticked = re.findall(r'name="(\w+)" value="([^"]+)"\s+checked', page)
    assert ticked == [("scope", "invoices:write")]


def test_the_only_organisation_is_ticked_already(house: House) -> None:
    person = house.person()
    only = house.organisation(owner=person)
    surfer = Surfer(house)
    surfer.sign_in(email_of(house, person))
    scene = Scene(house, surfer, house.client(), (only, only), only)

    page = surfer.get(scene.open()).text

    assert re.search(rf'value="{only}"\s+checked', page)


def test_allowing_goes_back_to_the_app_with_a_code(scene: Scene) -> None:
    answer = scene.decide(scene.open(), organisation=list(scene.ours), scope="invoices:write")

    assert answer.status_code == 303
    assert answer.location.startswith(CALLBACK + "?")
    told = parse_qs(urlsplit(answer.location).query)
    assert told["state"] == ["st<&>te"]
    assert told["code"][0].startswith("ch_live_ac_")
    assert sorted(granted(scene.house)) == sorted(scene.ours)


def test_an_optional_permission_left_unticked_is_not_given(scene: Scene) -> None:
    scene.decide(scene.open(), organisation=scene.ours[0])

    scope = scene.house.look(lambda session: session.scalars(select(Grant.scope)).one())
    assert scope.split() == ["invoices:read", "contacts:read"]


def test_denying_gives_nothing_and_says_so(scene: Scene) -> None:
    answer = scene.decide(scene.open(), "deny", organisation=list(scene.ours))

    assert answer.status_code == 303
    assert "error=access_denied" in answer.location
    assert granted(scene.house) == []


def test_choosing_no_organisation_is_told_beside_the_choice_and_keeps_the_rest(
    scene: Scene,
) -> None:
    answer = scene.decide(scene.open())

    assert answer.status_code == 422
    assert "Choose at least one organisation." in answer.text
    assert not re.search(r'value="invoices:write"\s+checked', answer.text)
    assert granted(scene.house) == []


def test_an_organisation_that_may_not_be_shared_cannot_be_smuggled_in(scene: Scene) -> None:
    stranger = scene.house.organisation("Elsewhere", owner=scene.house.person())

    for smuggled in (scene.readonly, stranger, "org_nonsense"):
        answer = scene.decide(scene.open(), organisation=smuggled)
        assert answer.status_code == 422

    assert granted(scene.house) == []


def test_a_permission_that_was_not_asked_for_cannot_be_smuggled_in(scene: Scene) -> None:
    scene.decide(
        scene.open(), organisation=scene.ours[0], scope=["contacts:write", "books:write", "x"]
    )

    scope = scene.house.look(lambda session: session.scalars(select(Grant.scope)).one())
    assert scope.split() == ["invoices:read", "contacts:read"]


def test_submitting_twice_answers_the_same(scene: Scene) -> None:
    address = scene.open()

    first = scene.decide(address, organisation=scene.ours[0])
    second = scene.decide(address, "deny")

    assert first.location == second.location
    assert scene.house.look(lambda s: s.scalar(select(func.count()).select_from(Grant))) == 1


def test_where_nothing_can_be_shared_allow_is_not_offered_and_deny_is(house: House) -> None:
    person = house.person("Ada Lovelace")
    house.member(person, house.organisation("Harbour Dental"), role="readonly")
    surfer = Surfer(house)
    surfer.sign_in(email_of(house, person))
    scene = Scene(house, surfer, house.client(), ("", ""), "")
    address = scene.open()
    page = surfer.get(address).text

    assert "Nothing can be allowed" in page
    assert re.search(r'value="allow" disabled aria-describedby="why-not"', page)
    assert re.search(r'value="deny">', page)
    # Whoever sends it all the same is refused.
    assert scene.decide(address, organisation="org_nonsense").status_code == 422
    assert granted(house) == []
    assert "error=access_denied" in scene.decide(address, "deny").location


def test_the_playground_is_ours_and_no_unknown_program(house: House) -> None:
    person = house.person("Ada Lovelace")
    house.organisation("Sandbox", owner=person, is_test=True)
    client_id = house.do(open_playground, issuer=ORIGIN, development=True)
    surfer = Surfer(house)
    surfer.sign_in(email_of(house, person))
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": f"{ORIGIN}{REDIRECT_PATH}",
        "scope": "invoices:read",
        "state": "s",
        "code_challenge": challenge_of(secrets.token_urlsafe(48)),
        "code_challenge_method": "S256",
    }
    page = surfer.get(surfer.get(f"/oauth/authorize?{urlencode(asked)}").location).text

    assert "Playground asks for access" in page
    assert "runs on your own computer" not in page


def test_neither_allow_nor_deny_is_no_decision(scene: Scene) -> None:
    assert scene.decide(scene.open(), "maybe").status_code == 400
    assert granted(scene.house) == []


def test_the_form_may_lead_to_the_origin_of_the_app_and_nowhere_else(scene: Scene) -> None:
    answer = scene.surfer.get(scene.open())

    assert "form-action 'self' https://app.example;" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("uri", "policy", "shown"),
    [
        ("http://127.0.0.1:4321/cb", "form-action 'self' http://127.0.0.1:4321;", "127.0.0.1"),
        ("http://[::1]:4321/cb", "form-action 'self';", "::1"),
        ("com.example.app:/cb", "form-action 'self';", "com.example.app:"),
    ],
)
def test_every_kind_of_app_is_named_and_reachable(
    scene: Scene, uri: str, policy: str, shown: str
) -> None:
    native = scene.house.client(type="public", redirect_uris=(uri,))
    scene = Scene(scene.house, scene.surfer, native, scene.ours, scene.readonly)
    address = scene.open(redirect_uri=uri)

    page = scene.surfer.get(address)

    assert policy in page.headers["Content-Security-Policy"]
    assert shown in page.text
    assert ("runs on your own computer" in page.text) == uri.startswith("http:")
    answer = scene.decide(address, "deny")
    if answer.status_code == 303:
        assert answer.location.startswith(uri)
    else:
        assert answer.status_code == 200
        assert f'href="{uri}?error=access_denied' in answer.text


def test_a_request_is_for_the_person_it_was_shown_to(scene: Scene) -> None:
    address = scene.open()
    other = Surfer(scene.house)
    other.sign_in(email_of(scene.house, scene.house.person("Mallory")))

    answer = other.get(address)

    assert answer.status_code == 400
    assert "Ledgerline" not in answer.text


def test_someone_else_may_sign_in_and_be_asked_afresh(scene: Scene) -> None:
    page = scene.surfer.get(scene.open()).text
    switch = re.search(r'href="(/sign-in\?next=[^"]+)">Not you', page)
    assert switch
    other = scene.house.person("Grace Hopper")
    shown = scene.surfer.get(switch.group(1)).text

    signed_in = scene.surfer.sign_in(
        email_of(scene.house, other), next=hidden_fields(shown)["next"]
    )
    asked = scene.surfer.get(signed_in.location)

    assert signed_in.location.startswith("/oauth/authorize?")
    assert "Grace Hopper" in scene.surfer.get(asked.location).text


def test_a_stranger_signs_in_first_and_comes_back(scene: Scene) -> None:
    address = scene.open()
    stranger = Surfer(scene.house)

    sent = stranger.get(address)

    assert sent.status_code == 303
    assert hidden_fields(stranger.get(sent.location).text)["next"] == address


def test_a_request_open_too_long_has_expired(scene: Scene) -> None:
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as clock:
        scene.surfer.sign_in(email_of(scene.house, _first_person(scene.house)))
        address = scene.open()
        clock.shift(scene.house.settings.oauth.consent_lifetime_s + 1)
        answer = scene.surfer.get(address)

    assert answer.status_code == 400
    assert "has expired" in answer.text


def test_a_request_that_was_never_sealed_is_refused(scene: Scene) -> None:
    for sealed in ("", "abc", "%00", "%F0%9F%92%A9", "A" * 20_000):
        assert scene.surfer.get(f"/consent?request={sealed}").status_code == 400


def _first_person(house: House) -> str:
    return house.look(
        lambda session: session.scalars(select(User.id).where(User.name == "Ada Lovelace")).one()
    )
