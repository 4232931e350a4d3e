"""The sheet of paper itself: what is printed round a private key, for a terminal and for a printer."""

import io

import segno
from cryptography.hazmat.primitives.asymmetric import ec
from markupsafe import escape

from pwa import i18n, paper
from pwa.i18n import gettext as _
from pwa.keys import PublicKey


def as_text(public: PublicKey, private_key: ec.EllipticCurvePrivateKey) -> str:
    picture = io.StringIO()
    _code(private_key).terminal(out=picture, compact=True)
    return "\n".join((*_words(public), "", *_numbered(private_key), "", picture.getvalue()))


def as_page(public: PublicKey, private_key: ec.EllipticCurvePrivateKey) -> str:
    """A file for a printer, never served by anything."""
    title, *words = (escape(word) for word in _words(public))
    picture = _code(private_key).svg_inline(scale=4)
    return (
        f'<!doctype html><html lang="{i18n.current().tag}"><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:12pt sans-serif;margin:2cm}pre{font:16pt monospace;line-height:1.8}</style>"
        f"<h1>{title}</h1>{''.join(f'<p>{word}' for word in words)}"
        f"<pre>{'<br>'.join(_numbered(private_key))}</pre>{picture}</html>\n"
    )


def _words(public: PublicKey) -> tuple[str, ...]:
    return (
        _("Office key on paper"),
        _("Key %(id)s, made on %(day)s.")
        % {"id": public.id.hex(), "day": i18n.day(public.created_at.date())},
        _("Whoever reads this sheet can read everything told to this office."),
        _("Keep it in a safe, apart from the machine. To bring the key back: pwa key restore."),
    )


def _numbered(private_key: ec.EllipticCurvePrivateKey) -> list[str]:
    return [f"{place}: {line}" for place, line in enumerate(paper.written(private_key), 1)]


def _code(private_key: ec.EllipticCurvePrivateKey) -> segno.QRCode:
    return segno.make("\n".join(paper.written(private_key)), error="m", micro=False)
