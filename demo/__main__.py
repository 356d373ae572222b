"""Serve Ledgerline: `python -m demo`, with the variables that settings.py names."""

import signal
import sys
from types import FrameType

from werkzeug.serving import WSGIRequestHandler, make_server

from demo.pages import create_demo
from demo.settings import Incomplete, read_settings


class Quiet(WSGIRequestHandler):
    """Serves without a line for every request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the callback's address carries a code."""


def stop(number: int, frame: FrameType | None) -> None:
    """End at once and cleanly: there is nothing to keep."""
    sys.exit(0)


def main() -> int:
    """Serve until asked to stop; answers 1 where a variable is missing."""
    signal.signal(signal.SIGTERM, stop)
    try:
        settings = read_settings()
    except Incomplete as incomplete:
        print(incomplete, file=sys.stderr)  # noqa: T201 - the one line that says what is missing
        return 1
    server = make_server(
        "127.0.0.1", settings.port, create_demo(settings), threaded=True, request_handler=Quiet
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
