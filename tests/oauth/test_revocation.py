"""Giving tokens back (RFC 7009)."""

from typing import Any

from tests.factories.house import House, KnownClient


def revoke(house: House, client: KnownClient, token: str, **more: str) -> Any:
    return house.http.post("/oauth/revoke", data={"token": token, **client.credentials, **more})


def refresh(house: House, client: KnownClient, token: str) -> Any:
    form = {"grant_type": "refresh_token", "refresh_token": token, **client.credentials}
    return house.http.post("/oauth/token", data=form)


def test_a_client_gives_its_refresh_token_back(house: House) -> None:
    client, _, token = house.refresh_token()

    answer = revoke(house, client, token)

    assert (answer.status_code, answer.data) == (200, b"{}")
    assert refresh(house, client, token).json["error"] == "invalid_grant"


def test_a_wrong_or_unknown_hint_is_ignored(house: House) -> None:
    for hint in ("access_token", "made_up"):
        client, _, token = house.refresh_token()

        assert revoke(house, client, token, token_type_hint=hint).status_code == 200
        assert refresh(house, client, token).status_code == 400


def test_an_unknown_token_is_no_error(house: House) -> None:
    client = house.client()

    assert revoke(house, client, "whatever").data == b"{}"
    assert revoke(house, client, "whatever").status_code == 200


def test_a_token_of_another_client_is_refused_and_lives_on(house: House) -> None:
    client, _, token = house.refresh_token()

    assert revoke(house, house.client(), token).json["error"] == "invalid_grant"
    assert refresh(house, client, token).status_code == 200


def test_the_client_must_prove_itself(house: House) -> None:
    _, _, token = house.refresh_token()

    answer = house.http.post("/oauth/revoke", data={"token": token})

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_revoking_twice_is_no_error(house: House) -> None:
    client, _, token = house.refresh_token()

    assert [revoke(house, client, token).status_code for _ in range(2)] == [200, 200]
