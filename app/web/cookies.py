"""The cookies of the pages: their names, and the attributes that every one of them carries."""

from typing import Final

from werkzeug.wrappers import Response

from app.web.policy import WebPolicy

SIGNED_IN: Final = "ch_session"
DEVICE: Final = "ch_device"
FORM: Final = "ch_form"


def cookie_name(name: str, *, policy: WebPolicy) -> str:
    """The name as it is sent. `__Host-` (RFC 6265bis §4.1.3.2) keeps subdomains from setting it.

    Browsers take the prefix over https alone, so development goes without.
    """
    return f"__Host-{name}" if policy.secure_cookies else name


def put(response: Response, name: str, value: str, *, lifetime_s: int, policy: WebPolicy) -> None:
    """Set one cookie for this host alone, unreadable to scripts."""
    response.set_cookie(
        cookie_name(name, policy=policy),
        value,
        max_age=lifetime_s,
        path="/",
        secure=policy.secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def drop(response: Response, name: str, *, policy: WebPolicy) -> None:
    """Take one cookie back, under the attributes it was set with."""
    response.delete_cookie(
        cookie_name(name, policy=policy),
        path="/",
        secure=policy.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
