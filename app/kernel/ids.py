"""Ids of things: a prefix that says the kind, and a ULID that orders by birth."""

import re
from typing import Final

from ulid import ULID

ULID_LENGTH: Final = 26
_SHAPE = re.compile(r"[a-z]{2,4}_[0-9A-HJKMNP-TV-Z]{26}")


def new_id(prefix: str) -> str:
    """A fresh id such as `inv_01JD…`: prefix, underscore, 26 characters of Crockford base 32."""
    return f"{prefix}_{ULID()}"


def is_id(text: str, *, prefix: str) -> bool:
    """Whether the text has the shape of an id of this kind."""
    return text.startswith(f"{prefix}_") and _SHAPE.fullmatch(text) is not None
