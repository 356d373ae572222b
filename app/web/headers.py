"""The headers that every page carries, and the one that two pages widen: consent, playground."""

import re
from typing import Final

from werkzeug.wrappers import Response

CONTENT_SECURITY: Final = (
    ("default-src", "'none'"),
    ("style-src", "'self'"),
    ("img-src", "'self' data:"),
    ("font-src", "'self'"),
    ("form-action", "'self'"),
    ("frame-ancestors", "'none'"),
    ("base-uri", "'none'"),
)
# What the playground needs beside: our own files as scripts, and calls to our own API.
SCRIPTED: Final = (("script-src", "'self'"), ("connect-src", "'self'"))
PAGE_HEADERS: Final = (
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    (
        "Permissions-Policy",
        "accelerometer=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), "
        "gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
    ),
)
STRICT_TRANSPORT: Final = "max-age=31536000"

# Only what is written here ever enters the policy: urlsplit would hand on a "host" such as
# `evil.example;script-src`. A host in brackets (IPv6) has no spelling in CSP (CSP3 §2.3.1).
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ORIGIN = re.compile(
    rf"(https?://{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?)(?:[/?#].*)?", re.DOTALL
)


def origin_for_policy(uri: str | None) -> str | None:
    """The origin of an http(s) address as a CSP source; None where it cannot be one."""
    match = _ORIGIN.fullmatch(uri or "")
    return match.group(1).lower() if match else None


def content_security(*, form_target: str | None = None, has_scripts: bool = False) -> str:
    """The policy of a page; `form_target` is one more origin that its form may lead to.

    With `has_scripts` our own files may run and call us; nothing written in the page ever runs.

    Chromium holds `form-action` against every redirect after a submission, so the page whose
    form ends at an app must name that app's origin.
    """
    origin = origin_for_policy(form_target)
    sources = dict(CONTENT_SECURITY + SCRIPTED if has_scripts else CONTENT_SECURITY)
    if origin is not None:
        sources["form-action"] += f" {origin}"
    return "; ".join(f"{name} {value}" for name, value in sources.items())


def dress(response: Response, *, is_secure: bool) -> Response:
    """Give a response every header it does not already carry."""
    response.headers.setdefault("Content-Security-Policy", content_security())
    for name, value in PAGE_HEADERS:
        response.headers.setdefault(name, value)
    if is_secure:
        response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    return response
