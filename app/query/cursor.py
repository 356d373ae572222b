"""Cursors: a place in a walk, sealed, so that it can neither be read, made nor used elsewhere.

The key values of a cursor are names and amounts, and URLs end in logs; so the token is
encrypted, and bound to the organisation and the client it was given to. It is never an
authorization: it only says where to go on, in rows chosen without it.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from app.kernel.errors import Fault
from app.kernel.secrets import bind, seal, unseal
from app.query.compile import Shape
from app.query.faults import InvalidQuery
from app.query.grammar import Order, Scalar
from app.query.operands import Operand
from app.query.paging import cursor_invalid

VERSION: Final = 1
_HASH_BYTES: Final = 8

KeyValue = Scalar | None


@dataclass(frozen=True, slots=True)
class Seal:
    """Whose cursors these are. The first key seals; each of them opens, so that keys can change."""

    keys: tuple[bytes, ...]
    tenant: str
    client: str
    now_s: int


@dataclass(frozen=True, slots=True)
class Walk:
    """What a cursor is valid for: the resource and sort, and the filter, each as a short hash."""

    sort: bytes
    where: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk goes on: past the row with these key values; without any, from its end."""

    values: tuple[KeyValue, ...]
    backward: bool


class _Sealed(msgspec.Struct, array_like=True, frozen=True):
    version: int
    sort: bytes
    where: bytes
    backward: bool
    values: tuple[str | int | None, ...]
    issued_s: int


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Sealed).decode


def walk_of(
    resource: str, full: Sequence[Order], shape: Shape | None, values: Sequence[Operand]
) -> Walk:
    """The walk of a resource in this order over this filter."""
    orders = [(order.field, order.descending) for order in full]
    return Walk(sort=_hash((resource, orders)), where=_hash((shape, values)))


def seal_cursor(place: Place, walk: Walk, sealing: Seal) -> str:
    """The text of a cursor, safe in a URL."""
    plain = _encode(
        _Sealed(VERSION, walk.sort, walk.where, place.backward, place.values, sealing.now_s)
    )
    sealed = seal(sealing.keys[0], plain, bound_to=_bound_to(sealing))
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def open_cursor(text: str, walk: Walk, sealing: Seal) -> Place:
    """The place a cursor stands for. Raises InvalidQuery: cursor_invalid or cursor_mismatch."""
    found = _opened(text, sealing)
    if found is None or found.version != VERSION:
        raise InvalidQuery((cursor_invalid(),))
    for part, given, wanted in (
        ("sort", found.sort, walk.sort),
        ("filter", found.where, walk.where),
    ):
        if given != wanted:
            detail = f"this cursor was given for another {part}; keep it, or start without cursor"
            raise InvalidQuery((Fault("cursor_mismatch", detail, parameter="cursor", position=0),))
    return Place(found.values, found.backward)


def _opened(text: str, sealing: Seal) -> _Sealed | None:
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    for key in sealing.keys:
        plain = unseal(key, sealed, bound_to=_bound_to(sealing))
        if plain is not None:
            return _decoded(plain)
    return None


def _decoded(plain: bytes) -> _Sealed | None:
    try:
        return _decode(plain)
    except msgspec.MsgspecError:
        return None


def _bound_to(sealing: Seal) -> bytes:
    return bind("cursor", sealing.tenant, sealing.client)


def _hash(meaning: object) -> bytes:
    return hashlib.blake2b(_encode(meaning), digest_size=_HASH_BYTES).digest()
