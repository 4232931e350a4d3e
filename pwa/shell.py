"""What a phone of one's own keeps to work without signal: pages made for nobody, and the files they need.

A page of the shell has no cookie, no id and nothing of any visitor in it. Its version changes with every byte of what is
kept, so a phone never shows half of an old page and half of a new one.
"""

import json
import re
from contextvars import Context
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from wsgiref.types import WSGIApplication

from werkzeug.test import Client

from pwa import clock, i18n, places
from pwa.assets import Assets
from pwa.i18n import Language
from pwa.pages import FORM_ID
from pwa.settings import Settings

FOR_NOBODY = "sapa.shell"  # set where a page is asked for to be kept; nobody outside can set it
OFFICE_PATHS = ("/kader/tetangga", "/kader/temu", "/kegiatan")
PATHS = (
    "/",
    "/cerita",
    "/cerita/sederhana",
    "/cerita/titip",
    "/kabar",
    "/kontak",
    "/kota",
    "/temu",
    "/temu/titip",
)
FILES = ("sapa.css", "sapa.js", "own.js", "outbox.js", "icon-32.png", "icon-192.png")
OFFICE_FILES = ("neighbour.js", "trip.js")
_KEPT_SECONDS = 60
_INDENTED = re.compile(rb"\n\s+")


@dataclass(frozen=True)
class Kept:
    """`pages` by the address a phone keeps them under; `version` names exactly these bytes."""

    pages: dict[str, bytes]
    version: str


class Shell:
    """Made at most once a minute, for every phone alike."""

    def __init__(self, app: WSGIApplication, settings: Settings, static: Assets, *, key: str) -> None:
        """`key` is what browsers subscribe with, to be called."""
        self._app, self._settings, self._static, self._key = app, settings, static, key
        # On a phone that keeps both, one file for all pages costs a tenth of what a copy in each page would.
        self._style = f"<style>{static.style}</style>".encode()
        self._link = f'<link rel="stylesheet" href="{static.url("sapa.css")}">'.encode()
        self._making = Lock()
        self._made: dict[tuple, tuple[int, Kept]] = {}

    def kept(self, host: str) -> Kept:
        """What a phone keeps of this host: where the office has one of its own, neither side's pages stand on the other."""
        paths, now = self._paths(host), int(clock.now().timestamp()) // _KEPT_SECONDS
        with self._making:
            made = self._made.get(paths)
            if made is None or made[0] != now:
                made = self._made[paths] = now, self._make((*paths[0], *paths[1]))
            return made[1]

    def worker(self, host: str) -> bytes:
        """The service worker, told what to keep, and what besides where somebody works."""
        kept, (pages, office) = self.kept(host), self._paths(host)
        told = {
            "version": kept.version,
            "pages": pages,
            "languages": [language.folder for language in i18n.LANGUAGES] if pages or office else [],
            "files": [self._static.url(name) for name in FILES],
            "office": {
                "pages": office,
                "files": [self._static.url(name) for name in OFFICE_FILES if office],
            },
            "outbox": self._static.url("outbox.js"),
            "key": self._key,
        }
        return f"const KEPT = {json.dumps(told)}\n".encode() + _worker_source()

    def _paths(self, host: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Of the residents, and of those who work here."""
        residents = PATHS if self._settings.serves_residents_at(host) else ()
        return residents, OFFICE_PATHS if self._settings.serves_office_at(host) else ()

    def _make(self, paths: tuple[str, ...]) -> Kept:
        pages = {
            address_of(path, language): self._page(path, language)
            for language in i18n.LANGUAGES
            for path in paths
        }
        bytes_ = (self._static.build.encode(), _worker_source(), *pages.values())
        return Kept(pages, sha256(b"\0".join(bytes_)).hexdigest()[:12])

    def _page(self, path: str, language: Language) -> bytes:
        """As a stranger with nothing but a language would get it, without the id that is only this answer's."""
        ask = Client(self._app, use_cookies=False).get
        headers = {"Accept-Language": language.tag, "Accept-Encoding": "identity"}
        url = self._settings.office_url if path in OFFICE_PATHS else self._settings.public_url
        answer = Context().run(
            ask, path, base_url=url, headers=headers, environ_overrides={FOR_NOBODY: True}
        )  # shares nothing with who asks now
        if answer.status_code != 200:
            raise LookupError(f"{path} is not there to be kept: {answer.status_code}")
        page = FORM_ID.sub(b"", answer.data).replace(self._style, self._link, 1)
        return _INDENTED.sub(b"\n", page)


def address_of(path: str, language: Language) -> str:
    return f"/luring/{language.folder}{path}"


def farewell() -> bytes:
    """The worker that takes every worker of ours off every phone: for the day one of them goes wrong."""
    return (places.PACKAGE / "static" / "js" / "farewell.js").read_bytes()


def _worker_source() -> bytes:
    return (places.ROOT / "service-worker.js").read_bytes()
