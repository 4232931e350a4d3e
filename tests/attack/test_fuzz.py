"""Thousands of senseless requests at every door, by strangers and by people with keys: nothing ever breaks.

`PWA_FUZZ` sets how many (2,000 by default, shared by the two databases), `PWA_FUZZ_SEED` repeats a run.
"""

import os
from dataclasses import replace
from io import BytesIO
from random import Random
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from pwa import db
from tests.attack import junk
from tests.house import NOBODY, ROLES, SAME_SITE, a_house, some_reports

HOW_MANY = int(os.environ.get("PWA_FUZZ", "2000")) // 2
SEED = os.environ.get("PWA_FUZZ_SEED", "saling sapa")
HONEST_TROUBLE = {"/healthz", "/maaf/500", "/maaf/503"}  # these say 503 because that is what they were asked
SIGN_IN = ("account.sign_in",)  # a slow hash each: a few of them are enough


@pytest.fixture
def house(app):
    return a_house(app)


def known_fields(house) -> dict[str, list[str]]:
    """Every field that any page shows to anybody, with the answers it offers."""
    found: dict[str, list[str]] = {}
    for role in ROLES:
        for door in house.doors("GET"):
            answer = house.goes_through(door, role)
            if answer.mimetype != "text/html":
                continue
            for field in BeautifulSoup(answer.text, "html.parser").select("[name]"):
                if field.name in ("input", "select", "textarea", "button") and field["name"] != "csrf_token":
                    offered = [each.get("value", "") for each in field.select("option")]
                    offered = offered or [field.get("value", "")]
                    found.setdefault(field["name"], []).extend(
                        each for each in offered if not each.startswith("/maaf")
                    )
    return found


def a_request(rng: Random, door, known: dict[str, list[str]], token: str) -> dict:
    request = {
        "path": a_path(rng, door.path),
        "method": door.method if rng.random() < 0.85 else rng.choice(junk.METHODS),
        "headers": {**SAME_SITE} if rng.random() < 0.9 else {},
    }
    for name, values in junk.HEADERS.items():
        if rng.random() < 0.06:
            request["headers"][name] = rng.choice(values)
    if rng.random() < 0.3:
        request["query_string"] = "&".join(
            f"{rng.choice(junk.QUERY_NAMES)}={quote(junk.word(rng)[:900])}"
            for _ in range(rng.randrange(1, 4))
        )
    return request | a_body(rng, known, token)


def a_path(rng: Random, path: str) -> str:
    dice = rng.random()
    if dice < 0.75:
        return path
    parts = path.split("/")
    at = rng.randrange(1, len(parts))
    parts[at] = rng.choice(
        (str(junk.an_id(rng)), quote(junk.word(rng)[:300]), "%ff%fe", "..", "%2e%2e", parts[at].upper())
    )
    return "/".join(parts) + rng.choice(("", "", "/", "//", "%00"))


def a_body(rng: Random, known: dict[str, list[str]], token: str) -> dict:
    fields = [*junk.fields(rng, known), ("csrf_token", token)]
    match rng.randrange(6):
        case 0 | 1 | 2:
            return {
                "data": "&".join(f"{quote(n)}={quote(v)}" for n, v in fields),
                "content_type": junk.CONTENT_TYPES[0],
            }
        case 3:
            some = {
                name: (BytesIO(value.encode()), junk.word(rng)[:50])
                for name, value in fields
                if rng.random() < 0.2
            }
            return {"data": {"csrf_token": token, **some}, "content_type": "multipart/form-data"}
        case 4:
            pairs = "&".join(f"{name}={value}" for name, value in fields).encode("utf-16")
            return {"data": pairs, "content_type": rng.choice(junk.CONTENT_TYPES)}
        case _:
            return {"data": junk.raw(rng), "content_type": rng.choice(junk.CONTENT_TYPES)}


def some_cookies(rng: Random) -> str:
    junk_value = quote(junk.word(rng)[:500], safe="=;") if rng.random() < 0.7 else "A" * 43 + "="
    return f"{rng.choice(('s', 'm', 'b', 'k', '__Host-s', ''))}={junk_value}; {quote(junk.word(rng)[:100])}"


def is_fine(answer, path: str) -> bool:
    if answer.status_code >= 500:
        return (answer.status_code == 503 and path in HONEST_TROUBLE) or path == "/maaf/500"
    return answer.location not in ("/maaf/500", "/maaf/503")


def test_nothing_that_is_sent_breaks_anything(house):
    rng = Random(SEED)
    known = known_fields(house)
    doors = [door for door in house.doors() if door.endpoint not in SIGN_IN or rng.random() < 0.3]
    forms = [door for door in doors if not door.is_safe]
    here, reports = str(house.report), [str(id) for id in some_reports(house.app, 6)]
    db.session.remove()
    stranger = house.app.test_client(use_cookies=False)
    for number in range(HOW_MANY):
        door = rng.choice(forms if rng.random() < 0.6 else doors)
        role = rng.choice(sorted(door.may_enter) if rng.random() < 0.85 else ROLES)
        visitor, token = house.visitor(role), house.token_of(role)
        door = replace(door, path=door.path.replace(here, rng.choice(reports)))
        request = a_request(rng, door, known, token)
        if rng.random() < 0.15:
            visitor, request["headers"]["Cookie"] = stranger, some_cookies(rng)
        answer = visitor.open(**request)
        assert is_fine(answer, request["path"]), (
            f"request {number} of seed {SEED!r}, {role}: {answer.status} {request}"
        )
        if request["method"] == "POST" and visitor is not stranger and "HX-Request" not in request["headers"]:
            assert answer.status_code != 200 or answer.mimetype == "application/json", (
                f"{door} made a page of a POST"
            )
        if role != NOBODY and house.visitor(role).get("/akun").status_code != 200:
            del house.browsers[role]
            house.revive(role)


def test_the_house_still_stands_after_a_request_of_every_size(house):
    for size in (0, 1, 8_191, 8_192, 65_536, 70_000, 1_000_000, 4_200_000):
        for path in ("/kirim", "/cerita", "/kabar", "/kabar/tambah", "/bahasa", "/keluar"):
            answer = house.visitor(NOBODY).post(
                path, data=b"story=" + b"x" * size, content_type=junk.CONTENT_TYPES[0]
            )
            assert is_fine(answer, path), f"{path} with {size} bytes: {answer.status}"
