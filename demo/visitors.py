"""Who is visiting, and the tokens that each of them let us have: in memory, never in a cookie."""

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

from itsdangerous import BadSignature, Signer

VISITORS_MAX: Final = 1_000
PENDING_MAX: Final = 10
IDLE_S: Final = 12 * 3_600


@dataclass(slots=True)
class Visitor:
    """One browser: its unfinished connections (state to verifier), its token, a word to say."""

    id: str
    form_token: str
    seen_at: float
    pending: OrderedDict[str, str] = field(default_factory=OrderedDict)
    token: dict[str, Any] | None = None
    said: str | None = None
    # One at a time: two refreshes at once would present the same refresh token twice.
    lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, state: str, verifier: str) -> None:
        """Remember the verifier of a connection that is on its way."""
        self.pending[state] = verifier
        while len(self.pending) > PENDING_MAX:
            self.pending.popitem(last=False)

    def take_said(self) -> str | None:
        """The word to say, which is said once."""
        said, self.said = self.said, None
        return said


class Visitors:
    """All visitors by the random id in their signed cookie; the longest unseen go first."""

    def __init__(self) -> None:
        self._signer = Signer(secrets.token_bytes(32), salt="visitor")
        self._visitors: OrderedDict[str, Visitor] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, cookie: str | None) -> Visitor | None:
        """The visitor whose cookie this is; None for a stranger or a forged cookie."""
        if not cookie:
            return None
        try:
            id = self._signer.unsign(cookie).decode()
        except BadSignature:
            return None
        with self._lock:
            visitor = self._visitors.get(id)
            if visitor is None or time.monotonic() - visitor.seen_at > IDLE_S:
                self._visitors.pop(id, None)
                return None
            visitor.seen_at = time.monotonic()
            self._visitors.move_to_end(id)
            return visitor

    def welcome(self) -> Visitor:
        """A new visitor."""
        visitor = Visitor(
            id=secrets.token_urlsafe(32),
            form_token=secrets.token_urlsafe(32),
            seen_at=time.monotonic(),
        )
        with self._lock:
            self._visitors[visitor.id] = visitor
            while len(self._visitors) > VISITORS_MAX:
                self._visitors.popitem(last=False)
        return visitor

    def cookie_for(self, visitor: Visitor) -> str:
        """The signed cookie that names a visitor."""
        return self._signer.sign(visitor.id).decode()
