"""A photo on its way: from a phone that sealed it or a browser that cannot, to somebody of the office and nobody else."""

import tempfile
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from pwa import attachments, audit, clock, conflicts, db, keyring, receipts
from pwa.attachments import Kind
from pwa.envelope import Label
from pwa.reports import Report
from tests.conftest import settings_for
from tests.factories import an_account
from tests.house import SAME_SITE, everything_in
from tests.pictures import CORNERS, PRETENDERS, a_bomb, a_photo, corners_of, is_bare
from tests.web import attaching
from tests.web.attaching import the_files
from tests.web.telling import fields_of, opens, tells

attaches = partial(attaching.attaches, Kind.PHOTO)
a_form = partial(attaching.a_form, Kind.PHOTO)


def a_letter(app, number: str, content: bytes = b"\xff\xd8\xff foto", **parts) -> bytes:
    return attaching.a_letter(Kind.PHOTO, app, number, content, **parts)[1]


def post(client, body: bytes):
    return client.post("/kirim/foto", data=body, content_type="application/octet-stream")


def test_photos_are_asked_for_only_behind_the_number(client, number):
    for path in ("/cerita", "/cerita/sederhana", "/cerita/titip", "/kabar"):
        assert not client.page(path).select("input[type=file]"), path
    page = opens(client, number)
    assert page.select_one("input[type=file]")["autocomplete"] == "off"
    assert "police (110)" in page.text


def test_without_a_script_a_photo_arrives_bare_upright_and_small(client, number):
    opens(client, number)
    page = attaches(client, a_photo(2_400, 1_800, turned=True, quality=60))
    assert page.select_one(".good[autofocus]").text == "The photo has been received."
    (photo,) = the_files()
    content = attachments.open_(photo)
    assert is_bare(content)
    assert corners_of(content) == list(CORNERS)
    assert len(content) <= 300_000


def test_nothing_the_photo_told_is_in_database_log_or_temporary_file(
    client, number, database_url, caplog, monkeypatch
):
    def nothing_is_spooled(*args, **options):
        raise AssertionError("a temporary file")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, nothing_is_spooled)
        monkeypatch.setattr(f"werkzeug.formparser.{name}", nothing_is_spooled, raising=False)
    opens(client, number)
    photo = a_photo(2_000, 1_500, tells="kenari-gps-rumah", quality=98)
    assert len(photo) > 600_000, "Werkzeug spools what is larger than 500 kB"
    attaches(client, photo, name="kenari-nama.jpg")
    assert len(the_files()) == 1
    db.session.remove()
    kept = everything_in(db.engine()) + caplog.text.encode()
    assert b"kenari" not in kept
    assert photo[2_000:2_040] not in kept


@pytest.mark.parametrize("name", PRETENDERS)
def test_what_is_no_photo_is_refused_beside_the_field(client, number, name):
    opens(client, number)
    page = attaches(client, PRETENDERS[name], name=name)
    assert "JPEG, PNG or WebP" in page.select_one("#foto-salah").text
    assert "foto-salah" in page.select_one("#foto")["aria-describedby"].split()
    assert not the_files()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Choose a photo first"),
        (b"", "Choose a photo first"),
        (a_bomb(), "too wide or too high"),
        (a_photo()[:900], "cannot be opened"),
        (a_photo() + bytes(3 * 1024 * 1024), "at most 3 MB"),
        (a_photo() + bytes(25 * 1024 * 1024), "at most 3 MB"),
    ],
    ids=["none", "empty", "bomb", "torn", "3 MB", "25 MB"],
)
def test_every_refusal_has_its_sentence_beside_the_field(client, number, content, sentence):
    opens(client, number)
    assert sentence in attaches(client, content).select_one("#foto-salah").text
    assert not the_files()


def test_after_a_refusal_the_next_photo_is_taken_and_nothing_is_wrong_any_more(client, number):
    opens(client, number)
    attaches(client, b"MZ")
    page = attaches(client, a_photo())
    assert not page.select("#foto-salah")
    assert len(the_files()) == 1


def test_an_error_is_forgotten_with_the_number(client, number):
    opens(client, number)
    attaches(client, b"MZ")
    client.post("/kabar/tutup")
    assert not opens(client, number).select("#foto-salah")


def test_tapping_send_twice_sends_one_photo_and_another_one_is_another(client, number):
    opens(client, number)
    fields = attaching.the_form(Kind.PHOTO, client)
    for _ in range(2):
        client.post("/kabar/foto", **a_form(fields, a_photo()))
    assert len(the_files()) == 1
    client.post("/kabar/foto", **a_form(fields, a_photo(300, 200)))
    assert len(the_files()) == 2


def test_the_eleventh_photo_is_refused_with_a_sentence(app, client, number):
    for _ in range(attachments.MOST[Kind.PHOTO]):
        assert post(client, a_letter(app, number)).status_code == 200
    answer = post(client, a_letter(app, number))
    assert (answer.status_code, answer.json) == (409, {"refused": "full"})
    opens(client, number)
    assert "Ten photos" in attaches(client, a_photo()).select_one("#foto-salah").text
    assert len(the_files()) == attachments.MOST[Kind.PHOTO]


def test_on_a_full_disk_photos_wait_and_words_are_taken(app_for, data_dir, database_url):
    app = app_for(settings_for(data_dir, database_url, photos_free_mb=10**9))
    client = app.test_client()
    number = tells(client, story="rahasia")
    client.post("/kabar/tutup")
    answer = post(client, a_letter(app, number))
    assert (answer.status_code, answer.json) == (409, {"refused": "room"})
    opens(client, number)
    assert "no room for photos" in attaches(client, a_photo()).select_one("#foto-salah").text
    client.post("/kabar/tambah", data=fields_of(client.page("/kabar"), "main") | {"story": "masih takut"})
    assert "What you added has been received." in client.page("/kabar").text


def test_an_unknown_number_hears_the_same_and_keeps_nothing(app, client, number):
    stranger = receipts.new_number()
    body = a_letter(app, stranger)
    assert post(client, body).json == {"receipt": str(Label.read(body[2 : 2 + body[1] + 256 * body[0]]).id)}
    opens(client, stranger)
    assert "The photo has been received." in attaches(client, a_photo()).text
    assert not the_files()


def test_a_browser_that_opened_no_number_sends_into_the_void(client, number):
    answer = client.post("/kabar/foto", **a_form({}, a_photo()))
    assert (answer.status_code, answer.location) == (303, "/kabar")
    assert not the_files()


def test_decoding_is_limited_for_a_network_and_sealed_photos_are_not(app, client, number, monkeypatch):
    monkeypatch.setattr("pwa.routes.files.UPLOADS", 2)
    opens(client, number)
    for _ in range(2):
        attaches(client, b"MZ")
    assert "ten minutes" in attaches(client, a_photo()).select_one("#foto-salah").text
    assert post(client, a_letter(app, number)).status_code == 200


def test_the_same_sealed_bytes_are_one_photo_and_one_answer(app, client, number):
    body = a_letter(app, number)
    answers = [post(client, body).json for _ in range(3)]
    assert answers == [answers[0]] * 3
    (photo,) = the_files()
    assert answers[0] == {"receipt": str(photo.id)}


def test_the_same_id_with_other_bytes_is_refused(app, client, number):
    id = uuid4()
    post(client, a_letter(app, number, id=id))
    assert post(client, a_letter(app, number, id=id)).status_code == 422
    assert len(the_files()) == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"kind": "report"},
        {"kind": "addition"},
        {"danger": True},
        {"kecamatan": "36.73.01"},
        {"language": "xx"},
    ],
)
def test_only_photos_come_through_this_slot(app, client, number, parts):
    assert post(client, a_letter(app, number, **parts)).status_code == 422
    assert not the_files()


def test_a_photo_does_not_come_through_the_slot_for_words(app, client, number):
    answer = client.post("/kirim", data=a_letter(app, number), content_type="application/octet-stream")
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count(Report.id))) == 1


@pytest.mark.parametrize("size", [attachments.LARGEST[Kind.PHOTO] + 1, 3_000_000])
def test_a_letter_that_is_too_large_is_not_read(client, number, size):
    answer = post(client, bytes(size))
    assert (answer.status_code, answer.location) == (303, "/maaf/413")


def test_the_office_sees_what_came_and_gets_it_only_as_a_file(app, client, officer, number, report):
    post(client, a_letter(app, number, b"\xff\xd8\xff isi"))
    page = officer.page(f"/kantor/laporan/{report.id}")
    (link,) = page.select(".files a")
    assert not page.select("main img")
    answer = officer.get(link["href"])
    assert (answer.status_code, answer.data) == (200, b"\xff\xd8\xff isi")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="foto-1.jpg"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "image/jpeg"
    entry = audit.page()[0]
    assert (entry.action, entry.kind, entry.object_id) == ("downloaded", "photo", str(the_files()[0].id))
    assert audit.verify().ok


def test_a_report_without_photos_says_nothing_about_them(officer, report):
    assert "Photos" not in officer.page(f"/kantor/laporan/{report.id}").text


def test_the_list_says_that_something_new_came_until_somebody_has_looked(
    app, client, officer, number, report
):
    assert not officer.page("/kantor/laporan").select(".mark.news")
    post(client, a_letter(app, number))
    client.post("/kabar", data={"number": number})
    client.post("/kabar/tambah", data=fields_of(client.page("/kabar"), "main") | {"story": "satu lagi"})
    assert officer.page("/kantor/laporan").select_one(".mark.news").text == "2 new messages"
    officer.page(f"/kantor/laporan/{report.id}")
    assert not officer.page("/kantor/laporan").select(".mark.news")


def test_reading_a_photo_answers_the_clock(app, client, officer, number, report):
    report.state = "triaged"
    report.contacted_at, report.due_at = clock.now(), clock.now() + timedelta(days=2)
    db.session.commit()
    post(client, a_letter(app, number))
    db.session.expire_all()
    assert report.due_at <= clock.now()
    officer.page(f"/kantor/laporan/{report.id}")
    assert the_files()[0].read_at


def test_a_photo_that_does_not_open_is_an_alarm_and_no_file(app, client, officer, number, report):
    body = bytearray(a_letter(app, number))
    body[-1] ^= 1
    assert post(client, bytes(body)).status_code == 200
    page = officer.page(f"/kantor/laporan/{report.id}")
    assert "does not open" in page.select_one(".files .alarm").text
    assert officer.get(f"/kantor/laporan/{report.id}/foto/1").status_code == 404
    assert not [entry for entry in audit.page() if entry.action == "downloaded"]


def test_a_program_sealed_as_a_photo_is_an_alarm_and_no_file(app, client, officer, number, report):
    post(client, a_letter(app, number, PRETENDERS["program.jpg"]))
    assert officer.page(f"/kantor/laporan/{report.id}").select(".files .alarm")
    assert officer.get(f"/kantor/laporan/{report.id}/foto/1").status_code == 404


@pytest.mark.parametrize("role", ["admin", "konselor", None])
def test_nobody_else_gets_it(app, client, number, report, role):
    post(client, a_letter(app, number))
    visitor = app.test_client()
    if role:
        visitor.sign_in(an_account(role))
    assert visitor.get(f"/kantor/laporan/{report.id}/foto/1").status_code == 404


def test_somebody_the_report_is_hidden_from_gets_no_photo_of_it(app, client, number, report):
    post(client, a_letter(app, number))
    cousin = an_account()
    conflicts.keep(report.id, cousin.id)
    db.session.commit()
    officer = app.test_client()
    officer.sign_in(cousin)
    assert officer.get(f"/kantor/laporan/{report.id}/foto/1").status_code == 404
    assert not [entry for entry in audit.page() if entry.action == "downloaded"]


def test_a_photo_of_another_report_is_not_there(app, client, officer, number, report):
    other = tells(client, "/cerita", story="lain")
    post(client, a_letter(app, other))
    assert officer.get(f"/kantor/laporan/{report.id}/foto/1").status_code == 404
    assert officer.get(f"/kantor/laporan/{report.id}/foto/99").status_code == 404


def test_the_public_part_takes_photos_and_cannot_open_one(app_for, data_dir, sqlite_url):
    from pwa.settings import Role
    from pwa.vault import Locked

    app = app_for(settings_for(data_dir, sqlite_url, role=Role.PUBLIC))
    client = app.test_client()
    number = tells(client, story="rahasia")
    client.post("/kabar/tutup")
    opens(client, number)
    assert "The photo has been received." in attaches(client, a_photo()).text
    with pytest.raises(Locked):
        attachments.open_(the_files()[0])
    report = db.session.scalars(select(Report)).one()
    assert client.get(f"/kantor/laporan/{report.id}/foto/1", headers=SAME_SITE).status_code == 404
    assert not keyring._held
