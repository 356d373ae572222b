"""Browsers that have signed in to an account before, told by a signed cookie of their own."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import msgspec
from flask import request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.kernel.ids import new_id
from app.web.cookies import DEVICE, cookie_name, put
from app.web.surroundings import surroundings

ACCOUNTS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """This browser, as one account knows it."""

    user_id: str
    id: str


def known_devices() -> tuple[KnownDevice, ...]:
    """What this browser is known as, the latest account first; nothing where it is not genuine."""
    where = surroundings()
    text = request.cookies.get(cookie_name(DEVICE, policy=where.policy))
    if text is None:
        return ()
    try:
        told: Any = _signer().loads(text, max_age=where.policy.device_lifetime_s)
        return msgspec.convert(told, tuple[KnownDevice, ...])
    except (BadData, msgspec.ValidationError):
        return ()


def device_for(user_id: str | None) -> str | None:
    """The id under which the account knows this browser, if it does."""
    return next((known.id for known in known_devices() if known.user_id == user_id), None)


def remember_device(response: Response, *, user_id: str) -> None:
    """Let this browser be known to the account from now on, under the id it has already."""
    known = KnownDevice(user_id, device_for(user_id) or new_id("dev"))
    others = [other for other in known_devices() if other.user_id != user_id]
    where = surroundings()
    told = msgspec.to_builtins([known, *others[: ACCOUNTS_MAX - 1]])
    put(
        response,
        DEVICE,
        str(_signer().dumps(told)),
        lifetime_s=where.policy.device_lifetime_s,
        policy=where.policy,
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        surroundings().device_key,
        salt="known device",
        signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
    )
