"""Secrets: how they are made, recognised, stored and sealed.

Formats (oauth.md §5.7): `ch_<live|test>_<kind>_` + 43 base62 characters (256 bits) + 6 base62
characters of CRC-32 over everything before them, so that a scanner can tell a leaked secret
from noise and a mistyped one costs no database work.
"""

import hashlib
import hmac
import os
import re
import zlib
from typing import Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BRAND: Final = "ch"
SECRET_PATTERN: Final = r"^ch_(live|test)_(at|rt|ac|cs|ss|dk)_[0-9A-Za-z]{49}$"
BODY_LENGTH: Final = 43
CHECKSUM_LENGTH: Final = 6
NONCE_BYTES: Final = 12
RANDOM_BYTES: Final = 64

Kind = Literal["at", "rt", "ac", "cs", "ss", "dk"]

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = bytes(ord(_ALPHABET[value % 62]) for value in range(256))
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_BIASED = bytes(range(248, 256))
_RECOGNISE = re.compile(SECRET_PATTERN)


def _random_body() -> str:
    # Each byte below 248 is one of four spellings of a digit; the rest are thrown away, so that
    # no digit is likelier than another. 43 digits are 256 bits.
    while True:
        digits = os.urandom(RANDOM_BYTES).translate(_DIGITS, _BIASED)
        if len(digits) >= BODY_LENGTH:
            return digits[:BODY_LENGTH].decode("ascii")


def _checksum(text: str) -> str:
    # Six digits of base 62, two at a time: this is reckoned on every call to the gateway.
    rest, last = divmod(zlib.crc32(text.encode("ascii")), 3_844)
    first, middle = divmod(rest, 3_844)
    return _PAIRS[first] + _PAIRS[middle] + _PAIRS[last]


def new_secret(kind: Kind, *, live: bool = True) -> str:
    """A fresh secret of 256 bits in the published format."""
    mode = "live" if live else "test"
    body = _random_body()
    head = f"{BRAND}_{mode}_{kind}_{body}"
    return head + _checksum(head)


def is_live(secret: str) -> bool:
    """Whether a well-formed secret belongs to real books, rather than to a test organisation's."""
    return secret.startswith(f"{BRAND}_live_")


def is_secret(text: str, *, kind: Kind) -> bool:
    """Whether the text is well formed for this kind, checksum included; no database is asked."""
    match = _RECOGNISE.fullmatch(text)
    if match is None or match.group(2) != kind:
        return False
    return _checksum(text[:-CHECKSUM_LENGTH]) == text[-CHECKSUM_LENGTH:]


def digest(secret: str) -> bytes:
    """SHA-256 of a 256-bit secret: all that is ever stored of it (oauth.md §5.8)."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def same(first: bytes, second: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(first, second)


def derive(root: bytes, *, purpose: str) -> bytes:
    """A 256-bit key for one purpose from root key material (RFC 5869), so no key serves two."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(root)


def bind(kind: str, *parts: str) -> bytes:
    """Associated data: the kind and its parts, each length-prefixed, so none can slide."""
    fields = [part.encode() for part in (kind, *parts)]
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def seal(key: bytes, plain: bytes, *, bound_to: bytes) -> bytes:
    """Encrypt under AES-256-GCM with a random nonce; the nonce leads the result."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def unseal(key: bytes, sealed: bytes, *, bound_to: bytes) -> bytes | None:
    """Decrypt what `seal` made; None when the key, the binding or a single byte differs."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        return None
