"""Static files: bundled, fingerprinted by their content, compressed once, and served for ever.

Styles stand inline in each page (one hashed `<style>`), because the first screen must not wait for a second request.
"""

import gzip
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import brotli
from flask import Flask
from whitenoise import WhiteNoise

from pwa import places

SOURCE = places.PACKAGE / "static"
RESIDENT_STYLES = ("base.css", "form.css", "resident.css")
OFFICE_STYLES = (*RESIDENT_STYLES, "office.css", "schedule.css")
BUNDLES = {
    "sapa.js": (
        "exit.js",
        "curtain.js",
        "phone.js",
        "swap.js",
        "seal.js",
        "letter.js",
        "number.js",
        "form.js",
        "tell.js",
        "news.js",
    ),
    "own.js": ("waiting.js", "own.js"),
    "files.js": ("attach.js", "photo.js"),
    "voice.js": ("voice.js",),
    "bare.js": ("bare.js",),
    "bell.js": ("bell.js",),
    "ground.js": ("ground.js",),
    "outbox.js": ("outbox.js",),
    "neighbour.js": ("neighbour.js",),
    "errands.js": ("waiting.js", "errands.js"),
    "trip.js": ("waiting.js", "alone.js", "seal.js", "letter.js", "trip.js"),
    "petugas.js": ("office.js", "passkey.js", "lock.js", "call.js"),
    "htmx.js": ("vendor/htmx.min.js",),
}
_COMPRESSED = {".js", ".css", ".svg", ".json"}


@dataclass(frozen=True)
class Assets:
    """`folder` holds one sub-folder a build; `build` names the newest, and `names` its files."""

    folder: Path
    build: str
    names: frozenset[str]
    style: str
    office_style: str

    def url(self, name: str) -> str:
        """Raises `KeyError`: a page must not point at what is not there."""
        if name not in self.names:
            raise KeyError(name)
        return f"/static/{self.build}/{name}"


def prepare(data_dir: Path) -> Assets:
    """Write this version's files under `data_dir`; the builds before it stay, for pages that are still open."""
    files = {name: _joined(parts) for name, parts in BUNDLES.items()}
    files["sapa.css"] = stylesheet(RESIDENT_STYLES).encode()
    files |= {path.name: path.read_bytes() for path in sorted((SOURCE / "img").iterdir())}
    build = sha256(b"".join(name.encode() + content for name, content in sorted(files.items()))).hexdigest()[
        :12
    ]
    folder = data_dir / "static"
    if not (folder / build).exists():
        unfinished = folder / f".{build}"
        unfinished.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            _write_compressed(unfinished / name, content)
        unfinished.rename(folder / build)
    return Assets(folder, build, frozenset(files), stylesheet(RESIDENT_STYLES), stylesheet(OFFICE_STYLES))


def serve(app: Flask, assets: Assets) -> None:
    whitenoise = WhiteNoise(
        app.wsgi_app, max_age=31_536_000, immutable_file_test=lambda path, url: True, allow_all_origins=False,
        add_headers_function=_file_headers,
    )  # fmt: skip
    for build in sorted(assets.folder.glob("[0-9a-f]*")):
        whitenoise.add_files(str(build), prefix=f"static/{build.name}/")
    app.wsgi_app = whitenoise


def stylesheet(names: tuple[str, ...]) -> str:
    """The named styles in one line, comments and needless blanks gone."""
    text = "".join((SOURCE / "css" / name).read_text() for name in names)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,>]) ?", r"\1", text).strip()


def _joined(parts: tuple[str, ...]) -> bytes:
    return b"\n;".join(_plain((SOURCE / "js" / part).read_bytes()) for part in parts)


def _plain(script: bytes) -> bytes:
    """Without what is only there for its readers: a phone keeps these bytes. No text of ours runs over a line's end."""
    return re.sub(rb"(?m)^[ \t]*(//.*\n)?", b"", script)


def _write_compressed(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    if path.suffix in _COMPRESSED:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, 9, mtime=0))
        path.with_name(path.name + ".br").write_bytes(brotli.compress(content))


def _file_headers(headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Offline"] = "public"
