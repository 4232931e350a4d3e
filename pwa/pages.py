"""Pages that are alike for everybody who brings nothing: made once a minute, then only filled with a fresh id and cookie.

What is kept here was made for nobody, by a request of our own that holds a path and a language; nothing a visitor sends
can get in. Whoever brings a cookie, and so might have typed something, is answered by the app itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from time import perf_counter
from urllib.parse import urlsplit
from uuid import uuid4
from wsgiref.types import WSGIApplication

from werkzeug.datastructures import Accept, LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.test import Client, TestResponse

from pwa import clock, compress, i18n, logs, visitor
from pwa.i18n import Language
from pwa.settings import Settings

PATHS = frozenset(
    {
        "/", "/cerita", "/cerita/sederhana", "/cerita/titip", "/coba", "/kontak", "/kota", "/temu", "/temu/titip",
        "/tentang-data",
    }
)  # fmt: skip
_KEPT_SECONDS = 60
_BRINGS_SOMETHING = ("HTTP_COOKIE", "HTTP_HX_REQUEST", "HTTP_RANGE")
_LONGEST_WISH = 200
FORM_ID = re.compile(rb'(?<=<input type="hidden" name="id" value=")[0-9a-f-]{36}(?=">)')


@dataclass(frozen=True)
class _Page:
    """`cookie` is the visitor's, cut where its secret stands; `body` likewise around the form's id."""

    headers: tuple[tuple[str, str], ...]
    cookie: tuple[str, str] | None
    body: compress.Pressed

    def filled(self) -> tuple[list[tuple[str, str]], bytes]:
        body = self.body.around(str(uuid4()).encode())
        headers = [*self.headers, ("Content-Length", str(len(body)))]
        if self.cookie:
            headers.append(("Set-Cookie", visitor.in_cookie(visitor.new_secret()).join(self.cookie)))
        return headers, body


class Pages:
    """Stands before the whole app."""

    def __init__(self, inner: WSGIApplication, settings: Settings) -> None:
        self._inner, self._settings = inner, settings
        self._host = urlsplit(settings.public_url).netloc
        self._kept: dict[tuple[str, Language], tuple[int, _Page | None]] = {}
        self._making = Lock()

    def __call__(self, environ, start_response) -> Iterable[bytes]:
        started = perf_counter()
        page = self._page(environ)
        if page is None:
            return self._inner(environ, start_response)
        headers, body = page.filled()
        start_response("200 OK", headers)
        logs.note("GET", environ["PATH_INFO"], 200, perf_counter() - started, self._settings.role)
        return [body]

    def _page(self, environ) -> _Page | None:
        path = environ["PATH_INFO"]
        if path not in PATHS or environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
            return None
        if environ.get("HTTP_HOST") != self._host or any(name in environ for name in _BRINGS_SOMETHING):
            return None
        wishes = environ.get("HTTP_ACCEPT_LANGUAGE", ""), environ.get("HTTP_ACCEPT_ENCODING", "")
        language = _language(*wishes) if max(map(len, wishes)) < _LONGEST_WISH else None
        return language and self._fresh(path, language)

    def _fresh(self, path: str, language: Language) -> _Page | None:
        now = int(clock.now().timestamp()) // _KEPT_SECONDS
        made, page = self._kept.get((path, language), (None, None))
        if made == now or (made == now - 1 and self._making.locked()):
            return page  # while one makes it anew, the others still get the last minute's
        with self._making:  # one makes it, the others wait for it
            made, page = self._kept.get((path, language), (None, None))
            if made != now:
                page = self._make(path, language)
                self._kept[path, language] = now, page
        return page

    def _make(self, path: str, language: Language) -> _Page | None:
        """As a stranger with nothing but a language would get it; `None` when that is not an ordinary page."""
        answer = Client(self._inner, use_cookies=False).get(
            path, base_url=self._settings.public_url, headers={"Accept-Language": language.tag}
        )
        try:
            return _cut(answer) if answer.status_code == 200 else None
        except compress.Inseparable:
            return None


def _cut(answer: TestResponse) -> _Page:
    """Cut out what is only this answer's: its cookie's secret and its form's id."""
    kept = [each for each in answer.headers if each[0] not in ("Set-Cookie", "Content-Length")]
    name, _, cookie = answer.headers.get("Set-Cookie", "").partition("=")
    before, *rest = FORM_ID.split(answer.data, maxsplit=1)
    return _Page(
        headers=(*kept, ("Content-Encoding", "br")),
        cookie=(f"{name}=", cookie[cookie.index(";") :]) if name else None,
        body=compress.Pressed(before, *rest),
    )


@lru_cache(maxsize=500)
def _language(accepted: str, encodings: str) -> Language | None:
    """`None` for a browser that wants another shape than the one kept here."""
    if parse_accept_header(encodings, Accept).quality("br") <= 0:
        return None
    return i18n.choose(None, list(parse_accept_header(accepted, LanguageAccept).values()))
