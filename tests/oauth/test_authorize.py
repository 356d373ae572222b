"""The authorization endpoint's checks, by page and by redirect (RFC 6749 §4.1, oauth.md §5.2)."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.factories.house import CALLBACK, ORIGIN, House, KnownClient, challenge_of

VERIFIER = "v" * 43


def question(client: KnownClient, **changed: str | None) -> dict[str, str]:
    asked: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": CALLBACK,
        "scope": "invoices:read",
        "state": "x y&z",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (asked | changed).items() if value is not None}


def ask(house: House, client: KnownClient, **changed: str | None) -> Any:
    return house.http.get("/oauth/authorize?" + urlencode(question(client, **changed)))


def told(answer: Any) -> dict[str, str]:
    """What a redirect tells the app."""
    assert answer.status_code == 303, answer.data
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == CALLBACK
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def test_a_stranger_is_sent_to_sign_in_and_back(house: House) -> None:
    answer = ask(house, house.client())

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=/oauth/authorize%3F")
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "cli_nobody"},
        {"client_id": None},
        {"client_id": "\u00e9" * 10},
        {"redirect_uri": None},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?a=1"},
        {"redirect_uri": "https://app.example.evil.example/callback"},
        {"redirect_uri": "HTTPS://app.example/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://127.0.0.1:99/callback"},
    ],
)
def test_before_the_address_is_proven_an_error_is_a_page(
    house: House, changed: dict[str, str | None]
) -> None:
    answer = ask(house, house.client(), **changed)

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert b"evil.example" not in answer.data


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "=" * 43}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": "invoices:read books:write"}, "invalid_scope"),
        ({"scope": " "}, "invalid_scope"),
        ({"state": "s" * 2001}, "invalid_request"),
        ({"request": "x"}, "request_not_supported"),
        ({"request_uri": "https://x.example/"}, "request_uri_not_supported"),
    ],
)
def test_afterwards_the_app_is_told_with_its_state_and_our_name(
    house: House, changed: dict[str, str | None], error: str
) -> None:
    answer = told(ask(house, house.client(), **changed))

    assert answer["error"] == error
    assert answer["error_description"]
    assert answer["iss"] == ORIGIN
    assert answer["state"] == changed.get("state", "x y&z")


def test_the_hint_says_what_to_send(house: House) -> None:
    answer = told(ask(house, house.client(), code_challenge_method="plain"))

    assert answer["error_hint"] == "send code_challenge_method=S256"


@pytest.mark.parametrize("name", ["scope", "state", "code_challenge", "response_type"])
def test_a_parameter_sent_twice_is_refused(house: House, name: str) -> None:
    client = house.client()
    query = urlencode([*question(client).items(), (name, "again")])

    answer = told(house.http.get("/oauth/authorize?" + query))

    assert answer["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_who_and_where_sent_twice_is_a_page(house: House, name: str) -> None:
    client = house.client()
    asked = question(client)
    query = urlencode([*asked.items(), (name, asked[name])])

    assert house.http.get("/oauth/authorize?" + query).status_code == 400


def test_a_challenge_used_before_is_refused(house: House) -> None:
    pending = house.pending()

    answer = told(ask(house, pending.client, code_challenge=challenge_of(pending.verifier)))

    assert answer["error"] == "invalid_request"
    assert "code_verifier" in answer["error_hint"]


@pytest.mark.parametrize("query", ["client_id=%FF", "client_id=%00", "client_id=a%0d%0aX: y"])
def test_bytes_that_are_no_text_are_a_page(house: House, query: str) -> None:
    assert house.http.get("/oauth/authorize?" + query).status_code == 400


def test_only_get_is_answered(house: House) -> None:
    assert house.http.post("/oauth/authorize").status_code == 405


def test_the_metadata_tells_what_is_served(house: House) -> None:
    answer = house.http.get("/.well-known/oauth-authorization-server")

    assert answer.json["issuer"] == ORIGIN
    assert answer.json["code_challenge_methods_supported"] == ["S256"]
    assert answer.json["authorization_response_iss_parameter_supported"] is True
    for name in ("authorization_endpoint", "token_endpoint", "revocation_endpoint"):
        path = answer.json[name].removeprefix(ORIGIN)
        assert any(rule.rule == path for rule in house.app.url_map.iter_rules())
