"""Call a WSGI application in process, with as little beside it as possible."""

import io
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def environ(
    method: str, target: str, *, headers: dict[str, str] | None = None, body: bytes = b""
) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of one request to localhost:8000."""
    path, _, query = target.partition("?")
    made: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:8000",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in (headers or {}).items():
        made[f"HTTP_{name.upper().replace('-', '_')}"] = value
    if body:
        made["CONTENT_LENGTH"] = str(len(body))
        made["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
    return made


def call(application: Application, made: dict[str, Any], *, body: bytes = b"") -> bytes:
    """One request; the body that came back. Raises AssertionError for anything but 200."""
    status, received = answered(application, made, body=body)
    assert status == "200", (status, received)
    return received


def answered(
    application: Application, made: dict[str, Any], *, body: bytes = b""
) -> tuple[str, bytes]:
    """One request; the three digits of its status, and the body that came back."""
    status = ""

    def start(line: str, _headers: object, _error: object = None) -> None:
        nonlocal status
        status = line

    request = dict(made)
    request["wsgi.input"] = io.BytesIO(body)
    answer = application(request, start)
    try:
        received = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    return status[:3], received
