"""Smaller pages for slow phones: only pages nobody signed in for: a length can betray secrets."""

import gzip

import brotli
from flask import Flask, Response, request

OPEN_PAGES = {"home", "report", "news", "system", None}  # None: pages of no room, such as 404
WORTH_IT = 500
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 6


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


def _may_be_pressed(response: Response) -> bool:
    return (
        request.blueprint in OPEN_PAGES
        and response.mimetype == "text/html"
        and not response.is_streamed
        and not response.direct_passthrough
        and response.content_encoding is None
        and len(response.get_data()) >= WORTH_IT
    )
