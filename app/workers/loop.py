"""The worker: a process of its own that does what no request should wait for."""

import signal
import threading
from types import FrameType
from typing import Final

import structlog
from sqlalchemy import Engine

from app.gateway.limiter.decision import Limiter
from app.workers.sweep import sweep

SWEEP_INTERVAL_S: Final = 60.0

_log = structlog.get_logger(__name__)


def work(engine: Engine, limiter: Limiter, *, interval_s: float = SWEEP_INTERVAL_S) -> None:
    """Sweep now and then until SIGTERM or SIGINT; a failed round is told and tried again."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _log.info("worker.started", interval_s=interval_s)
    while not stopped.is_set():
        try:
            swept = {name: count for name, count in sweep(engine, limiter).items() if count}
            if swept:
                _log.info("worker.swept", **swept)
        except Exception as error:  # noqa: BLE001 - the edge of the process: it must go on
            _log.error("worker.failed", reason=type(error).__name__)
        stopped.wait(interval_s)
    _log.info("worker.stopped")
