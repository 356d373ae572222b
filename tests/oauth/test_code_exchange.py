"""Redeeming a code at the token endpoint (RFC 6749 §4.1.3, oauth.md §5.3)."""

import base64
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.audit.tables import AuditEvent
from app.domain.grants.revoke import revoke
from app.domain.grants.tables import Grant
from app.kernel.clock import epoch_s
from tests.factories.house import House


def post(house: House, form: Any, **options: Any) -> Any:
    return house.http.post("/oauth/token", data=form, **options)


def actions(house: House) -> list[str]:
    return house.look(lambda s: list(s.scalars(select(AuditEvent.action))))


def is_revoked(house: House, grant_id: str) -> bool:
    return house.look(
        lambda s: s.scalars(select(Grant.revoked_at).where(Grant.id == grant_id)).one() is not None
    )


def test_a_code_is_exchanged_for_a_pair_of_tokens(house: House) -> None:
    pending = house.pending()

    answer = post(house, pending.form())

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 1800
    assert answer.json["scope"] == "invoices:read contacts:read"
    assert answer.json["access_token"].startswith("ch_live_at_")
    assert answer.json["refresh_token"].startswith("ch_live_rt_")


def test_a_client_may_authenticate_by_basic(house: House) -> None:
    pending = house.pending()
    form = pending.form()
    secret = form.pop("client_secret")
    basic = base64.b64encode(f"{pending.client.id}:{secret}".encode()).decode()

    answer = post(house, form, headers={"Authorization": f"Basic {basic}"})

    assert answer.status_code == 200


def test_a_replayed_code_is_refused_and_ends_its_grant(house: House) -> None:
    pending = house.pending()
    post(house, pending.form())

    again = post(house, pending.form())

    assert (again.status_code, again.json["error"]) == (400, "invalid_grant")
    assert is_revoked(house, pending.grant_id)
    assert "code.replayed" in actions(house)


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "x" * 43},
        {"code_verifier": "short"},
        {"code_verifier": ""},
        {"redirect_uri": "https://app.example/other"},
        {"redirect_uri": ""},
    ],
)
def test_a_failed_proof_burns_the_code(house: House, changed: dict[str, str]) -> None:
    pending = house.pending()

    refused = post(house, pending.form(**changed))
    honest = post(house, pending.form())

    assert (refused.status_code, refused.json["error"]) == (400, "invalid_grant")
    assert (honest.status_code, honest.json["error"]) == (400, "invalid_grant")


def test_an_expired_code_is_refused(house: House) -> None:
    pending = house.pending(now_s=epoch_s() - 61)

    assert post(house, pending.form()).json["error"] == "invalid_grant"


def test_another_clients_attempt_consumes_nothing_and_leaves_a_trace(house: House) -> None:
    pending, thief = house.pending(), house.client()

    stolen = post(house, pending.form(**thief.credentials))
    honest = post(house, pending.form())

    assert (stolen.status_code, stolen.json["error"]) == (400, "invalid_grant")
    assert honest.status_code == 200
    assert "code.foreign" in actions(house)


def test_a_grant_taken_back_before_the_exchange_yields_nothing(house: House) -> None:
    pending = house.pending()
    person = house.look(
        lambda s: s.scalars(select(Grant.user_id).where(Grant.id == pending.grant_id)).one()
    )
    house.do(revoke, grant_id=pending.grant_id, user_id=person, reason="person", now_s=epoch_s())

    assert post(house, pending.form()).json["error"] == "invalid_grant"


def test_unknown_client_and_wrong_secret_answer_alike(house: House) -> None:
    pending = house.pending()

    unknown = post(house, pending.form(client_id="cli_nobody"))
    wrong = post(house, pending.form(client_secret="not the secret \u00e9"))

    assert unknown.status_code == wrong.status_code == 401
    bodies = [answer.json | {"error_ref": ""} for answer in (unknown, wrong)]
    assert bodies[0] == bodies[1]
    assert bodies[0]["error"] == "invalid_client"


def test_a_failed_basic_is_challenged(house: House) -> None:
    basic = base64.b64encode(b"nobody:nothing").decode()

    answer = post(
        house, {"grant_type": "refresh_token"}, headers={"Authorization": f"Basic {basic}"}
    )

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_two_ways_of_authenticating_are_refused(house: House) -> None:
    pending = house.pending()
    basic = base64.b64encode(f"{pending.client.id}:{pending.client.secret}".encode()).decode()

    answer = post(house, pending.form(), headers={"Authorization": f"Basic {basic}"})

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_a_confidential_client_cannot_pass_as_public(house: House) -> None:
    pending = house.pending()
    form = pending.form()
    del form["client_secret"]

    assert post(house, form).json["error"] == "invalid_client"


def test_a_public_client_needs_no_secret_and_must_not_send_one(house: House) -> None:
    pending = house.pending(client=house.client(type="public"))

    with_secret = post(house, pending.form(client_secret="anything"))
    without = post(house, pending.form())

    assert with_secret.json["error"] == "invalid_client"
    assert without.status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe=1", "application/x-www-form-urlencoded"),
        (b"grant_type=%FF", "application/x-www-form-urlencoded"),
        (b"grant_type=%00", "application/x-www-form-urlencoded"),
        (b"grant_type=refresh_token&grant_type=refresh_token", "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"p%d=1" % n for n in range(99)), "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", "application/x-www-form-urlencoded"),
        (b"refresh_token=x", "application/x-www-form-urlencoded"),
    ],
)
def test_malformed_requests_are_invalid(house: House, body: bytes, content_type: str) -> None:
    answer = post(house, body, content_type=content_type)

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert answer.json["error_ref"] == answer.headers["X-Request-Id"]


def test_a_body_beyond_the_limit_is_refused(house: House) -> None:
    answer = post(house, b"a=" + b"x" * 1_100_000, content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, answer.json["error"]) == (413, "invalid_request")


def test_other_methods_are_told_which_one_serves(house: House) -> None:
    answer = house.http.get("/oauth/token")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert answer.json["error"] == "invalid_request"


def test_parameters_in_the_address_are_refused(house: House) -> None:
    answer = house.http.post("/oauth/token?client_id=x", data={"grant_type": "refresh_token"})

    assert answer.json["error"] == "invalid_request"


def test_an_unknown_grant_type_says_so(house: House) -> None:
    answer = post(house, {"grant_type": "password", **house.client().credentials})

    assert (answer.status_code, answer.json["error"]) == (400, "unsupported_grant_type")


def test_a_failure_never_repeats_what_was_sent(house: House) -> None:
    answer = post(house, {"grant_type": "<script>", "client_id": "<b>", "client_secret": "hush"})

    assert b"<" not in answer.data
    assert b"hush" not in answer.data
