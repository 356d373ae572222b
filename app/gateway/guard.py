"""What holds for every request, whoever answers it: its id, its host, its address."""

from os import urandom
from typing import Final

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from app.gateway.policy import GatewayPolicy

REQUEST_ID_BYTES: Final = 12
HEALTH: Final = ("/health/live", "/health/ready")


def mount(flask: Flask, policy: GatewayPolicy) -> None:
    """Give every request an id of ours, and answer 421 to hosts that are not ours.

    Issuer and links come from settings, never from Host; an unknown Host is refused all the
    same, so that nothing behind us can be tricked by it (security.md 3).
    """
    if policy.trusted_proxies:
        hops = policy.trusted_proxies
        wrapped = ProxyFix(flask.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_prefix=0)
        flask.wsgi_app = wrapped  # type: ignore[method-assign] # how Flask documents it

    @flask.before_request
    def receive() -> Response | None:
        given = request.environ
        g.request_id = f"req_{urandom(REQUEST_ID_BYTES).hex()}"
        # Health checks come by address, from load balancers that know no name.
        if (
            given.get("HTTP_HOST", "").lower() not in policy.hosts
            and given["PATH_INFO"] not in HEALTH
        ):
            return Response("This host is not served here.\n", 421, content_type="text/plain")
        if not _is_text(given.get("QUERY_STRING", "")):
            return Response("The address is not UTF-8.\n", 400, content_type="text/plain")
        return None

    @flask.after_request
    def name(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response


def _is_text(query: str) -> bool:
    # WSGI hands bytes over as Latin-1 (PEP 3333); what is not percent-encoded must be UTF-8.
    if query.isascii():
        return True
    try:
        query.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    return True
