"""The pages most people ask for are made once and filled in: nobody can tell, and nobody's things get in."""

import re
from dataclasses import replace
from datetime import timedelta

import brotli
import pytest
import time_machine
from bs4 import BeautifulSoup

from pwa import clock, db, pages, stash
from pwa.settings import Role
from tests.web.telling import fields_of, number_on

HERE = "http://127.0.0.1:8000"
PLAIN = {"Accept-Encoding": "identity"}
RANDOM = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
TELLING = sorted(path for path in pages.PATHS if path.startswith("/cerita"))


@pytest.fixture
def stranger(app):
    """A browser as phones have them, that keeps nothing between two pages."""
    return app.test_client(use_cookies=False)


def ask(browser, path: str, **headers):
    answer = browser.get(path, base_url=HERE, headers={"Accept-Encoding": "gzip, deflate, br"} | headers)
    answer.page = brotli.decompress(answer.data)
    return answer


def straight(browser, path: str, **headers):
    """The same page past everything kept: the app itself presses nothing for a browser that wants it plain."""
    return browser.get(path, base_url=HERE, headers=PLAIN | headers)


def is_kept(app, path: str) -> bool:
    return any(page and at == path for (at, _), (_, page) in app.wsgi_app._kept.items())


@pytest.mark.parametrize("language", ["id", "su"])
@pytest.mark.parametrize("path", sorted(pages.PATHS))
def test_a_kept_page_is_the_page_the_app_makes(app, stranger, path, language):
    wish = {"Accept-Language": language}
    made, ours = straight(stranger, path, **wish), ask(stranger, path, **wish)
    assert is_kept(app, path)
    assert RANDOM.sub(b"", ours.page) == RANDOM.sub(b"", made.data)
    told_apart = {"Set-Cookie", "Content-Length", "Content-Encoding"}
    assert [each for each in ours.headers if each[0] not in told_apart] == [
        each for each in made.headers if each[0] not in told_apart
    ]
    assert int(ours.headers["Content-Length"]) == len(ours.data)
    assert ours.headers["Content-Encoding"] == "br"
    assert _attributes(ours) == _attributes(made)


def _attributes(answer) -> list[str]:
    return [cookie.partition(";")[2] for cookie in answer.headers.getlist("Set-Cookie")]


@pytest.mark.parametrize("path", TELLING)
def test_two_people_never_share_an_id_or_a_session(stranger, path):
    first, second = ask(stranger, path), ask(stranger, path)
    assert not set(RANDOM.findall(first.page)) & set(RANDOM.findall(second.page))
    assert len(RANDOM.findall(first.page)) == 1, "premise: the form carries one id"
    assert first.headers["Set-Cookie"] != second.headers["Set-Cookie"]


def test_what_somebody_typed_is_shown_to_her_and_never_kept(app, stranger):
    hers = app.test_client()
    ask(hers, "/cerita")
    hers.post("/cerita", base_url=HERE, data={"story": "only hers", "age": "many"})
    assert b"only hers" in ask(hers, "/cerita").page
    assert b"only hers" not in ask(stranger, "/cerita").page


def test_the_session_she_was_given_on_a_kept_page_carries_her_report(app):
    hers = app.test_client()
    form = fields_of(BeautifulSoup(ask(hers, "/cerita").page, "html.parser"))
    answer = hers.post("/cerita", base_url=HERE, data=form | {"story": "x"})
    assert answer.status_code == 303
    assert number_on(BeautifulSoup(ask(hers, "/cerita").page, "html.parser"))


@pytest.mark.parametrize(
    "bringing",
    [
        {"headers": {"Cookie": "s=anything"}}, {"headers": {"Cookie": "b=ban"}}, {"headers": {"HX-Request": "true"}},
        {"query_string": "x=1"}, {"base_url": "http://elsewhere.example"}, {"headers": {"Accept-Encoding": "gzip"}},
        {"headers": {"Accept-Encoding": "br;q=0, gzip"}}, {"headers": {"Accept-Language": "x" * 300}}, {"method": "HEAD"},
    ],
)  # fmt: skip
def test_whoever_brings_anything_is_answered_by_the_app_itself(app, stranger, bringing):
    request = {"path": "/cerita", "base_url": HERE, **bringing}
    request["headers"] = {"Accept-Encoding": "br"} | bringing.get("headers", {})
    assert stranger.open(**request).status_code in (200, 404)
    assert not is_kept(app, "/cerita")


def test_a_page_that_could_not_be_made_is_not_kept(app, stranger, monkeypatch):
    def gone(*_):
        raise RuntimeError

    monkeypatch.setitem(app.view_functions, "report.show", gone)
    app.testing = False
    assert stranger.get("/cerita", base_url=HERE, headers={"Accept-Encoding": "br"}).status_code == 500
    assert not is_kept(app, "/cerita")


def test_tomorrow_the_form_knows_it_is_tomorrow(stranger):
    with time_machine.travel(clock.now(), tick=False) as travel:
        today = clock.today()
        assert f'max="{today}"'.encode() in ask(stranger, "/cerita").page
        travel.shift(timedelta(days=1))
        assert f'max="{today + timedelta(days=1)}"'.encode() in ask(stranger, "/cerita").page


def test_a_kept_page_asks_the_database_nothing(app, stranger, monkeypatch):
    ask(stranger, "/cerita")
    monkeypatch.setattr(stash, "fetch", None)
    monkeypatch.setattr(db, "session", None)
    assert b"<form" in brotli.decompress(_raw(app, "/cerita"))


def _raw(app, path: str) -> bytes:
    environ = {
        "PATH_INFO": path, "REQUEST_METHOD": "GET", "HTTP_HOST": "127.0.0.1:8000", "HTTP_ACCEPT_ENCODING": "br",
    }  # fmt: skip
    return b"".join(app.wsgi_app(environ, lambda status, headers: None))


def test_the_office_alone_keeps_no_pages_of_residents(settings, app_for):
    app = app_for(replace(settings, role=Role.OFFICE))
    assert not isinstance(app.wsgi_app, pages.Pages)
