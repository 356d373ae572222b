"""A request's query string, taken apart exactly: percent-decoded, and UTF-8 or refused."""

from typing import Final
from urllib.parse import unquote_to_bytes

from app.kernel.errors import Fault, Malformed
from app.query.faults import InvalidQuery, shown

PARAMETERS_MAX: Final = 1_000

Pairs = list[tuple[str, str]]


def pairs_of(query: bytes) -> Pairs:
    """The parameters in their order; those without a name or value are none.

    Raises Malformed for bytes that are not UTF-8, and for more parameters than any address has.
    """
    if not query:
        return []
    chunks = [chunk for chunk in query.split(b"&") if chunk]
    if len(chunks) > PARAMETERS_MAX:
        raise Malformed(f"The query has more than {PARAMETERS_MAX} parameters.")
    try:
        return [_pair(chunk) for chunk in chunks]
    except UnicodeDecodeError as error:
        raise Malformed("The query is not UTF-8 once percent-decoded.") from error


def names_of(query: bytes) -> frozenset[str]:
    """The parameters' names, whatever their bytes."""
    if not query:
        return frozenset()
    return frozenset(
        _decoded(chunk.partition(b"=")[0]).decode("utf-8", "replace") for chunk in query.split(b"&")
    )


def refuse_parameters(query: bytes) -> None:
    """Where no parameter is known, each is refused: a wrong client shall notice."""
    faults = tuple(
        Fault("unknown_parameter", "This address takes no parameters.", parameter=shown(name))
        for name, _ in pairs_of(query)
    )
    if faults:
        raise InvalidQuery(faults)


def _pair(chunk: bytes) -> tuple[str, str]:
    name, _, value = chunk.partition(b"=")
    return _decoded(name).decode(), _decoded(value).decode()


def _decoded(part: bytes) -> bytes:
    part = part.replace(b"+", b" ")
    return unquote_to_bytes(part) if b"%" in part else part
