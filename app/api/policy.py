"""What the API needs to know of the installation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPolicy:
    """Links begin with `issuer`. The first cursor key seals; each of them opens.

    `tag_key` hides what entity tags are made from.
    """

    issuer: str
    cursor_keys: tuple[bytes, ...]
    tag_key: bytes
    kept_bytes_max: int = 16 * 1_048_576
