"""The whole page or only its block: as the browser asks, and never the wrong one out of a cache."""

import pytest
from flask import Flask
from jinja2 import DictLoader

from pwa import htmx

PAGE = "<h1>{{ name }}</h1>{% block status %}<p id=status>{{ name }}</p>{% endblock %}"
BY_HTMX = {"HX-Request": "true"}


@pytest.fixture
def visitor():
    app = Flask("none", static_folder=None)
    app.jinja_loader = DictLoader({"page.html": PAGE})
    htmx.init(app)
    app.add_url_rule(
        "/halaman", "page", lambda: htmx.page("page.html", fragment="status", name="<Ani>", status=201)
    )
    app.add_url_rule("/utuh", "whole", lambda: htmx.page("page.html", name="Ani"))
    app.add_url_rule("/pergi", "leave", lambda: htmx.go("/sana"), methods=["POST"])
    app.add_url_rule("/lihat", "see", lambda: htmx.see("/sana"), methods=["POST"])
    return app.test_client()


def test_a_browser_without_javascript_gets_the_whole_page(visitor):
    assert "<h1>" in visitor.get("/halaman").text


def test_htmx_gets_only_the_block_with_names_still_made_harmless(visitor):
    answer = visitor.get("/halaman", headers=BY_HTMX)
    assert answer.text == "<p id=status>&lt;Ani&gt;</p>"
    assert answer.status_code == 201


def test_htmx_gets_the_whole_page_where_no_block_is_named(visitor):
    assert "<h1>" in visitor.get("/utuh", headers=BY_HTMX).text


def test_back_asks_for_the_whole_page_again(visitor):
    assert "<h1>" in visitor.get("/halaman", headers=BY_HTMX | {"HX-History-Restore-Request": "true"}).text


def test_no_cache_may_mistake_one_for_the_other(visitor):
    for headers in ({}, BY_HTMX):
        assert "HX-Request" in visitor.get("/halaman", headers=headers).headers["Vary"]


def test_a_form_is_sent_on_by_303_and_htmx_by_its_own_header(visitor):
    plain = visitor.post("/pergi")
    assert (plain.status_code, plain.location) == (303, "/sana")
    asked = visitor.post("/pergi", headers=BY_HTMX)
    assert (asked.status_code, asked.headers["HX-Redirect"], asked.data) == (204, "/sana", b"")


def test_see_is_a_303_for_everybody(visitor):
    for headers in ({}, BY_HTMX):
        assert visitor.post("/lihat", headers=headers).status_code == 303
