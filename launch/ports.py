"""Which ports are free, on every address that `localhost` may mean."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from launch.refusal import Refusal

TRIED_MAX = 20


@contextmanager
def claimed(port: int) -> Iterator[None]:
    """See that the port is free, and keep it ours on ::1 for as long as we serve on 127.0.0.1.

    A browser tries `localhost` on ::1 first. A socket that is bound there and never listens lets
    it fall back at once, and keeps every other program from answering in our name.

    Raises Refusal when somebody has the port.
    """
    fault = bind_fault(port)
    if fault is not None:
        raise Refusal(f"port {port} is {fault}; choose another: ./run --port N")
    twin = bind_v6(port)
    try:
        yield
    finally:
        if twin is not None:
            twin.close()


def next_free(port: int) -> int:
    """Answer the first free port from this one upward."""
    for candidate in range(port, min(port + TRIED_MAX, 65_536)):
        if bind_fault(candidate) is None:
            return candidate
    raise Refusal(f"no port is free from {port} on; choose another: ./run --port N")


def bind_fault(port: int) -> str | None:
    """Say what keeps a server off the port, or None when nothing does."""
    try:
        with socket.socket(socket.AF_INET) as ours:
            # Connections of a server that has just ended do not take its port; one that
            # listens does, for this flag is not SO_REUSEPORT.
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            ours.bind(("127.0.0.1", port))
        twin = bind_v6(port)
        if twin is not None:
            twin.close()
    except OSError as error:
        return "taken" if error.errno == errno.EADDRINUSE else "not open to this user"
    return None


def bind_v6(port: int) -> socket.socket | None:
    """Bind the port on ::1, or answer None where the machine has no IPv6."""
    try:
        twin = socket.socket(socket.AF_INET6)
    except OSError:
        return None
    try:
        twin.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        twin.bind(("::1", port))
    except OSError as error:
        twin.close()
        if error.errno == errno.EADDRNOTAVAIL:
            return None
        raise
    return twin
