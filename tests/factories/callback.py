"""A third-party app's callback address: a real HTTP receiver on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TIMEOUT_S = 20


class Receiver:
    """Where browsers are sent back to; keeps the addresses that they came with."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self._arrived = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/callback"):
                    outer.received.append(f"{outer.origin}{self.path}")
                    outer._arrived.set()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>Back</title><h1>Back at the app</h1>")

            def log_message(self, *_: object) -> None:
                """Codes are not written to a test's output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def address(self) -> str:
        """The redirect_uri to register."""
        return f"{self.origin}/callback"

    def wait(self) -> str:
        """The last address a browser came back with."""
        assert self._arrived.wait(TIMEOUT_S), "no browser came back"
        self._arrived.clear()
        return self.received[-1]

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Listen until the block ends."""
    listening = Receiver()
    thread = threading.Thread(target=listening.serve, daemon=True)
    thread.start()
    try:
        yield listening
    finally:
        listening.close()
        thread.join()
