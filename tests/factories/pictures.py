"""Pictures to upload."""

import io

from PIL import Image


def picture(kind: str = "PNG", *, size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    """A red picture of a kind that Pillow can write."""
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, format=kind, **options)
    return written.getvalue()
