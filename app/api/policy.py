"""What the API needs to know of the installation."""

from dataclasses import dataclass

from app.query.grammar import LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPolicy:
    """Links begin with `issuer`. The first cursor key seals; each of them opens.

    `tag_key` hides what entity tags are made from. `query_budget_ms` is how long one list may
    be looked for.
    """

    issuer: str
    cursor_keys: tuple[bytes, ...]
    tag_key: bytes
    query_budget_ms: int = LIMITS.budget_ms
    kept_bytes_max: int = 16 * 1_048_576
