"""Connected apps: what a person sees of them, and how access ends."""

import re

import pytest
from sqlalchemy import update

from app.domain.grants.tables import Grant
from tests.factories.house import House
from tests.web.surfer import Surfer, email_of


@pytest.fixture
def person(house: House, surfer: Surfer) -> str:
    person = house.person("Ada Lovelace")
    surfer.sign_in(email_of(house, person))
    return person


def me(house: House, token: str) -> int:
    return house.http.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def buttons(page: str) -> list[str]:
    return re.findall(r'action="(/account/connected-apps/[^"]+)"', page)


def test_each_app_is_listed_with_what_it_may_do(house: House, surfer: Surfer, person: str) -> None:
    organisation = house.organisation("Wattle & Co", owner=person)
    house.access_token(user_id=person, organisations=(organisation,))

    page = surfer.get("/account/connected-apps").text

    for words in ("Ledgerline", "Ledgerline Pty Ltd", "Wattle &amp; Co", "See your invoices"):
        assert words in page
    assert "Not yet" in page
    house.do(lambda session: session.execute(update(Grant).values(last_used_at=1_767_225_840)))
    assert "1 January 2026, 00:04 UTC" in surfer.get("/account/connected-apps").text


def test_taking_access_back_holds_from_that_moment(
    house: House, surfer: Surfer, person: str
) -> None:
    organisation = house.organisation(owner=person)
    token = house.access_token(user_id=person, organisations=(organisation,))
    assert me(house, token) == 200
    (button,) = buttons(surfer.get("/account/connected-apps").text)

    answer = surfer.send(button, form_at="/account/connected-apps")

    assert (answer.status_code, answer.location) == (303, "/account/connected-apps")
    assert me(house, token) == 401
    told = surfer.get("/account/connected-apps").text
    assert "Access taken back: Ledgerline" in told
    assert "Nothing is connected" in told
    assert "Access taken back" not in surfer.get("/account/connected-apps").text


def test_pressing_the_button_twice_is_no_error(house: House, surfer: Surfer, person: str) -> None:
    organisation = house.organisation(owner=person)
    house.access_token(user_id=person, organisations=(organisation,))
    (button,) = buttons(surfer.get("/account/connected-apps").text)

    answers = [surfer.send(button, form_at="/account/connected-apps") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]


def test_everything_of_an_app_can_be_taken_back_at_once(
    house: House, surfer: Surfer, person: str
) -> None:
    organisation = house.organisation(owner=person)
    client, other = house.client(), house.client(name="Another")
    tokens = [
        house.access_token(user_id=person, organisations=(organisation,), client=client)
        for _ in range(2)
    ]
    kept = house.access_token(user_id=person, organisations=(organisation,), client=other)
    page = surfer.get("/account/connected-apps").text
    (everything,) = [button for button in buttons(page) if "/by-app/" in button]

    surfer.send(everything, form_at="/account/connected-apps")

    assert [me(house, token) for token in [*tokens, kept]] == [401, 401, 200]


def test_nobody_takes_back_what_others_allowed(house: House, surfer: Surfer, person: str) -> None:
    other = house.person("Grace Hopper")
    organisation = house.organisation(owner=other)
    client = house.client()
    token = house.access_token(user_id=other, organisations=(organisation,), client=client)
    theirs = Surfer(house)
    theirs.sign_in(email_of(house, other))
    (button,) = buttons(theirs.get("/account/connected-apps").text)

    for path in (button, f"/account/connected-apps/by-app/{client.id}/take-back"):
        assert surfer.send(path, form_at="/account/").status_code == 404

    assert me(house, token) == 200
    assert "Ledgerline" not in surfer.get("/account/connected-apps").text


def test_an_unknown_connection_is_a_plain_404(surfer: Surfer, person: str) -> None:
    for path in ("grt_nonsense/take-back", "by-app/cli_nonsense/take-back"):
        answer = surfer.send(f"/account/connected-apps/{path}", form_at="/account/")
        assert answer.status_code == 404


def test_the_account_lists_organisations_and_roles(
    house: House, surfer: Surfer, person: str
) -> None:
    house.organisation("Wattle & Co", owner=person)
    house.member(person, house.organisation("Harbour Dental"), role="readonly")

    page = surfer.get("/account/").text

    for words in ("Ada Lovelace", "Wattle &amp; Co", "Owner", "Harbour Dental", "Read only"):
        assert words in page
