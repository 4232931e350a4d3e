"""Photos as phones take them, with all they tell about place, time and owner; and files that only pretend to be one."""

import struct
import zlib
from io import BytesIO
from random import Random

from PIL import Image

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 160, 40), (30, 60, 220), (230, 220, 40)
CORNERS = (RED, GREEN, BLUE, YELLOW)  # upper left and right, lower left and right, as the person saw them


def a_photo(
    width: int = 400,
    height: int = 300,
    *,
    kind: str = "JPEG",
    tells: str = "kenari",
    turned: bool = False,
    **more,
) -> bytes:
    """Four coloured corners. `turned`: held upright, stored lying, with EXIF orientation 6."""
    picture = _corners(width, height)
    exif = Image.Exif()
    exif[0x010E], exif[0x010F], exif[0x9003] = tells, tells, "2026:11:20 21:00:00"
    exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 7.0, 12.0), 3: "E", 4: (106.0, 9.0, 1.0), 29: tells})
    if turned:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[0x0112] = 6
    extra = {"comment": tells.encode(), "xmp": f"<x:xmpmeta>{tells}</x:xmpmeta>".encode()}
    file = BytesIO()
    picture.save(file, kind, exif=exif, **(extra if kind == "JPEG" else {}), **more)
    assert tells.encode() in file.getvalue()
    return file.getvalue()


def corners_of(content: bytes) -> list[tuple[int, int, int]]:
    """Which of the four colours each corner is nearest to."""
    picture = Image.open(BytesIO(content)).convert("RGB")
    right, low = picture.width * 9 // 10, picture.height * 9 // 10
    places = [(picture.width // 10, picture.height // 10), (right, picture.height // 10)]
    places += [(picture.width // 10, low), (right, low)]
    return [min(CORNERS, key=lambda colour: _apart(picture.getpixel(place), colour)) for place in places]


def is_bare(content: bytes) -> bool:
    """Only what a decoder needs: neither EXIF nor XMP nor a comment. Chromium adds the same sRGB profile to all."""
    picture = Image.open(BytesIO(content))
    told = set(picture.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "icc_profile"}
    same_for_all = len(picture.info.get("icc_profile", b"")) < 500
    return picture.format == "JPEG" and not told and same_for_all and not picture.getexif()


def a_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A few kilobytes that claim to be nine hundred million dots."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, (b"IHDR", b"IDAT", b"IEND"), (header, rows, b"")))


PRETENDERS = {
    "program.jpg": b"MZ\x90\x00" + bytes(4_000),
    "gambar.jpg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "foto.heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00" + bytes(4_000),
    "foto.png": b"GIF89a" + bytes(400),
    "foto.jpeg": b"\x89PNG\r\n\x1a",
}


def _corners(width: int, height: int) -> Image.Image:
    """Grainy as a photo is, so that its size is that of a photo too."""
    grain = Image.frombytes(
        "RGB", (width // 8, height // 8), Random(1).randbytes(width // 8 * (height // 8) * 3)
    )
    picture = Image.new("RGB", (2, 2))
    for place, colour in enumerate(CORNERS):
        picture.putpixel((place % 2, place // 2), colour)
    flat = picture.resize((width, height), Image.Resampling.NEAREST)
    return Image.blend(flat, grain.resize((width, height)), 0.15)


def _apart(one: tuple, other: tuple) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
