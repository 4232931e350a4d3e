"""A spoken story on its way: in one piece, in many, or as a plain file; to somebody of the office and nobody else."""

from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import func, select

from pwa import attachments, audit, backup, clock, db, jobs, pieces, receipts, spam
from pwa.attachments import MOST, Attachment, Kind
from pwa.pieces import Piece, Upload
from pwa.reports import Report
from tests.conftest import settings_for
from tests.factories import an_account
from tests.house import SAME_SITE, everything_in
from tests.sounds import AMR, OURS, PRETENDERS, SOUND, THAT_TELL, TORN, a_webm
from tests.web import attaching
from tests.web.attaching import the_files
from tests.web.telling import fields_of, opens, tells

KEY = "5e" * 32
LARGE = a_webm(sound=SOUND * 380)


attaches = partial(attaching.attaches, Kind.AUDIO)


def a_letter(app, number: str, content: bytes = LARGE, **parts) -> tuple[UUID, bytes]:
    return attaching.a_letter(Kind.AUDIO, app, number, content, **parts)


def sends(client, id: UUID, body: bytes, at: int = 0, until: int | None = None, **headers):
    """The piece of it from `at` to `until`."""
    said = {"Upload-Key": KEY, "Upload-Offset": str(at), "Upload-Length": str(len(body))} | headers
    return client.patch(f"/kirim/suara/{id}", data=body[at:until], headers=said)


def asks(client, id: UUID, key: str = KEY):
    return client.head(f"/kirim/suara/{id}", headers={"Upload-Key": key})


def the_recordings() -> list[bytes]:
    return [attachments.open_(each) for each in the_files()]


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_small_recording_arrives_in_one_piece(app, client, number):
    id, body = a_letter(app, number, AMR)
    assert sends(client, id, body).json == {"receipt": str(id)}
    assert the_recordings() == [AMR]
    assert count(Piece) == 0


def test_a_large_one_arrives_in_pieces_and_is_answered_only_when_it_is_whole(app, client, number):
    id, body = a_letter(app, number)
    for at in range(0, len(body), 30_000):
        answer = sends(client, id, body, at, at + 30_000)
        done = min(at + 30_000, len(body))
        assert answer.json == ({"receipt": str(id)} if done == len(body) else {"offset": done})
    assert the_recordings() == [LARGE]
    assert count(Piece) == 0


def test_after_a_cut_it_goes_on_from_where_the_server_says(app, client, number):
    id, body = a_letter(app, number)
    sends(client, id, body, 0, 30_000)
    answer = asks(client, id)
    assert (answer.status_code, answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == (
        200, "30000", str(len(body)),
    )  # fmt: skip
    assert answer.headers["Cache-Control"] == "no-store"
    sends(client, id, body, 30_000, 400_000)
    assert sends(client, id, body, 400_000).json == {"receipt": str(id)}
    assert the_recordings() == [LARGE]


def test_a_piece_that_came_twice_or_too_early_changes_nothing(app, client, number):
    id, body = a_letter(app, number)
    sends(client, id, body, 0, 30_000)
    for at in (0, 60_000):
        answer = sends(client, id, body, at, at + 30_000)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "30000")
    sends(client, id, body, 30_000, 400_000)
    assert sends(client, id, body, 400_000).json == {"receipt": str(id)}
    assert the_recordings() == [LARGE]


def test_when_the_last_answer_was_lost_asking_again_gives_the_receipt(app, client, number):
    id, body = a_letter(app, number)
    sends(client, id, body, 0, 400_000)
    sends(client, id, body, 400_000)
    assert asks(client, id).headers["Upload-Offset"] == str(len(body))
    assert sends(client, id, body, len(body)).json == {"receipt": str(id)}
    assert len(the_recordings()) == 1


def test_nobody_without_its_key_goes_on_with_it_or_learns_of_it(app, client, number):
    id, body = a_letter(app, number)
    sends(client, id, body, 0, 30_000)
    assert asks(client, id, "00" * 32).status_code == 404
    assert asks(client, id, "").status_code == 404
    assert asks(client, uuid4()).status_code == 404
    assert sends(client, id, body, 30_000, 60_000, **{"Upload-Key": "00" * 32}).status_code == 404
    assert sends(client, id, body, 0, 30_000, **{"Upload-Key": "00" * 32}).status_code == 422
    assert asks(client, id).headers["Upload-Offset"] == "30000"


def test_what_is_not_whole_after_a_day_is_forgotten_and_begins_anew(app, client, number):
    id, body = a_letter(app, number)
    sends(client, id, body, 0, 400_000)
    with time_machine.travel(clock.now() + timedelta(hours=23), tick=False):
        jobs._tidy(app)
        assert (count(Upload), count(Piece)) == (1, 1)
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        jobs._tidy(app)
        assert (count(Upload), count(Piece)) == (0, 0)
        assert asks(client, id).status_code == 404
        assert sends(client, id, body, 400_000).status_code == 404
        sends(client, id, body, 0, 400_000)
        assert sends(client, id, body, 400_000).json == {"receipt": str(id)}


def test_an_unknown_number_hears_the_same_and_keeps_no_byte(app, client, number):
    id, body = a_letter(app, receipts.new_number())
    assert sends(client, id, body, 0, 30_000).json == {"offset": 30_000}
    assert asks(client, id).headers["Upload-Offset"] == "30000"
    assert count(Piece) == 0
    sends(client, id, body, 30_000, 400_000)
    assert sends(client, id, body, 400_000).json == {"receipt": str(id)}
    assert not the_recordings()


def test_the_sixth_recording_is_refused_before_it_travels(app, client, number):
    for _ in range(MOST[Kind.AUDIO]):
        assert sends(client, *a_letter(app, number, AMR)).status_code == 200
    id, body = a_letter(app, number)
    answer = sends(client, id, body, 0, 30_000)
    assert (answer.status_code, answer.json) == (409, {"refused": "full"})
    assert asks(client, id).status_code == 404
    opens(client, number)
    assert "Five recordings" in attaches(client, AMR).select_one("#rekaman-salah").text


def test_ten_photos_leave_room_for_a_recording(app, client, number):
    for _ in range(MOST[Kind.PHOTO]):
        _, photo = attaching.a_letter(Kind.PHOTO, app, number, b"\xff\xd8\xff foto")
        assert client.post("/kirim/foto", data=photo).status_code == 200
    assert sends(client, *a_letter(app, number, AMR)).status_code == 200


def test_of_many_unfinished_ones_the_newest_stay(app, client, number):
    ids = []
    for minute in range(pieces.AT_ONCE + 2):
        with time_machine.travel(clock.now() + timedelta(minutes=minute), tick=False):
            id, body = a_letter(app, number)
            sends(client, id, body, 0, 30_000)
            ids.append(id)
    assert [asks(client, id).status_code for id in ids] == [404, 404, 200, 200, 200]


def test_on_a_full_disk_recordings_wait(app_for, data_dir, database_url):
    app = app_for(settings_for(data_dir, database_url, photos_free_mb=10**9))
    client = app.test_client()
    number = tells(client, story="rahasia")
    client.post("/kabar/tutup")
    answer = sends(client, *a_letter(app, number, AMR))
    assert (answer.status_code, answer.json) == (409, {"refused": "room"})
    opens(client, number)
    assert "no room for recordings" in attaches(client, AMR).select_one("#rekaman-salah").text


@pytest.mark.parametrize(
    "parts",
    [{"kind": "report"}, {"kind": "photo"}, {"danger": True}, {"kecamatan": "36.73.01"}, {"language": "xx"}],
)
def test_only_recordings_come_through_this_slot(app, client, number, parts):
    assert sends(client, *a_letter(app, number, AMR, **parts)).status_code == 422
    assert count(Upload) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Key": ""}, {"Upload-Key": "é" * 64}, {"Upload-Offset": "x"}, {"Upload-Offset": "-1"}, {"Upload-Length": ""},
        {"Upload-Length": "10"}, {"Upload-Length": "99999999"}, {"Upload-Length": "9" * 20},
    ],
)  # fmt: skip
def test_what_no_page_of_ours_sends_is_refused(app, client, number, headers):
    id, body = a_letter(app, number, AMR)
    said = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    assert sends(client, id, body, **said).status_code == 422
    assert count(Upload) == 0


def test_another_letter_cannot_hide_under_this_address(app, client, number):
    _, body = a_letter(app, number, AMR)
    assert sends(client, uuid4(), body).status_code == 422


def test_more_than_was_said_is_refused_and_what_came_before_stays(app, client, number):
    id, body = a_letter(app, number)
    sends(client, id, body, 0, 400_000)
    assert sends(client, id, body[:400_000] + bytes(400_000), 400_000).status_code == 422
    assert asks(client, id).headers["Upload-Offset"] == "400000"
    assert sends(client, id, body, 400_000).json == {"receipt": str(id)}


def test_a_letter_in_crumbs_is_refused_and_its_end_may_be_one(app, client, number):
    id, body = a_letter(app, number, AMR)
    for at, until in ((0, pieces.SMALLEST - 1), (0, 0)):
        assert sends(client, id, body, at, until).status_code == 422
    sends(client, id, body, 0, pieces.SMALLEST)
    assert sends(client, id, body, pieces.SMALLEST, pieces.SMALLEST + 1).status_code == 422
    sends(client, id, body, pieces.SMALLEST, len(body) - 1)
    assert sends(client, id, body, len(body) - 1).json == {"receipt": str(id)}
    assert the_recordings() == [AMR]


def test_a_piece_that_is_too_large_is_not_read(app, client, number):
    id, _ = a_letter(app, number)
    answer = sends(client, id, bytes(400_001))
    assert (answer.status_code, answer.location) == (303, "/maaf/413")


def test_one_network_begins_only_so_many(app, client, number, monkeypatch):
    monkeypatch.setattr("pwa.routes.pieces.BEGUN", 2)
    answers = [sends(client, *a_letter(app, number, AMR)).status_code for _ in range(3)]
    assert answers == [200, 200, 303]


@pytest.mark.parametrize("name", OURS)
def test_without_a_script_every_recording_of_a_phone_arrives_bare(client, number, name):
    opens(client, number)
    page = attaches(client, OURS[name])
    assert page.select_one(".good[autofocus]").text == "The recording has been received."
    (content,) = the_recordings()
    assert SOUND in content
    assert b"kenari" not in content


@pytest.mark.parametrize("name", THAT_TELL)
def test_nothing_it_told_is_in_the_database(client, number, name):
    opens(client, number)
    attaches(client, OURS[name])
    db.session.remove()
    kept = everything_in(db.engine())
    assert b"kenari" not in kept
    assert SOUND[:40] not in kept


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(each, "Only sound") for each in PRETENDERS.values()]
    + [(each, "cannot be opened") for each in TORN.values()]
    + [(None, "Record or choose"), (b"", "Record or choose"), (AMR + bytes(3 * 1024 * 1024), "at most 3 MB")],
)
def test_every_refusal_has_its_sentence_beside_the_field(client, number, content, sentence):
    opens(client, number)
    page = attaches(client, content)
    assert sentence in page.select_one("#rekaman-salah").text
    assert not page.select("#foto-salah")
    assert not the_files()


def test_the_limits_are_said_before_anything_is_chosen(client, number):
    page = opens(client, number)
    section = page.select_one("#suara").text
    assert "At most five minutes or 3 MB." in section
    assert "can be recognised" in section


def test_from_the_receipt_one_touch_leads_to_the_voice(client):
    client.post("/cerita", data=fields_of(client.page("/cerita"), "#cerita") | {"story": "takut"})
    fields = fields_of(client.page("/cerita"), 'form[action="/kabar#suara"]')
    client.post("/kabar", data=fields)
    assert client.page("/kabar").select("#suara input[type=file]")


@pytest.mark.parametrize(
    ("name", "file", "mimetype"),
    [
        ("webm", "suara-1.webm", "audio/webm"),
        ("m4a", "suara-1.m4a", "audio/mp4"),
        ("amr", "suara-1.amr", "audio/amr"),
    ],
)
def test_the_office_gets_it_only_as_a_file_and_that_is_noted(
    app, client, officer, number, report, name, file, mimetype
):
    sends(client, *a_letter(app, number, OURS[name]))
    page = officer.page(f"/kantor/laporan/{report.id}")
    (link,) = page.select(".files a")
    assert not page.select("main audio")
    answer = officer.get(link["href"])
    assert (answer.status_code, answer.data, answer.mimetype) == (200, OURS[name], mimetype)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    entry = audit.page()[0]
    assert (entry.action, entry.kind, entry.object_id) == ("downloaded", "audio", str(the_files()[0].id))


def test_a_program_sealed_as_a_recording_is_an_alarm_and_no_file(app, client, officer, number, report):
    sends(client, *a_letter(app, number, b"MZ\x90\x00 a program"))
    page = officer.page(f"/kantor/laporan/{report.id}")
    assert "Recording 1 does not open" in page.select_one(".files .alarm").text
    assert officer.get(f"/kantor/laporan/{report.id}/suara/1").status_code == 404


def test_a_recording_brings_the_report_back_before_somebodys_eyes(app, client, officer, number, report):
    officer.page(f"/kantor/laporan/{report.id}")
    assert not officer.page("/kantor/laporan").select(".mark.news")
    sends(client, *a_letter(app, number, AMR))
    assert officer.page("/kantor/laporan").select_one(".mark.news")


@pytest.mark.parametrize("role", ["admin", "konselor", "kader", None])
def test_nobody_else_gets_it(app, client, number, report, role):
    sends(client, *a_letter(app, number, AMR))
    visitor = app.test_client()
    if role:
        visitor.sign_in(an_account(role))
    assert visitor.get(f"/kantor/laporan/{report.id}/suara/1").status_code == 404


def test_what_two_people_called_spam_takes_recordings_and_pieces_along(app, client, number, report):
    sends(client, *a_letter(app, number, AMR))
    id, body = a_letter(app, number)
    sends(client, id, body, 0, 30_000)
    report = db.session.get_one(Report, report.id)
    spam.call(report, reason="an advertisement", by=an_account())
    db.session.flush()
    spam.confirm(report, by=an_account("manajer"))
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert spam.purge() == 1
        db.session.commit()
    assert (count(Attachment), count(Upload), count(Piece)) == (0, 0, 0)


def test_a_backup_holds_recordings_and_no_unfinished_pieces(app, client, number, tmp_path):
    sends(client, *a_letter(app, number, AMR))
    id, body = a_letter(app, number)
    sends(client, id, body, 0, 30_000)
    counted = {}
    backup.write(tmp_path / "office.backup", app.config["SETTINGS"], counted.__setitem__)
    assert counted["attachment"] == 1
    assert not {"upload", "piece"} & set(counted)


def test_the_public_part_takes_recordings_and_cannot_open_one(app_for, data_dir, sqlite_url):
    from pwa.settings import Role
    from pwa.vault import Locked

    app = app_for(settings_for(data_dir, sqlite_url, role=Role.PUBLIC))
    client = app.test_client()
    number = tells(client, story="rahasia")
    client.post("/kabar/tutup")
    id, body = a_letter(app, number)
    sends(client, id, body, 0, 400_000)
    assert sends(client, id, body, 400_000).json == {"receipt": str(id)}
    with pytest.raises(Locked):
        attachments.open_(the_files()[0])
    report = db.session.scalars(select(Report)).one()
    assert client.get(f"/kantor/laporan/{report.id}/suara/1", headers=SAME_SITE).status_code == 404
