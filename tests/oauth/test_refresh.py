"""Refreshing: rotation, the answer given again, and what reuse costs (oauth.md §5.5)."""

from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.domain.grants.tables import Grant, RefreshToken
from app.kernel.clock import epoch_s
from tests.factories.house import House, KnownClient


def refresh(house: House, client: KnownClient, token: str, **more: Any) -> Any:
    form = {"grant_type": "refresh_token", "refresh_token": token, **client.credentials, **more}
    return house.http.post("/oauth/token", data=form)


def is_revoked(house: House, grant_id: str) -> bool:
    return house.look(
        lambda s: s.scalars(select(Grant.revoked_at).where(Grant.id == grant_id)).one() is not None
    )


def test_a_refresh_gives_a_new_pair(house: House) -> None:
    client, _, token = house.refresh_token()

    answer = refresh(house, client, token)

    assert answer.status_code == 200
    assert answer.json["refresh_token"] not in ("", token)
    assert "Idempotent-Replayed" not in answer.headers


def test_a_lost_answer_is_given_again_byte_for_byte(house: House) -> None:
    client, _, token = house.refresh_token()

    first, again = refresh(house, client, token), refresh(house, client, token)

    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert refresh(house, client, again.json["refresh_token"]).status_code == 200


def test_no_answer_is_given_again_once_its_successor_was_used(house: House) -> None:
    client, grant_id, token = house.refresh_token()
    second = refresh(house, client, token).json["refresh_token"]
    third = refresh(house, client, second).json["refresh_token"]

    replayed = refresh(house, client, token)

    assert replayed.json["error"] == "invalid_grant"
    assert is_revoked(house, grant_id)
    assert refresh(house, client, third).json["error"] == "invalid_grant"


@pytest.mark.parametrize(("type", "window_s"), [("public", 30), ("confidential", 60)])
def test_after_the_window_a_replay_is_reuse(house: House, type: str, window_s: int) -> None:
    with time_machine.travel(epoch_s(), tick=False) as clock:
        client, grant_id, token = house.refresh_token(client=house.client(type=type))
        refresh(house, client, token)
        clock.shift(window_s)
        assert refresh(house, client, token).status_code == 200
        clock.shift(1)

        assert refresh(house, client, token).json["error"] == "invalid_grant"
    assert is_revoked(house, grant_id)


def test_no_more_than_twenty_answers_are_given_again(house: House) -> None:
    client, grant_id, token = house.refresh_token()
    refresh(house, client, token)

    for _ in range(20):
        assert refresh(house, client, token).status_code == 200

    assert refresh(house, client, token).json["error"] == "invalid_grant"
    assert is_revoked(house, grant_id)


def test_replays_in_every_generation_of_a_public_client_are_reuse(house: House) -> None:
    client, grant_id, token = house.refresh_token(client=house.client(type="public"))
    for _ in range(3):
        answer = refresh(house, client, token)
        assert refresh(house, client, token).status_code == 200
        token = answer.json["refresh_token"]
    refresh(house, client, token)

    assert refresh(house, client, token).json["error"] == "invalid_grant"
    assert is_revoked(house, grant_id)


def test_a_public_client_is_not_answered_again_in_another_network(house: House) -> None:
    client, grant_id, token = house.refresh_token(client=house.client(type="public"))
    refresh(house, client, token)
    form = {"grant_type": "refresh_token", "refresh_token": token, **client.credentials}

    elsewhere = house.http.post(
        "/oauth/token", data=form, environ_base={"REMOTE_ADDR": "203.0.113.9"}
    )

    assert elsewhere.json["error"] == "invalid_grant"
    assert is_revoked(house, grant_id)


def test_a_narrower_scope_narrows_the_access_token_alone(house: House) -> None:
    client, _, token = house.refresh_token()

    narrow = refresh(house, client, token, scope="invoices:read")
    full = refresh(house, client, narrow.json["refresh_token"])

    assert narrow.json["scope"] == "invoices:read"
    assert full.json["scope"] == "invoices:read contacts:read"


def test_a_wider_scope_is_refused_and_costs_nothing(house: House) -> None:
    client, _, token = house.refresh_token()

    wide = refresh(house, client, token, scope="invoices:read invoices:write")

    assert (wide.status_code, wide.json["error"]) == (400, "invalid_scope")
    assert refresh(house, client, token).status_code == 200


def test_another_clients_attempt_changes_nothing(house: House) -> None:
    client, grant_id, token = house.refresh_token()

    assert refresh(house, house.client(), token).json["error"] == "invalid_grant"
    assert not is_revoked(house, grant_id)
    assert refresh(house, client, token).status_code == 200


def test_a_refresh_token_dies_after_sixty_idle_days(house: House) -> None:
    with time_machine.travel(epoch_s(), tick=False) as clock:
        client, _, token = house.refresh_token()
        clock.shift(60 * 86_400)

        assert refresh(house, client, token).json["error"] == "invalid_grant"


def test_nothing_in_the_database_opens_the_sealed_answer(house: House) -> None:
    client, _, token = house.refresh_token()
    answer = refresh(house, client, token)

    def stored(session: Any) -> list[bytes]:
        rows = session.scalars(select(RefreshToken)).all()
        return [row.sealed or b"" for row in rows]

    sealed = house.look(stored)

    assert any(sealed)
    for secret in (token, answer.json["access_token"], answer.json["refresh_token"]):
        assert all(secret.encode() not in blob for blob in sealed)


@pytest.mark.parametrize("scope", [" ", "\u00a0", "invoices:read\u3000contacts:read"])
def test_a_scope_that_names_nothing_granted_is_refused(house: House, scope: str) -> None:
    client, _, token = house.refresh_token()

    assert refresh(house, client, token, scope=scope).json["error"] == "invalid_scope"


def test_a_scope_said_a_thousand_times_is_said_once(house: House) -> None:
    client, _, token = house.refresh_token()

    answer = refresh(house, client, token, scope=" ".join(["invoices:read"] * 1_000))

    assert answer.json["scope"] == "invoices:read"
