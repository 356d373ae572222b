"""Counts in one SQLite file: exact across all processes of one machine, nothing to install.

The file is a scratch pad: it is written without waiting for the disk, so that a machine that
loses its power forgets a window's counts, and made again when it was deleted or damaged under us.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, flock
from typing import Final, TypeAlias, TypeVar
from weakref import WeakSet

from app.gateway.limiter import ring
from app.gateway.limiter.conclude import conclude
from app.gateway.limiter.decision import Decision, Demand, LimiterUnavailable, distinct
from app.kernel.clock import epoch_us

WAIT_MAX_S: Final = 1.0
_OPENING_WAIT_MAX_S: Final = 2.0
_PAUSE_S: Final = 0.000_1
_LOOK_AGAIN_S: Final = 0.05
_SIDECARS: Final = ("-shm", "-wal", "-journal")
# These mean that the file is not, or no longer, what was written here; any other failure means
# that it cannot be used now. A row that holds no counts overflows somewhere in the arithmetic.
_DAMAGE: Final = frozenset(
    (
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_NOTADB,
    )
)
_FAILURES: Final = (sqlite3.Error, OSError, OverflowError)

_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS budget (
        id INTEGER PRIMARY KEY,
        subject TEXT NOT NULL UNIQUE,
        expires_us INTEGER NOT NULL,
        rings BLOB NOT NULL
    )
"""
_FIND: Final = "SELECT id, rings FROM budget WHERE subject = ?"
_ADD: Final = "INSERT INTO budget (subject, expires_us, rings) VALUES (?, ?, ?)"
_CHANGE: Final = "UPDATE budget SET expires_us = ?, rings = ? WHERE id = ?"
_EXPIRED: Final = "SELECT id FROM budget WHERE id > ? AND expires_us <= ? ORDER BY id LIMIT ?"
_FORGET: Final = "DELETE FROM budget WHERE id = ? AND expires_us <= ?"

_Execute: TypeAlias = Callable[..., sqlite3.Cursor]
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


class SqliteLimiter:
    """One row a subject, one transaction a decision, one connection a process.

    Threads may share the object, and a process that uses it may fork: the connection is closed
    before and made again where it is next needed.
    """

    degraded = False

    def __init__(
        self, path: str, *, clock: Callable[[], int] | None = None, wait_max_s: float = WAIT_MAX_S
    ) -> None:
        self._path = path
        self._wait_max_s = wait_max_s
        self._clock = clock or epoch_us
        self._turn = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._execute: _Execute
        self._inode = (0, 0)
        self._looked_at_s = 0.0
        self._swept_to_id = 0
        _limiters.add(self)

    def acquire(self, demands: Sequence[Demand], *, now_us: int | None = None) -> Decision:
        """As Limiter says, and exact for every process that has opened this file."""
        distinct(demands)
        return self._attempt(self._decide, demands, now_us)

    def sweep(self, *, batch: int, now_us: int | None = None) -> int:
        """As Limiter says: goes on through the file, one short transaction a call."""
        return self._attempt(self._forget, batch, now_us)

    def close(self) -> None:
        """Close the connection of this process."""
        with self._turn:
            self._disconnect()

    def _attempt(
        self,
        act: Callable[[_Execute, _Asked, int | None], _Answer],
        asked: _Asked,
        now_us: int | None,
    ) -> _Answer:
        """Do it; if the file turns out damaged, make it again and do it once more."""
        with self._turn:
            try:
                return self._act(act, asked, now_us)
            except _FAILURES as error:
                if not _is_damage(error):
                    raise LimiterUnavailable(f"The limiter file is not usable: {error}.") from error
            try:
                self._remove_damaged()
                return self._act(act, asked, now_us)
            except _FAILURES as error:
                raise LimiterUnavailable(f"The limiter file is not usable: {error}.") from error

    def _act(
        self,
        act: Callable[[_Execute, _Asked, int | None], _Answer],
        asked: _Asked,
        now_us: int | None,
    ) -> _Answer:
        try:
            return act(self._opened(), asked, now_us)
        except BaseException:
            # Whatever it was, a transaction left open would keep every other process waiting.
            self._disconnect()
            raise

    def _decide(self, execute: _Execute, demands: Sequence[Demand], now_us: int | None) -> Decision:
        _begin(execute, wait_max_s=self._wait_max_s)
        now_us = self._clock() if now_us is None else now_us
        tick = ring.tick_at(now_us)
        admitted = True
        settled = []
        for demand in demands:
            row = execute(_FIND, (demand.subject,)).fetchone()
            stored = ring.unpacked(row[1]) if row else None
            rings, has_room, is_moved = ring.settle(stored, demand, tick=tick)
            admitted = admitted and has_room
            settled.append((demand, rings, is_moved, row))
        found = []
        for demand, rings, is_moved, row in settled:
            is_spent = admitted and demand.cost > 0
            if is_spent:
                ring.count(rings, demand)
            if is_spent or is_moved:
                _keep(execute, demand.subject, rings, row and row[0])
            found += ring.readings(rings, demand)
        execute("COMMIT")
        return conclude(demands, found, admitted=admitted, now_us=now_us)

    def _forget(self, execute: _Execute, batch: int, now_us: int | None) -> int:
        now_us = self._clock() if now_us is None else now_us
        # The search reads beside the writers; only the deletion, by key, takes the lock.
        expired = execute(_EXPIRED, (self._swept_to_id, now_us, batch)).fetchall()
        self._swept_to_id = expired[-1][0] if len(expired) == batch else 0
        if not expired:
            return 0
        _begin(execute, wait_max_s=self._wait_max_s)
        swept = sum([execute(_FORGET, (row[0], now_us)).rowcount for row in expired])
        execute("COMMIT")
        return swept

    def _opened(self) -> _Execute:
        now_s = time.monotonic()
        if self._connection is not None and now_s - self._looked_at_s > _LOOK_AGAIN_S:
            self._looked_at_s = now_s
            if _inode_at(self._path) != self._inode:
                self._disconnect()
        if self._connection is None:
            _make(self._path)
            self._inode = _inode_at(self._path)
            self._connection = _connect(self._path)
            self._execute = self._connection.cursor().execute
            self._looked_at_s = now_s
        return self._execute

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _remove_damaged(self) -> None:
        """Take the file away, unless another process has put a new one in its place."""
        with _alone(self._path):
            if _inode_at(self._path) == self._inode:
                # What goes with it goes first: who opens it meanwhile still meets the damage.
                _remove_sidecars(self._path)
                os.unlink(self._path)


@contextmanager
def _alone(path: str) -> Iterator[None]:
    """Make or remove the file while no other process does; using it needs no such turn."""
    queue = os.open(f"{path}-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        flock(queue, LOCK_EX)
        yield
    finally:
        os.close(queue)


def _remove_sidecars(path: str) -> None:
    for part in _SIDECARS:
        with suppress(FileNotFoundError):
            os.unlink(path + part)


def _make(path: str) -> None:
    """See that there is a file, private from its first moment: sidecars take their mode from it."""
    with _alone(path):
        if os.path.exists(path):
            with suppress(PermissionError):
                os.chmod(path, 0o600)
            return
        # A log left by a deleted file would be read into this one.
        _remove_sidecars(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_OPENING_WAIT_MAX_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(_SCHEMA)
        # From here on waiting is done in _begin: the built-in handler sleeps for milliseconds.
        connection.execute("PRAGMA busy_timeout = 0")
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(execute: _Execute, *, wait_max_s: float) -> None:
    """Take the write lock; another holds it for some 20 µs, so look again very soon."""
    give_up_at_s = 0.0
    while True:
        try:
            execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            now_s = time.monotonic()
            give_up_at_s = give_up_at_s or now_s + wait_max_s
            if _primary_code(error) != sqlite3.SQLITE_BUSY or now_s > give_up_at_s:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def _keep(execute: _Execute, subject: str, rings: ring.Rings, row_id: int | None) -> None:
    if row_id is None:
        execute(_ADD, (subject, ring.expiry_us(rings), rings.tobytes()))
    else:
        execute(_CHANGE, (ring.expiry_us(rings), rings.tobytes(), row_id))


def _is_damage(error: Exception) -> bool:
    return isinstance(error, OverflowError) or _primary_code(error) in _DAMAGE


def _primary_code(error: Exception) -> int:
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _inode_at(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


# SQLite's locks do not survive a fork, and its notes about them do: a connection that was open at
# that moment can be neither used nor closed in the child. So there is none (sqlite.org,
# "How To Corrupt An SQLite Database File", 2.6).
_limiters: WeakSet[SqliteLimiter] = WeakSet()
_held: list[SqliteLimiter] = []
_forking = threading.Lock()


def _before_fork() -> None:
    _forking.acquire()
    for limiter in list(_limiters):
        limiter._turn.acquire()
        limiter._disconnect()
        _held.append(limiter)


def _after_fork() -> None:
    while _held:
        _held.pop()._turn.release()
    _forking.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
