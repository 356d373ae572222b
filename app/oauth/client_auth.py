"""Who the client is: one method a request, and the same answer for every failure.

RFC 6749 §2.3, RFC 9700 §2.5; registered with Authlib's client authentication.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote_plus

from app.domain.clients.authenticate import LiveClient, live_client
from app.oauth.errors import invalid_client, invalid_request
from app.oauth.requests import FormRequest

METHODS: Final = ("client_secret_basic", "client_secret_post", "none")
SECRET_METHODS: Final = frozenset({"client_secret_basic", "client_secret_post"})
_CLIENT_ID = re.compile(r"[\x21-\x7e]{1,100}")

Presented = tuple[str, str | None]


def authenticate(request: FormRequest) -> LiveClient:
    """The live client that proved itself. Raises ProtocolError otherwise.

    A client that has proved itself in this request already is not asked again.
    """
    if request.client is not None:
        return request.client
    method = _method(request)
    client_id, secret = _READ[method](request)
    challenged = method == "client_secret_basic"
    if _CLIENT_ID.fullmatch(client_id) is None:
        raise invalid_client(challenged=challenged)
    client = live_client(request.session, client_id=client_id, now_s=request.now_s)
    if client is None or not _proves(client, method=method, secret=secret):
        raise invalid_client(challenged=challenged)
    request.auth_method = method
    request.client = client
    return client


def _method(request: FormRequest) -> str:
    in_header = request.authorization is not None
    in_body = "client_secret" in request.parameters.values
    if in_header and in_body:
        raise invalid_request(
            "The client authenticated in two ways.",
            hint="Send the secret either by HTTP Basic or in the body, not both.",
        )
    if in_header:
        return "client_secret_basic"
    return "client_secret_post" if in_body else "none"


def _proves(client: LiveClient, *, method: str, secret: str | None) -> bool:
    if method == "none":
        return client.auth_method == "none"
    # Basic and the body carry the same secret over the same TLS, so a client registered for
    # one may use the other: libraries differ in which they choose.
    return client.auth_method in SECRET_METHODS and secret is not None and client.has_secret(secret)


def _from_basic(request: FormRequest) -> Presented:
    scheme, _, encoded = (request.authorization or "").partition(" ")
    if scheme.lower() != "basic":
        raise invalid_client(challenged=True)
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise invalid_client(challenged=True) from None
    client_id, _, secret = text.partition(":")
    # Both halves are form-encoded before they are joined (RFC 6749 §2.3.1).
    client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    named = request.parameters.values.get("client_id")
    if named is not None and named != client_id:
        raise invalid_request("client_id in the body differs from the one in the header.")
    return client_id, secret


def _from_body(request: FormRequest) -> Presented:
    values = request.parameters.values
    return values.get("client_id", ""), values["client_secret"]


def _from_name_alone(request: FormRequest) -> Presented:
    client_id = request.parameters.values.get("client_id")
    if client_id is None:
        raise invalid_client(challenged=False)
    return client_id, None


_READ: Final[dict[str, Callable[[FormRequest], Presented]]] = {
    "client_secret_basic": _from_basic,
    "client_secret_post": _from_body,
    "none": _from_name_alone,
}
