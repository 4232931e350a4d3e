"""Pages are pressed for slow phones, except where a length could betray a secret."""

import gzip

import brotli
import pytest
from flask import Blueprint, Flask, Response

from pwa import compress

PAGE = "<p>halaman</p>" * 100


@pytest.fixture
def visitor():
    app = Flask("small")
    for name in ("home", "triage"):
        bp = Blueprint(name, name, url_prefix=f"/{name}")
        bp.add_url_rule("/page", "page", lambda: PAGE)
        bp.add_url_rule("/short", "short", lambda: "<p>ya</p>")
        bp.add_url_rule("/picture", "picture", lambda: Response(b"x" * 2000, mimetype="image/png"))
        bp.add_url_rule("/pressed", "pressed", lambda: Response(PAGE, headers={"Content-Encoding": "zstd"}))
        app.register_blueprint(bp)
    compress.register(app)
    return app.test_client()


def ask(visitor, path: str, encodings: str | None) -> Response:
    return visitor.get(path, headers={"Accept-Encoding": encodings} if encodings else {})


@pytest.mark.parametrize(
    ("encodings", "chosen", "press_out"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
    ],
)
def test_a_page_comes_in_the_smallest_shape_her_phone_knows(visitor, encodings, chosen, press_out):
    answer = ask(visitor, "/home/page", encodings)
    assert answer.headers["Content-Encoding"] == chosen
    assert press_out(answer.data).decode() == PAGE
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(PAGE)
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("encodings", [None, "identity", "zstd"])
def test_an_old_phone_gets_the_page_as_it_is(visitor, encodings):
    answer = ask(visitor, "/home/page", encodings)
    assert "Content-Encoding" not in answer.headers
    assert answer.get_data(as_text=True) == PAGE
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_pages_of_people_who_signed_in_keep_their_length(visitor):
    assert "Content-Encoding" not in ask(visitor, "/triage/page", "br, gzip").headers


@pytest.mark.parametrize("path", ["/home/short", "/home/picture"])
def test_what_would_not_get_smaller_is_left_alone(visitor, path):
    assert "Content-Encoding" not in ask(visitor, path, "br, gzip").headers


def test_nothing_is_pressed_twice(visitor):
    assert ask(visitor, "/home/pressed", "br").headers["Content-Encoding"] == "zstd"


def test_the_real_home_page_is_pressed(client):
    answer = client.get("/", headers={"Accept-Encoding": "br"})
    assert b"<h1" in brotli.decompress(answer.data)
