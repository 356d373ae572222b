"""Read a person's books over the API, with the token that they let us have."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

import requests

from demo.settings import Settings
from demo.trouble import Silent, TakenBack, Trouble

ANSWER_WITHIN_S: Final = 10
OVERDUE: Final = {"due_date": "lt:2026-01-01", "sort": "-id"}
LIMITS: Final = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@dataclass(frozen=True, slots=True)
class Page:
    """What one call brought: its data, the address called, and how much may still be asked."""

    data: list[dict[str, Any]]
    pagination: dict[str, Any]
    address: str
    limits: dict[str, str]


def connections(settings: Settings, access_token: str) -> Page:
    """The organisations that this app reaches."""
    return _read(settings, access_token, "/v1/connections")


def invoices(
    settings: Settings, access_token: str, *, organisation: str, cursor: str | None = None
) -> Page:
    """Invoices due before 2026, newest first."""
    asked = OVERDUE | ({"cursor": cursor} if cursor else {})
    return _read(settings, access_token, "/v1/invoices", organisation, **asked)


def _read(
    settings: Settings, access_token: str, path: str, organisation: str | None = None, **asked: str
) -> Page:
    headers = {"Authorization": f"Bearer {access_token}"}
    if organisation is not None:
        headers["Organisation"] = organisation
    with requests.Session() as session:
        session.trust_env = False  # the server is on loopback, where no proxy is
        try:
            answer = session.get(
                settings.server_url + path,
                params=asked,
                headers=headers,
                timeout=ANSWER_WITHIN_S,
            )
        except requests.RequestException as error:
            raise Silent(settings.server_url) from error
    body = _body(answer)
    if answer.status_code != 200:
        raise _trouble(answer, body)
    return Page(
        data=body["data"],
        pagination=body.get("pagination") or {},
        address=f"GET {unquote(answer.request.path_url)}",
        limits={name: answer.headers[name] for name in LIMITS if name in answer.headers},
    )


def _body(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _trouble(answer: requests.Response, body: dict[str, Any]) -> Trouble:
    if answer.status_code == 401:
        return TakenBack()
    if answer.status_code == 429:
        wait_s = answer.headers.get("Retry-After", "a few")
        return Trouble(
            "Too many calls", f"We asked too often. Try again in {wait_s} seconds.", status=429
        )
    if answer.status_code == 403:
        return Trouble(
            "Not allowed",
            "The owner did not allow this app to see that. Connect again to change it.",
            status=403,
        )
    detail = str(body.get("detail") or "The server could not answer.")
    return Trouble("The books could not be read", detail, status=502)
