"""Smaller pages for slow phones, but only pages nobody signed in for: a length can betray secrets.

A page that is sent often is pressed once, with a gap for the few bytes that differ.
"""

import gzip

import brotli
from flask import Flask, Response, request

OPEN_PAGES = {"home", "report", "news", "offline", "system", None}  # None: pages of no room, such as 404
_PRESSED = ("text/html", "text/javascript")  # the second is the worker
WORTH_IT = 500
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 6
_GAP = bytes(range(0x80, 0x80 + 36))  # like nothing in a text, so that nothing after the gap points into it
_PROBE = b"0" * len(_GAP)  # differs everywhere from what was pressed: fits this, fits all
_AFTER_GAP = 2  # brotli looks at two bytes before each sign: they must not differ either


def register(app: Flask) -> None:
    app.after_request(press)


def press(response: Response) -> Response:
    if not _may_be_pressed(response):
        return response
    response.vary.add("Accept-Encoding")
    wanted = request.accept_encodings
    if wanted.quality("br") > 0:
        response.set_data(
            brotli.compress(response.get_data(), mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY)
        )
        response.content_encoding = "br"
    elif wanted.quality("gzip") > 0:
        response.set_data(gzip.compress(response.get_data(), _GZIP_LEVEL, mtime=0))
        response.content_encoding = "gzip"
    return response


class Inseparable(Exception):
    """What stands behind the gap was pressed in a way that needs what stands in it."""


class Pressed:
    """Brotli around a gap of 36 bytes, which travels as it is: an uncompressed block of RFC 7932, section 9.2.

    Raises `Inseparable`; without `after` there is no gap and the filling has no place.
    """

    def __init__(self, before: bytes, after: bytes = b"") -> None:
        press = brotli.Compressor(mode=brotli.MODE_TEXT, quality=11)
        self._edge, rest = after[:_AFTER_GAP], after[_AFTER_GAP:]
        self._before = press.process(before) + (press.flush() if after else press.finish())
        if after:
            press.process(_GAP + self._edge)
            press.flush()
            self._after = press.process(rest) + press.finish()
            if brotli.decompress(self.around(_PROBE)) != before + _PROBE + after:
                raise Inseparable

    def around(self, filling: bytes) -> bytes:
        if not self._edge:
            return self._before
        block = filling + self._edge
        head = (len(block) - 1) << 3 | 1 << 19
        return self._before + head.to_bytes(3, "little") + block + self._after


def _may_be_pressed(response: Response) -> bool:
    return (
        request.blueprint in OPEN_PAGES
        and response.mimetype in _PRESSED
        and not response.is_streamed
        and not response.direct_passthrough
        and response.content_encoding is None
        and len(response.get_data()) >= WORTH_IT
    )
