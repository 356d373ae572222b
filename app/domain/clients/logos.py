"""Logos: an uploaded picture becomes a small PNG of our own making, and nothing of it remains."""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from app.kernel.errors import Fault, Invalid

LOGO_BYTES_MAX: Final = 1_048_576
LOGO_SIDE_PX: Final = 256
PIXELS_MAX: Final = 4_194_304
_FORMATS: Final = ("PNG", "JPEG")

# What Pillow's decoders raise on bytes that are no picture, or a broken or hostile one.
_UNREADABLE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG of at most 256 by 256 pixels, and the SHA-256 that names it."""

    png: bytes
    digest: str


class LogoRefused(Invalid):
    """The upload is no picture that can be used; the fault says why."""

    code = "logo_refused"

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail, faults=(Fault(code, detail, pointer="/logo"),))


def redrawn(upload: bytes) -> Logo:
    """Draw an uploaded PNG or JPEG afresh, at most 256 pixels wide and high.

    Raises LogoRefused for what is too large or no such picture.
    """
    if len(upload) > LOGO_BYTES_MAX:
        raise LogoRefused("too_large", "The logo may have 1 MiB.")
    try:
        with Image.open(io.BytesIO(upload), formats=_FORMATS) as picture:
            # The size stands in the header, so that a bomb is refused before it unfolds.
            if picture.width * picture.height > PIXELS_MAX:
                raise LogoRefused("too_many_pixels", "The logo may have 16 million pixels.")
            picture.draft("RGB", (LOGO_SIDE_PX, LOGO_SIDE_PX))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except _UNREADABLE as error:
        raise LogoRefused("unreadable", "The logo must be a PNG or JPEG picture.") from error
    upright.thumbnail((LOGO_SIDE_PX, LOGO_SIDE_PX))
    # A fresh canvas takes the pixels alone: no profile, no comment, no metadata comes along.
    canvas = Image.new("RGBA", upright.size)
    canvas.paste(upright)
    written = io.BytesIO()
    canvas.save(written, format="PNG", optimize=True)
    png = written.getvalue()
    return Logo(png=png, digest=hashlib.sha256(png).hexdigest())
