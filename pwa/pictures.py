"""Makes a small bare JPEG of a picture somebody sent: no place, no time, no camera, no name stays in it.

What it is decides its content, never its name. One picture is decoded at a time, so that many cannot fill the memory.
"""

from io import BytesIO
from threading import Lock

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401 readers

LONGEST_EDGE = 1600
LARGEST = 300_000
MOST_PIXELS = 25_000_000
_QUALITIES = (80, 70, 60, 50, 40)
_one_at_a_time = Lock()

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class NotAPicture(ValueError):
    """Neither JPEG nor PNG nor WebP."""


class TooManyPixels(ValueError):
    """Opening it would take more memory than one picture may have."""


class Broken(ValueError):
    """It begins like a picture and does not go on like one."""


def bare(content: bytes) -> bytes:
    """Raises `NotAPicture`, `TooManyPixels`, `Broken`."""
    kind = _kind_of(content)
    with _one_at_a_time:
        try:
            return _written_small(_opened(content, kind))
        except (TooManyPixels, Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise TooManyPixels from None
        except Exception:  # decoders break in many ways over bytes that a stranger chose
            raise Broken from None


def _kind_of(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    raise NotAPicture


def _opened(content: bytes, kind: str) -> Image.Image:
    """Upright, without transparency, and only now decoded; a large JPEG is never decoded whole."""
    picture = Image.open(BytesIO(content), formats=(kind,))
    if picture.width * picture.height > MOST_PIXELS:
        raise TooManyPixels
    if picture.mode == "P":  # a palette cannot be made smaller without making letters unreadable
        picture = picture.convert("RGBA")
    picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    picture = ImageOps.exif_transpose(picture).convert("RGBA")
    page = Image.new("RGB", picture.size, "white")  # a new one, to which nothing clings
    page.paste(picture, mask=picture)
    return page


def _written_small(picture: Image.Image) -> bytes:
    while True:
        for quality in _QUALITIES:
            file = BytesIO()
            picture.save(file, "JPEG", quality=quality)
            if file.tell() <= LARGEST:
                return file.getvalue()
        picture = picture.resize((picture.width * 3 // 4, picture.height * 3 // 4))
