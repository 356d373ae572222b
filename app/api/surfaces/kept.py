"""Rows already rendered, kept by what they show: an unchanged row is rendered once a process."""

from collections.abc import Sequence
from typing import Any, Final

Key = tuple[Any, ...]
# What a row takes beside its own bytes: its key, its id and its place in the dictionary.
OVERHEAD_BYTES: Final = 400


class Kept:
    """A bounded memory of rendered rows, by organisation and key, in two generations.

    What was asked for of late is in one of them; when the young one is full it becomes the old
    one, and the old one goes. A key names what is shown so exactly that it never has a second
    meaning, so nothing here is ever out of date (docs/decisions/0007).
    """

    __slots__ = ("_bytes", "_generation_bytes_max", "_old", "_young")

    def __init__(self, *, bytes_max: int) -> None:
        self._generation_bytes_max = bytes_max // 2
        self._young: dict[str, dict[Key, bytes]] = {}
        self._old: dict[str, dict[Key, bytes]] = {}
        self._bytes = 0

    def rows(self, organisation: str, keys: Sequence[Key]) -> list[bytes | None]:
        """What was kept under each key, None where nothing was."""
        young = self._young.get(organisation, {})
        found = list(map(young.get, keys))
        old = self._old.get(organisation)
        if old and None in found:
            for place, key in enumerate(keys):
                if found[place] is None and key in old:
                    found[place] = kept = old[key]
                    self.keep(organisation, key, kept)
        return found

    def keep(self, organisation: str, key: Key, rendered: bytes) -> None:
        """Keep a row of an organisation."""
        size = len(rendered) + OVERHEAD_BYTES
        if self._bytes + size > self._generation_bytes_max:
            self._old, self._young, self._bytes = self._young, {}, 0
        self._young.setdefault(organisation, {})[key] = rendered
        self._bytes += size
