"""Read what was sent to an OAuth endpoint: strict, each parameter once (RFC 6749 §3.1, §3.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

PARAMETERS_MAX: Final = 50
FORM_BYTES_MAX: Final = 65_536
FORM_TYPE: Final = "application/x-www-form-urlencoded"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class UnreadableForm(Exception):
    """The parameters could not be read; the message says why, without repeating them."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters that had a value, and the names of those that were sent twice."""

    values: Mapping[str, str]
    repeated: frozenset[str]


def read_parameters(raw: bytes) -> Parameters:
    """Decode `application/x-www-form-urlencoded` bytes, of a body or of a query.

    A parameter without a value counts as left out (RFC 6749 §3.1). Raises UnreadableForm for
    bytes that are not UTF-8, control characters, or more parameters than anyone needs.
    """
    if len(raw) > FORM_BYTES_MAX:
        raise UnreadableForm(f"The parameters are longer than {FORM_BYTES_MAX} bytes.")
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=PARAMETERS_MAX,
        )
    except (UnicodeDecodeError, ValueError):
        raise UnreadableForm("The parameters are not percent-encoded UTF-8.") from None
    values: dict[str, str] = {}
    repeated = set()
    for name, value in pairs:
        if _CONTROL.search(value) or _CONTROL.search(name):
            raise UnreadableForm("A parameter holds a control character.")
        if name in values:
            repeated.add(name)
        values[name] = value
    return Parameters({n: v for n, v in values.items() if v}, frozenset(repeated))
