"""Files at the root, and the pulse for whoever watches the machine."""

import json
from datetime import timedelta

import pytest

from pwa import clock, db, places, revision, site
from pwa.pulse import DELIVERER, Pulse
from pwa.settings import Role
from tests.conftest import settings_for
from tests.factories import a_report

TELLING = ("lapor", "kekerasan", "korban", "violence", "report", "kasus", "perempuan", "anak")


@pytest.fixture
def pulse(app):
    """`pulse(age)`: the background work last gave a sign that long ago."""

    def given(age: timedelta, deliverer: timedelta = timedelta()) -> None:
        site.put("heartbeat", (clock.now() - age).isoformat().encode())
        db.session.merge(Pulse(name=DELIVERER, at=clock.now() - deliverer))
        db.session.commit()

    return given


def test_a_deliverer_that_stopped_is_an_alarm(client, pulse):
    pulse(timedelta(), deliverer=timedelta(seconds=100))
    assert client.get("/healthz").status_code == 200
    pulse(timedelta(), deliverer=timedelta(seconds=121))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["status"]) == (503, "deliverer")


def test_a_healthy_office_says_so(client, pulse):
    pulse(timedelta(seconds=5))
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "schema": revision.newest(), "queue_seconds": 0}


@pytest.mark.parametrize("age", [timedelta(minutes=2), timedelta(days=1)])
def test_background_work_that_stopped_is_an_alarm(client, pulse, age):
    pulse(age)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json["status"] == "worker"


def test_background_work_that_never_started_is_an_alarm(client):
    assert client.get("/healthz").status_code == 503


def test_the_queue_is_as_old_as_the_first_unopened_envelope(client, pulse, settings):
    pulse(timedelta())
    report = a_report(settings, story="x")
    report.received_at = clock.now() - timedelta(minutes=5)
    db.session.commit()
    assert 300 <= client.get("/healthz").json["queue_seconds"] < 310


def test_a_database_that_is_gone_is_an_alarm(client, pulse, tmp_path):
    db.connect(f"sqlite:///{tmp_path}/nowhere/at/all.db")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"status": "database"}


def test_the_public_role_has_no_background_work_to_miss(data_dir, sqlite_url, app_for):
    public = app_for(settings_for(data_dir, sqlite_url, role=Role.PUBLIC))
    assert public.test_client().get("/healthz").json["status"] == "ok"


def test_the_manifest_tells_nobody_what_this_is(client):
    answer = client.get("/manifest.json")
    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.data)
    assert (manifest["id"], manifest["start_url"], manifest["lang"]) == ("/", "/", "id")
    assert "shortcuts" not in manifest
    assert "screenshots" not in manifest
    assert not [word for word in TELLING if word in answer.get_data(as_text=True).lower()]


def test_every_icon_of_the_manifest_is_there_and_small(client):
    for icon in json.loads((places.ROOT / "manifest.json").read_text())["icons"]:
        answer = client.get(icon["src"])
        assert answer.mimetype == "image/png"
        assert len(answer.data) < 6_000
        side = int(icon["sizes"].split("x", maxsplit=1)[0])
        assert answer.data[16:24] == side.to_bytes(4, "big") * 2


def test_there_is_an_icon_for_the_tab(client):
    """Without one the browser asks in vain, and the answer would keep pages out of its back-forward cache."""
    answer = client.get("/favicon.ico")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/icons/nothing.png", "/icons/..%2f..%2fapp.py", "/icons/%2e%2e/css/base.css"]
)
def test_nothing_but_pictures_is_served_beside_the_pictures(client, path):
    assert client.get(path).status_code == 404


def test_search_engines_are_asked_to_stay_away(client):
    assert client.get("/robots.txt").get_data(as_text=True) == "User-agent: *\nDisallow: /\n"


def test_files_at_the_root_cost_no_cookie(client):
    for path in ("/healthz", "/manifest.json", "/favicon.ico", "/robots.txt"):
        assert "Set-Cookie" not in client.get(path).headers
