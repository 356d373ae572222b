"""A request's body, from bytes to plain JSON values, or refused with the reason."""

import re
from decimal import Decimal, DecimalException
from typing import Any, Final

import msgspec
from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.http import parse_options_header

from app.api.surfaces.refusals import BodyTooLarge, UnsupportedMediaType
from app.kernel.errors import Malformed

BODY_BYTES_MAX: Final = 1_048_576
DEPTH_MAX: Final = 64

MEDIA_TYPES: Final = ("application/json", "application/merge-patch+json")
_OPENING = re.compile(rb"[\[{]")
# Decimals are read from their own text: a binary fraction could not hold them.
_decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode


def read_body(request: Request) -> Any:
    """The JSON value of the body. A name given twice has its last value.

    Raises UnsupportedMediaType, BodyTooLarge and Malformed.
    """
    _check_media_type(request)
    return decoded(_bytes_of(request))


def decoded(body: bytes) -> Any:
    """Plain JSON values from bytes. Raises Malformed, whatever the bytes are."""
    try:
        value = _decode(body)
    except UnicodeDecodeError as error:
        raise Malformed("The body is not UTF-8.") from error
    except RecursionError as error:
        raise _too_deep() from error
    except DecimalException as error:
        raise Malformed("The body holds a number that is beyond all bounds.") from error
    except msgspec.DecodeError as error:
        raise Malformed(f"The body cannot be read: {error}.") from error
    # So few brackets cannot nest too deep; only beyond are they looked at one by one.
    if len(_OPENING.findall(body)) > DEPTH_MAX and _is_too_deep(value):
        raise _too_deep()
    return value


def _check_media_type(request: Request) -> None:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding != "identity":
        message = "The body must not be encoded; send it without Content-Encoding."
        raise UnsupportedMediaType(message, accepts=("Accept-Encoding", "identity"))
    media_type, options = parse_options_header(request.headers.get("Content-Type"))
    charset = options.pop("charset", "utf-8").lower()
    if media_type.lower() not in MEDIA_TYPES or charset not in ("utf-8", "utf8"):
        message = "The body must be JSON in UTF-8, sent as Content-Type: application/json."
        header = "Accept-Patch" if request.method == "PATCH" else "Accept-Post"
        raise UnsupportedMediaType(message, accepts=(header, MEDIA_TYPES[0]))


def _bytes_of(request: Request) -> bytes:
    if request.content_length is not None and request.content_length > BODY_BYTES_MAX:
        raise _too_large()
    # A body without an announced length is cut at the limit without a word: one byte more tells.
    request.max_content_length = BODY_BYTES_MAX + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise _too_large() from error
    except ClientDisconnected as error:
        raise Malformed("The body ended before its announced length.") from error
    if len(body) > BODY_BYTES_MAX:
        raise _too_large()
    return body


def _is_too_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEPTH_MAX):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _too_deep() -> Malformed:
    return Malformed(f"The body nests deeper than {DEPTH_MAX} levels.")


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(f"The body is larger than {BODY_BYTES_MAX} bytes.")
