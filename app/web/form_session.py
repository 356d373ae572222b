"""Flask's signed cookie, opened only by those who look into it: the API never does."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class FormSession(SessionMixin):
    """A session that verifies its cookie at the first look, and is saved only after one.

    Verifying costs as much as the rest of a small API call, and resource APIs ignore cookies
    (security.md 3).
    """

    def __init__(self, read: Callable[[], SessionMixin | None]) -> None:
        self._read = read
        self._found: SessionMixin | None = None

    @property
    def opened(self) -> SessionMixin | None:
        """What was in the cookie, where anyone looked."""
        return self._found

    def _open(self) -> SessionMixin:
        if self._found is None:
            self._found = self._read()
            assert self._found is not None, "pages need a secret key"
        return self._found

    def __getitem__(self, key: str) -> Any:
        return self._open()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._open()[key] = value

    def __delitem__(self, key: str) -> None:
        del self._open()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._open())

    def __len__(self) -> int:
        return len(self._open())


class FormSessions(SecureCookieSessionInterface):
    """Gives each request a FormSession."""

    def open_session(self, app: Flask, request: Request) -> Any:
        read = super().open_session
        return FormSession(lambda: read(app, request))

    def save_session(self, app: Flask, session: SessionMixin, response: Any) -> None:
        opened = session.opened if isinstance(session, FormSession) else session
        if opened is not None:
            super().save_session(app, opened, response)
