"""Logos are drawn afresh, and nothing of the upload remains but its pixels."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from app.domain.clients.logos import LOGO_BYTES_MAX, LogoRefused, redrawn
from tests.factories.pictures import picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(
    ("size", "drawn"),
    [((40, 20), (40, 20)), ((1000, 500), (256, 128)), ((300, 3000), (26, 256)), ((1, 1), (1, 1))],
)
def test_a_picture_becomes_a_png_of_at_most_256_pixels(
    kind: str, size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    logo = redrawn(picture(kind, size=size))

    with Image.open(io.BytesIO(logo.png)) as shown:
        assert shown.format == "PNG"
        assert shown.size == drawn


def test_what_the_file_said_besides_its_pixels_is_gone() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    upload = picture("PNG", pnginfo=info, icc_profile=b"profile of the camera", dpi=(72, 72))

    logo = redrawn(upload + b"<script>after the end</script>")

    assert b"script" not in logo.png
    assert b"profile" not in logo.png
    with Image.open(io.BytesIO(logo.png)) as shown:
        assert shown.info == {}


def test_a_picture_lying_on_its_side_is_turned_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    logo = redrawn(picture("JPEG", size=(40, 20), exif=turned))

    with Image.open(io.BytesIO(logo.png)) as shown:
        assert shown.size == (20, 40)


def test_the_same_picture_has_the_same_digest() -> None:
    first, second = redrawn(picture()), redrawn(picture())

    assert first.digest == second.digest
    assert first.digest != redrawn(picture(size=(41, 20))).digest


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP", "PPM", "ICO"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(LogoRefused, match="PNG or JPEG"):
        redrawn(picture(kind, size=(32, 32)))


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a<script>",
        picture("JPEG", size=(500, 500))[:300],
        picture("PNG", size=(500, 500))[:60],
    ],
)
def test_what_is_no_picture_is_refused(upload: bytes) -> None:
    with pytest.raises(LogoRefused) as refused:
        redrawn(upload)

    assert [fault.pointer for fault in refused.value.faults] == ["/logo"]


def test_a_large_file_is_refused_unread() -> None:
    with pytest.raises(LogoRefused, match="1 MiB"):
        redrawn(b"\x89PNG" + bytes(LOGO_BYTES_MAX))


@pytest.mark.parametrize("side_px", [5_000, 20_000, 60_000])
def test_a_bomb_is_refused_by_its_header_alone(side_px: int) -> None:
    header = struct.pack(">IIBBBBB", side_px, side_px, 1, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    )

    with pytest.raises(LogoRefused):
        redrawn(bomb)


@given(st.data())
def test_a_broken_picture_is_refused_and_nothing_worse(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([picture("PNG"), picture("JPEG")])))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))

    try:
        logo = redrawn(bytes(whole[:cut]))
    except LogoRefused:
        return
    assert logo.png.startswith(b"\x89PNG")
