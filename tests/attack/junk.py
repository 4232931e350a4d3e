"""What broken browsers, robots and people with bad intentions send."""

import json
from random import Random
from uuid import UUID

WORDS = (
    "", " ", "0", "-1", "200", "9" * 400, "1e309", "NaN", "Infinity", "true", "null", "[]", "{}", "yes", "no", "unknown",
    "\x00", "a\x00b\x07c", "\r\n\r\n", "\x1b[2J", "\ufeff", "\ud7ff\ufffe\uffff", "\u202ebalik\u202c", "a" + "\u0301" * 300,
    "😭" * 50, "👩‍👩‍👧‍👦", "ᮘᮔ᮪ᮒᮨᮔ᮪", "x" * 6_000, "😭" * 5_000, "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>',
    "' OR 1=1 --", "'; DROP TABLE report; --", "{{ 7*7 }}", "{% raise %}", "${7*7}", "%s%n%d%(name)s", "%00",
    "../../etc/passwd",
    "1999-02-30", "2999-01-01", "0000-00-00", "10000-01-01", "2026-11-22T00:00", "٣٤", "²", "0x10", "1_000",
    "٠٨١٢",
    "8" * 20, "82345678901234567890", "0812 3456 7890", "36.73.99.0000", "36.73.01.1008", "=cmd|' /C calc'!A1",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH")
QUERY_NAMES = (
    "saring", "sesudah", "sebelum", "periksa", "gagal", "tunggu", "tersimpan", "galat", "id", "back", "x[]", "lang",
)  # fmt: skip
CONTENT_TYPES = (
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16", "application/json",
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "text/plain", "",
    "multipart/form-data; boundary=" + "y" * 300, "application/octet-stream", ";;;", "text/html; charset=nonsense",
    "application/x-www-form-urlencoded; charset=base64",
)  # fmt: skip
HEADERS = {
    "Accept-Language": ("", "*", "su", "ban;q=9", "id,,,;q=", "x" * 2_000, "su;q=abc", "en-US-x-twain"),
    "Accept-Encoding": ("br", "gzip;q=0", "br;q=nan", "identity;q=0, *;q=0", "x" * 500),
    "HX-Request": ("true", "false", "1"),
    "HX-Target": ("triase", "jawaban", "upaya", "daftar", "x" * 3_000, "%F0%9F"),
    "HX-Current-URL": ("http://[", "javascript:x", "%%%"),
    "HX-Trigger": ("{", "\u00e9"),
    "HX-Current-URL-URI-AutoEncoded": ("true",),
    "X-Poll": ("1",),
    "Range": ("bytes=0-", "bytes=9999999999999999999-", "lines=1"),
    "If-Modified-Since": ("yesterday", "Thu, 99 Foo 9999 99:99:99 GMT"),
    "If-None-Match": ('"', "*"),
    "X-Forwarded-For": ("1.2.3.4, ::1", "x" * 2_000),
    "X-HTTP-Method-Override": ("DELETE",),
    "Referer": ("http://[::1", "javascript:alert(1)"),
    "User-Agent": ("", "\u00ff" * 300, "Mozilla/4.0 (compatible; MSIE 6.0)"),
    "Content-Encoding": ("gzip", "br"),
    "Expect": ("100-continue",),
    "Authorization": ("Basic !!!!", "Bearer " + "x" * 3_000),
    "Host": ("evil.example", "[::1", "", "x" * 300, "localhost:99999"),
    "Date": ("0",),
}


def word(rng: Random) -> str:
    return rng.choice(WORDS)


def raw(rng: Random) -> bytes:
    return rng.randbytes(rng.choice((0, 1, 2, 3, 40, 400, 3_000)))


def fields(rng: Random, known: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Half of what is known with honest answers, the rest with anything; names may come twice or be nobody's."""
    found = []
    for name, answers in known.items():
        dice = rng.random()
        if dice < 0.35 and answers:
            found.append((name, rng.choice(answers)))
        elif dice < 0.7:
            found += [(name, word(rng)) for _ in range(rng.choice((1, 1, 1, 3)))]
    if rng.random() < 0.1:
        found += [(word(rng), word(rng)) for _ in range(rng.choice((1, 20, 1_100)))]
    return found


def broken(rng: Random, text: str) -> str:
    """The same with a piece lost, doubled or replaced."""
    at = rng.randrange(len(text) + 1)
    return (
        text[:at] + rng.choice((word(rng)[:200], "", text[at : at + 5] * 2)) + text[at + rng.randrange(4) :]
    )


def thing(rng: Random, depth: int = 0) -> object:
    """Anything JSON can hold, lone surrogates and endless numbers included."""
    kind = rng.randrange(9 if depth < 3 else 6)
    plain = (
        word(rng),
        rng.choice((0, -1, 10**400, 1.5, 1e308)),
        True,
        None,
        "\ud800",
        rng.choice(("yes", "proxy", "phone")),
    )
    if kind < 6:
        return plain[kind]
    if kind == 6:
        return [thing(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {word(rng)[:40]: thing(rng, depth + 1) for _ in range(rng.randrange(4))}


def told(rng: Random, names: list[str]) -> bytes:
    """The inside of a letter by somebody who wrote their own program."""
    if rng.random() < 0.1:
        return rng.choice(
            (b"", b"[]", b"1", b"null", b"{", b'"x"', b"\xff\xfe", b"[" * 40_000, b'{"a":' * 9_000)
        )
    inside = {name: thing(rng) for name in names if rng.random() < 0.4}
    inside |= {word(rng)[:60]: thing(rng) for _ in range(rng.randrange(3))}
    written = json.dumps(inside).encode()
    return written if len(written) < 50_000 else told(rng, names)


def an_id(rng: Random) -> UUID:
    return UUID(bytes=rng.randbytes(16))
