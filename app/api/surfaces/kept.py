"""Rows already rendered, kept by what they show: an unchanged row is rendered once a process."""

from typing import Any

Key = tuple[Any, ...]


class Kept:
    """A bounded memory of bytes by key, in two generations.

    What was asked for of late is in one of them; when the young one is full it becomes the old
    one, and the old one goes. A key must name what is shown so exactly that it never has a
    second meaning: then nothing here is ever out of date (docs/decisions/0010).
    """

    __slots__ = ("_bytes", "_generation_bytes_max", "_old", "_young")

    def __init__(self, *, bytes_max: int) -> None:
        self._generation_bytes_max = bytes_max // 2
        self._young: dict[Key, bytes] = {}
        self._old: dict[Key, bytes] = {}
        self._bytes = 0

    def get(self, key: Key) -> bytes | None:
        """What was kept under this key."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Key, rendered: bytes) -> None:
        """Keep it."""
        if self._bytes + len(rendered) > self._generation_bytes_max:
            self._old, self._young, self._bytes = self._young, {}, 0
        self._young[key] = rendered
        self._bytes += len(rendered)
