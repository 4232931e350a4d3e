"""Static files: named by their content, pressed once, kept for ever, and there for pages that are still open."""

import gzip
from pathlib import Path

import brotli
import pytest
from flask import Flask

from pwa import assets


@pytest.fixture
def source(tmp_path, monkeypatch) -> Path:
    """A copy of what the house's files look like, small enough to change."""
    folder = tmp_path / "source"
    for name, content in (
        ("js/a.js", "let a = 1"),
        ("js/b.js", "let b = 2"),
        ("css/one.css", "/* why */\n@layer base;\n.a {\n  color: red;\n}\n"),
        ("img/icon.svg", "<svg/>" * 50),
        ("img/icon.png", "not really"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    monkeypatch.setattr(assets, "SOURCE", folder)
    monkeypatch.setattr(assets, "BUNDLES", {"all.js": ("a.js", "b.js")})
    monkeypatch.setattr(assets, "RESIDENT_STYLES", ("one.css",))
    monkeypatch.setattr(assets, "OFFICE_STYLES", ("one.css", "one.css"))
    return folder


@pytest.fixture
def data(tmp_path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def visit(data):
    """A browser in front of a server that was started just now: `visit(url, accepts)`."""

    def visit(url: str, accepts: str = ""):
        app = Flask("none", static_folder=None)
        assets.serve(app, assets.prepare(data))
        return app.test_client().get(url, headers={"Accept-Encoding": accepts}, buffered=True)

    return visit


def test_the_same_files_have_the_same_address_and_a_changed_one_another(source, data):
    first, again = assets.prepare(data), assets.prepare(data)
    assert first.build == again.build
    (source / "js/a.js").write_text("let a = 3")
    assert assets.prepare(data).build != first.build


def test_a_renamed_picture_changes_the_address_too(source, data):
    first = assets.prepare(data)
    (source / "img/icon.png").rename(source / "img/icon2.png")
    assert assets.prepare(data).build != first.build


def test_a_bundle_holds_its_parts_in_their_order(source, data, visit):
    text = visit(assets.prepare(data).url("all.js")).text
    assert text.index("let a") < text.index("let b")


@pytest.mark.parametrize(
    ("accepts", "opened"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)]
)
def test_files_travel_pressed_as_the_phone_understands_it(source, data, visit, accepts, opened):
    answer = visit(assets.prepare(data).url("icon.svg"), accepts)
    assert answer.headers.get("Content-Encoding", "") == accepts
    assert opened(answer.data) == (source / "img/icon.svg").read_bytes()


def test_pictures_that_are_pressed_already_are_not_pressed_again(source, data):
    build = assets.prepare(data)
    assert {path.name for path in (build.folder / build.build).iterdir() if "png" in path.name} == {
        "icon.png"
    }


def test_files_may_be_kept_for_ever_and_taken_for_nothing_else(source, data, visit):
    headers = visit(assets.prepare(data).url("all.js")).headers
    assert "immutable" in headers["Cache-Control"]
    assert "max-age=31536000" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Set-Cookie" not in headers


def test_a_page_that_is_still_open_finds_its_files_after_an_update(source, data, visit):
    before = assets.prepare(data)
    (source / "js/a.js").write_text("let a = 3")
    assert "let a = 1" in visit(before.url("all.js")).text
    assert "let a = 3" in visit(assets.prepare(data).url("all.js")).text


def test_a_build_that_was_broken_off_is_made_again(source, data):
    whole = assets.prepare(data)
    (whole.folder / whole.build).rename(whole.folder / f".{whole.build}")
    (whole.folder / f".{whole.build}" / "all.js").unlink()
    again = assets.prepare(data)
    assert (again.folder / again.build / "all.js").exists()


def test_nothing_outside_its_folder_is_served(source, data, visit):
    (data / "static").mkdir(parents=True)
    (data / "secret.js").write_text("x")
    build = assets.prepare(data).build
    for path in (f"/static/{build}/../../secret.js", f"/static/{build}/%2e%2e/%2e%2e/secret.js", "/static/"):
        assert visit(path).status_code == 404


def test_a_style_stands_in_one_line_and_says_the_same(source):
    assert assets.stylesheet(("one.css",)) == "@layer base;.a{color: red;}"


def test_every_bundle_is_made_of_files_that_exist():
    for parts in assets.BUNDLES.values():
        for part in parts:
            assert (assets.SOURCE / "js" / part).stat().st_size, part
