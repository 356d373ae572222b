"""Passwords, hashed with Argon2id (RFC 9106) and never kept any other way."""

import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORD_CHARACTERS_MAX: Final = 1_024

# The OWASP floor: 19 MiB, two passes, one lane. A process serves one request at a time, so each
# guess costs it some 40 ms; more would make sign-in itself the way to stop the service.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """The Argon2id hash to store, in the PHC string format, with a salt of its own."""
    return _HASHER.hash(_normal(password))


def is_right(password: str, *, hashed: str | None) -> bool:
    """Whether the password is the one that was hashed.

    With no hash (an unknown account) the same work is done and the answer is no, so that
    neither the answer nor its time tells whether an account exists.
    """
    if len(password) > PASSWORD_CHARACTERS_MAX:
        return False
    try:
        _HASHER.verify(hashed or _nobody(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


def needs_rehash(hashed: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(hashed)


def _normal(password: str) -> str:
    # NIST SP 800-63B §5.1.1.2: one form of Unicode, so that every keyboard gives the same bytes.
    return unicodedata.normalize("NFKC", password)


@cache
def _nobody() -> str:
    return _HASHER.hash("the password of nobody")
