"""Entity tags: what an answer is known by, telling a stranger nothing of what it shows.

The tag of one object is a keyed hash of the very bytes that show it, so it is strong: it changes
whenever they do, and never says that something hidden has (security.md 4). Cursors are sealed
afresh for every answer, so the tag of a list is weak (RFC 9110 §8.8.1): it stands for what the
list was made from, and is known without making it.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import msgspec

TAG_BYTES: Final = 12
IDENTITY_BYTES: Final = 16
_pack: Final = msgspec.msgpack.Encoder().encode


class Tags:
    """Makes the tags of one installation, under a key of its own."""

    __slots__ = ("_keyed",)

    def __init__(self, key: bytes) -> None:
        # Copied for each tag: taking the key in costs as much as a whole row.
        self._keyed = blake2b(key=key, digest_size=TAG_BYTES)

    def of_row(self, row: bytes) -> str:
        """The tag of one object shown whole, from the bytes that show it."""
        return f'"{self._hashed(row)}"'

    def of_part(self, row: bytes, shown: bytes) -> str:
        """The tag of an object shown otherwise: the object's own, a point, and what is shown."""
        return f'"{self._hashed(row)}.{self._hashed(shown)}"'

    def of_list(
        self, identity: bytes, *, organisation: str, grant: str, heads: Sequence[int]
    ) -> str:
        """The tag of a list: what was asked, for whom, and how far what it shows has come."""
        return f'W/"{self._hashed(b"list" + identity + _pack((organisation, grant, heads)))}"'

    def _hashed(self, shown: bytes) -> str:
        hashed = self._keyed.copy()
        hashed.update(shown)
        return hashed.hexdigest()


def identity_of(*asked: object) -> bytes:
    """What was asked, whatever its length, as a few bytes."""
    return blake2b(_pack(asked), digest_size=IDENTITY_BYTES).digest()
