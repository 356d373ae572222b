"""Sweep what has expired, batch by batch; a kill in between loses nothing but time."""

from collections.abc import Callable
from functools import partial
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.grants.sweep import EXPIRING, forget_sealed_answers, sweep_batch
from app.gateway.limiter.decision import Limiter
from app.kernel.clock import epoch_s
from app.storage.statistics import keep_statistics
from app.storage.transaction import perform

BATCH_ROWS: Final = 500
BATCHES_MAX: Final = 2_000


def sweep(engine: Engine, limiter: Limiter, *, batch_rows: int = BATCH_ROWS) -> dict[str, int]:
    """Delete expired rows of every kind until none is left; how many of each, by table.

    Every batch is a transaction of its own, so that no lock is held for long.
    """
    now_s = epoch_s()
    swept: dict[str, int] = {}
    for table, _, _ in EXPIRING:
        deed = partial(sweep_batch, table=table, now_s=now_s, batch_rows=batch_rows)
        swept[table.__tablename__] = _drain(engine, deed, batch_rows=batch_rows)
    forget = partial(forget_sealed_answers, now_s=now_s, batch_rows=batch_rows)
    swept["sealed_answers"] = _drain(engine, forget, batch_rows=batch_rows)
    swept["limits"] = _drained(lambda: limiter.sweep(batch=batch_rows), batch_rows=batch_rows)
    perform(engine, keep_statistics)
    return swept


def _drain(engine: Engine, deed: Callable[[Session], int], *, batch_rows: int) -> int:
    return _drained(lambda: perform(engine, deed), batch_rows=batch_rows)


def _drained(batch: Callable[[], int], *, batch_rows: int) -> int:
    total = 0
    for _ in range(BATCHES_MAX):
        count = batch()
        total += count
        if count < batch_rows:
            break
    return total
