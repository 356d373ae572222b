"""Someone at a browser: cookies are kept, and forms are sent with the token that they carry."""

import html
import re
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.identity.tables import User
from tests.factories.house import PASSWORD, House

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HIDDEN = re.compile(r'name="(request|next)" value="([^"]+)"')


class Surfer:
    """A browser of its own, at an address of its own."""

    def __init__(self, house: House, *, address: str = "203.0.113.7", base_url: str = "") -> None:
        self.house = house
        self.http = house.http
        self._options: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": address}}
        if base_url:
            self._options["base_url"] = base_url

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.http.get(path, **self._options, **options)

    def token(self, path: str = "/sign-in") -> str:
        """The token in the form at a path."""
        found = _TOKEN.search(self.get(path).text)
        assert found, f"there is no form at {path}"
        return html.unescape(found.group(1))

    def post(self, path: str, fields: dict[str, Any], **options: Any) -> TestResponse:
        """Send exactly these fields."""
        return self.http.post(path, data=fields, **self._options, **options)

    def send(self, path: str, *, form_at: str | None = None, **fields: Any) -> TestResponse:
        """Open the form and send it with these fields."""
        token = self.token(form_at or path)
        return self.post(path, {"csrf_token": token, **fields})

    def sign_in(self, email: str, password: str = PASSWORD, **fields: Any) -> TestResponse:
        """Open the sign-in page, fill it in and send it."""
        return self.send("/sign-in", email=email, password=password, **fields)

    def cookie(self, name: str) -> str | None:
        """The value of a cookie that the browser keeps."""
        kept = self.http.get_cookie(name)
        return None if kept is None else kept.value


def email_of(house: House, user_id: str) -> str:
    """The address with which a person signs in."""
    return house.look(
        lambda session: session.scalars(select(User.email).where(User.id == user_id)).one()
    )


def hidden_fields(page: str) -> dict[str, str]:
    """What a form remembers without showing it."""
    return {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}
