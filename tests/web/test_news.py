"""Coming back with the number: answers and next steps, never the story, and nothing at all to a stranger."""

import pytest
from sqlalchemy import select

from pwa import answers, db, keyring, receipts, unpacking
from pwa.answers import Sort
from pwa.receipts import Receipt
from pwa.reports import Addition, Report, State
from tests.factories import an_account
from tests.web.telling import fields_of, number_on, opens, sends, tells

STORY = "rahasia-yang-diceritakan"


@pytest.fixture
def number(client):
    number = tells(client, story=STORY)
    client.post("/cerita/lain")
    client.post("/kabar/tutup")
    unpacking.unpack_arrived()
    return number


def the_report() -> Report:
    return db.session.scalars(select(Report)).one()


def the_office_answers(text: str, sort: Sort = Sort.REPLY) -> None:
    receipt = db.session.get(Receipt, the_report().receipt_id)
    answers.answer(receipt, text, sort=sort, by=an_account().id)
    db.session.commit()


def test_she_reads_the_answer_and_nothing_of_what_she_told(client, number):
    the_office_answers("Kami percaya Anda.")
    page = opens(client, receipts.grouped(number))
    assert "Kami percaya Anda." in page.text
    assert STORY not in str(page)
    assert number not in str(page)
    assert receipts.grouped(number) not in str(page)


@pytest.mark.parametrize("typed", ["", "123", "abc", "7" * 20, "8" * 20, "9" * 200, "<b>"])
def test_a_mistyped_number_is_said_so_beside_the_field(client, typed):
    page = opens(client, typed)
    assert page.select_one("#nomor-salah")
    assert page.select_one("#nomor")["value"] == typed[:60]


def test_a_number_nobody_has_looks_like_one_without_news(client, number):
    known = opens(client, number)
    client.post("/kabar/tutup")
    unknown = opens(client, receipts.new_number())
    for page in (known, unknown):
        for hidden in page.select("input[name=id]"):
            hidden["value"] = ""
    assert str(unknown) == str(known).replace("<p><strong>\nReceived</strong></p>\n", "")


def test_what_she_adds_reaches_the_same_report(client, number):
    page = opens(client, number)
    answer = client.post("/kabar/tambah", data=fields_of(page, "main") | {"story": "satu lagi"})
    assert answer.location == "/kabar"
    assert client.page("/kabar").select_one(".good")
    addition = db.session.scalars(select(Addition)).one()
    assert addition.receipt_id == the_report().receipt_id
    assert keyring.unseal(addition.label, addition.envelope)["story"] == "satu lagi"


def test_tapping_send_twice_adds_once(client, number):
    fields = fields_of(opens(client, number), "main") | {"story": "satu lagi"}
    client.post("/kabar/tambah", data=fields)
    client.post("/kabar/tambah", data=fields)
    assert len(db.session.scalars(select(Addition)).all()) == 1


def test_a_new_message_reopens_what_was_closed(client, number):
    report = the_report()
    report.state = State.CLOSED
    db.session.commit()
    client.post("/kabar/tambah", data=fields_of(opens(client, number), "main") | {"story": "masih terjadi"})
    db.session.expire_all()
    assert the_report().state is State.REOPENED


def test_an_addition_that_is_too_long_is_kept_and_explained(client, number):
    client.post("/kabar/tambah", data=fields_of(opens(client, number), "main") | {"story": "x" * 6000})
    page = client.page("/kabar")
    assert page.select_one("#story-salah")
    assert page.select_one("#story").text.strip() == "x" * 6000


def test_what_is_added_to_an_unknown_number_is_not_lost(client, number):
    stranger = receipts.new_number()
    client.post("/kabar/tambah", data=fields_of(opens(client, stranger), "main") | {"story": "salah nomor?"})
    assert len(db.session.scalars(select(Report)).all()) == 2


def test_a_new_number_takes_the_answers_along_and_the_old_one_opens_nothing(client, number):
    the_office_answers("Pertama.")
    page = opens(client, number)
    fields = fields_of(page, "main")
    client.post("/kabar/nomor", data=fields)
    fresh = number_on(client.page("/kabar"))
    client.post("/kabar/nomor", data=fields)  # a second tap
    assert number_on(client.page("/kabar")) == fresh
    assert fresh != number
    unpacking.unpack_arrived()
    the_office_answers("Kedua.")
    client.post("/kabar/tutup")
    old = opens(client, number)
    assert "Pertama." not in old.text
    assert "Kedua." not in old.text
    new = opens(client, fresh)
    assert "Pertama." in new.text
    assert "Kedua." in new.text


def test_the_office_cannot_answer_to_a_number_she_has_just_changed(client, number):
    page = opens(client, number)
    client.post("/kabar/nomor", data=fields_of(page, "main"))
    with pytest.raises(answers.NoReplyKey):
        the_office_answers("Terlambat satu detik.")


def test_two_reports_never_share_answers(client, number):
    other = tells(client, story="lain")
    the_first = db.session.scalars(select(Report).order_by(Report.received_at)).first()
    receipt = db.session.get(Receipt, the_first.receipt_id)
    answers.answer(receipt, "Hanya untuk satu.", sort=Sort.REPLY, by=an_account().id)
    db.session.commit()
    assert "Hanya untuk satu." not in opens(client, other).text


def test_a_killed_number_is_unknown(client, number):
    the_office_answers("Rahasia.")
    db.session.get(Receipt, the_report().receipt_id).kill()
    db.session.commit()
    assert "Rahasia." not in opens(client, number).text


def test_closing_the_number_forgets_it(client, number):
    opens(client, number)
    client.post("/kabar/tutup")
    assert client.page("/kabar").select_one("input#nomor")


def test_quick_exit_forgets_everything_and_deletes_the_cookie(client, number):
    opens(client, number)
    answer = client.get("/keluar")
    assert (answer.status_code, answer.location) == (303, "/kota")
    assert answer.headers["Clear-Site-Data"] == '"cookies"'
    assert "s=;" in answer.headers["Set-Cookie"]
    assert client.page("/kabar").select_one("input#nomor")


def test_guessing_is_slowed_down_for_the_network_and_nobody_else(client, number):
    for _ in range(61):
        page = opens(client, receipts.new_number())
    assert page.select_one("#nomor-salah")
    other = client.application.test_client()
    answer = other.post("/kabar", data={"number": number}, environ_base={"REMOTE_ADDR": "10.9.8.7"})
    assert answer.status_code == 303
    assert other.page("/kabar").select_one("#story")
    assert sends(client, story="menceritakan selalu boleh").select_one("#nomor")
