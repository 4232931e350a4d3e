"""What a phone of one's own fetches to keep: pages made for nobody, whole and of one version."""

import json
from dataclasses import replace

import pytest

from pwa import pages, shell
from pwa.settings import Role


@pytest.fixture
def kept(app):
    """Everything the worker is told to keep."""
    source = app.test_client().get("/service-worker.js").get_data(as_text=True)
    return json.loads(source.partition("\n")[0].removeprefix("const KEPT = "))


def addresses(kept, *parts: dict) -> list[str]:
    """Of the pages a phone of one's own keeps, and one of somebody who works here; or only of these `parts`."""
    paths = [path for part in parts or (kept, kept["office"]) for path in part["pages"]]
    return [f"/luring/{language}{path}" for language in kept["languages"] for path in paths]


def test_the_worker_is_never_taken_from_a_cache(client):
    answer = client.get("/service-worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer.headers


def test_everything_it_keeps_is_there_and_says_that_it_may_be_kept(app, kept):
    stranger = app.test_client(use_cookies=False)
    assert len(addresses(kept)) == 2 * len(shell.PATHS + shell.OFFICE_PATHS)
    for url in [*addresses(kept), *kept["files"], *kept["office"]["files"]]:
        answer = stranger.get(url, buffered=True)
        assert answer.status_code == 200, url
        assert answer.headers["X-Offline"] == "public", url
        assert "Set-Cookie" not in answer.headers, url
        assert "no-store" not in answer.headers["Cache-Control"], url


def test_nothing_else_says_so(client):
    for path in (
        "/",
        "/cerita",
        "/kabar",
        "/kota",
        "/kontak",
        "/tentang-data",
        "/masuk",
        "/healthz",
        "/manifest.json",
    ):
        assert "X-Offline" not in client.get(path).headers, path


def test_a_kept_page_holds_nothing_of_anybody(app, kept):
    """The same bytes for whoever asks, whatever she brings."""
    stranger, somebody = app.test_client(use_cookies=False), app.test_client()
    somebody.get("/cerita")
    somebody.post("/bahasa", data={"language": "ban", "back": "/"}, headers={"Sec-Fetch-Site": "same-origin"})
    for url in addresses(kept):
        page = stranger.get(url).data
        assert page == somebody.get(url).data
        assert b'name="id" value=""' in page or b'name="id"' not in page, url
        assert b"csrf_token" not in page


def test_the_whole_of_it_is_small(app, kept):
    """Cheap phones are nearly full, and a browser that runs out of room throws everything away."""
    stranger = app.test_client(use_cookies=False)

    def weight(*parts: dict) -> int:
        urls = [*addresses(kept, *parts), *(url for part in parts for url in part["files"])]
        return sum(len(stranger.get(url, buffered=True).data) for url in urls)

    assert 100_000 < weight(kept) < 300_000, weight(kept)
    assert 50_000 < weight(kept["office"]) < 100_000, weight(kept["office"])


def test_the_style_of_all_pages_is_kept_once(app, kept):
    stranger = app.test_client(use_cookies=False)
    for url in addresses(kept):
        page = stranger.get(url).data
        assert b"<style" not in page
        assert page.count(b'rel="stylesheet"') == 1


def test_each_page_is_kept_in_its_own_language(app, kept):
    stranger = app.test_client(use_cookies=False)
    for url in addresses(kept):
        tag = "su" if url.startswith("/luring/ban/") else "id"
        assert f'<html lang="{tag}">'.encode() in stranger.get(url).data, url


def test_asking_for_the_worker_leaves_the_askers_own_language_alone(client):
    client.get("/service-worker.js", headers={"Accept-Language": "su"})
    assert client.page("/", headers={"Accept-Language": "su"}).html["lang"] == "su"


def test_a_page_nobody_keeps_is_not_there(client):
    for path in (
        "/luring/id/tentang-data",
        "/luring/xx/",
        "/luring/id/kantor/laporan",
        "/luring/id/cerita/../../masuk",
    ):
        assert client.get(path).status_code == 404, path


def test_a_new_sentence_is_a_new_version(app, kept, monkeypatch):
    extension = app.extensions["shell"]
    before = extension.kept("localhost").version
    monkeypatch.setattr(extension, "_made", {})
    assert extension.kept("localhost").version == before
    monkeypatch.setattr(extension, "_made", {})
    monkeypatch.setattr(extension, "_page", lambda path, language: b"another page")
    assert extension.kept("localhost").version != before


def test_an_office_alone_keeps_no_page_of_the_residents(app_for, settings):
    office = app_for(replace(settings, role=Role.OFFICE)).test_client()
    told = json.loads(office.get("/service-worker.js").get_data(as_text=True).partition("\n")[0][13:])
    assert told["pages"] == []
    assert told["office"]["pages"] == list(shell.OFFICE_PATHS)
    assert office.get("/luring/id/cerita").status_code == 404


def test_a_worker_that_went_wrong_takes_its_leave(app_for, settings):
    source = (
        app_for(replace(settings, worker_gone=True))
        .test_client()
        .get("/service-worker.js")
        .get_data(as_text=True)
    )
    assert "unregister" in source
    assert "caches.delete" in source
    assert "indexedDB" not in source
    assert '"fetch"' not in source


def test_the_shell_is_kept_whole_or_not_at_all(app, monkeypatch):
    extension = app.extensions["shell"]
    monkeypatch.setattr(extension, "_paths", lambda host: (("/", "/tidak-ada"), ()))
    with pytest.raises(LookupError):
        extension.kept("localhost")


def test_erasing_traces_takes_cookies_and_storage(client):
    client.get("/cerita")
    answer = client.post("/hapus-jejak", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 204
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert "s=;" in answer.headers["Set-Cookie"]


def test_the_exit_never_touches_what_a_phone_keeps(client):
    for answer in (client.get("/keluar"), client.post("/keluar", headers={"Sec-Fetch-Site": "same-origin"})):
        assert answer.headers["Clear-Site-Data"] == '"cookies"'


def test_every_page_of_the_shell_is_one_that_is_made_for_everybody_alike():
    assert set(shell.PATHS) - {"/kabar"} <= pages.PATHS


def test_the_worker_comes_pressed_for_a_phone_asks_for_it_often(client):
    answer = client.get("/service-worker.js", headers={"Accept-Encoding": "br"})
    assert answer.content_encoding == "br"
    assert len(answer.data) < 4_000
    assert "Accept-Encoding" in answer.vary
