"""Note who used what and when, in memory, and write it down every few seconds and at stop."""

import atexit
import threading
from collections.abc import Callable, Mapping

import structlog

from app.domain.grants.usage import Use

Flush = Callable[[Mapping[Use, int]], None]

_log = structlog.get_logger(__name__)


class Meter:
    """A buffer of last uses: safe methods never write, so the writing happens elsewhere.

    A timer runs only while there is something to write. What cannot be written now is kept
    for the next time.
    """

    def __init__(self, flush: Flush, *, interval_s: float) -> None:
        self._flush = flush
        self._interval_s = interval_s
        self._uses: dict[Use, int] = {}
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        atexit.register(self.flush)

    def note(self, use: Use, *, now_s: int) -> None:
        """Remember that this was used now (seconds since the epoch)."""
        with self._lock:
            self._uses[use] = now_s
            if self._timer is None:
                self._timer = threading.Timer(self._interval_s, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what was noted."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            uses, self._uses = self._uses, {}
        if not uses:
            return
        try:
            self._flush(uses)
        except Exception as error:  # noqa: BLE001 - the edge of a thread: nobody above would hear
            _log.warning("usage.not_written", reason=type(error).__name__, uses=len(uses))
            with self._lock:
                self._uses = uses | self._uses
