"""Telling without JavaScript: whatever is typed, either she gets her number or she keeps her text."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from pwa import clock, db, keyring, receipts
from pwa.receipts import Receipt
from pwa.reports import Report
from tests.web.telling import fields_of, number_on, sends, tells

PATHS = ["/cerita", "/cerita/sederhana", "/cerita/titip"]


def how_many() -> int:
    return db.session.scalar(select(func.count()).select_from(Report))


def told() -> dict[str, object]:
    report = db.session.scalars(select(Report)).one()
    return keyring.unseal(report.label, report.envelope)


@pytest.mark.parametrize("path", PATHS)
def test_one_answer_is_a_report(client, path):
    number = tells(client, path, danger="no")
    assert receipts.is_well_formed(number)
    assert how_many() == 1


def test_everything_she_says_arrives_sealed_and_whole(client):
    said = {
        "safe": "yes", "danger": "no", "area": "36.73.04", "village": "Sukawana",
        "story": "Baris satu\r\nbaris dua 🙂", "age": "31",
        "when": "today", "date": clock.today().isoformat(), "place": "home", "who": "husband", "needs": ["listen", "law"],
        "way": "phone", "number": "0812 3456 7890", "days": ["mon"], "hours": ["morning"], "cover": "teman arisan",
    }  # fmt: skip
    tells(client, **said)
    inside = told()
    expected = said | {"story": "Baris satu\nbaris dua 🙂", "age": 31, "variant": "own"}
    assert {name: value for name, value in inside.items() if name != "reply_key"} == expected
    report = db.session.scalars(select(Report)).one()
    assert (report.kecamatan, report.danger, report.language) == ("36.73.04", False, "id")
    assert b"arisan" not in report.envelope


def test_reloading_coming_back_and_tapping_twice_give_the_same_number(client):
    fields = fields_of(client.page("/cerita")) | {"story": "sekali saja"}
    client.post("/cerita", data=fields)
    number = number_on(client.page("/cerita"))
    assert number_on(client.page("/cerita")) == number
    client.post("/cerita", data=fields)
    assert number_on(client.page("/cerita")) == number
    assert how_many() == 1


def test_a_form_that_lost_its_id_still_counts_once(client):
    for _ in range(2):
        client.post("/cerita", data={"story": "tanpa tanda", "id": "rusak"})
    assert how_many() == 1


def test_going_back_and_changing_the_text_does_not_overwrite_what_was_told(client):
    fields = fields_of(client.page("/cerita"))
    client.post("/cerita", data=fields | {"story": "pertama"})
    client.post("/cerita", data=fields | {"story": "kedua"})
    page = client.page("/cerita")
    assert how_many() == 1
    assert told()["story"] == "pertama"
    assert page.select_one("textarea#story").text.strip() == "kedua"
    assert page.select_one(".errors")
    assert fields_of(page)["id"] != fields["id"]


def test_another_report_gets_another_number(client):
    first = tells(client, story="satu")
    client.post("/cerita/lain")
    assert tells(client, story="dua") != first
    assert how_many() == 2


def test_danger_puts_the_numbers_first_and_never_says_help_is_coming(client):
    page = sends(client, danger="yes")
    main = page.select_one("main")
    links = [link["href"] for link in main.select("a.call")]
    assert links == ["tel:112", "tel:129", "https://wa.me/628111129129", "tel:110"]
    assert main.get_text().index("112") < main.get_text().index(page.select_one("#nomor").text)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("age", "200"), ("age", "-1"), ("age", "dua"), ("age", "9" * 400), ("story", "x" * 6000), ("number", "aduh"),
        ("danger", "maybe"), ("area", "36.73.99.0000"), ("way", "pigeon"), ("name", "n" * 81),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_explained_beside_the_field_and_kept(client, path, field, typed):
    page = sends(client, path, **{"story": "teks saya", field: typed})
    assert page.select_one(f"#{field}-salah, #{field} .error"), f"no sentence beside {field}"
    kept = typed if field == "story" else "teks saya"
    assert page.select_one("textarea#story").text.strip() == kept
    if field in ("age", "number", "name"):
        assert page.select_one(f"#{field}")["value"] == typed
    assert how_many() == 0


@pytest.mark.parametrize("date", ["2999-01-01", "31-12-2025", "1200-01-01", "besok"])
def test_a_day_that_has_not_come_is_refused(client, date):
    page = sends(client, story="teks saya", date=date)
    assert page.select_one("#date-salah")
    assert page.select_one("details:has(#date)").has_attr("open")


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "text",
    [
        "😭" * 4000,
        "\u202ebalik\u202c",
        "<script>alert(1)</script>",
        "a\x00b\x07c",
        "\ud7ff\ufffe",
        "' OR 1=1 --",
        "{{ 7*7 }}",
    ],
)
def test_strange_letters_are_letters(client, text):
    tells(client, story=text)
    assert told()["story"] == "".join(sign for sign in text if sign not in "\x00\x07")


def test_a_thousand_fields_are_only_noise(client):
    noise = {f"f{number}": "x" for number in range(1000)}
    assert tells(client, story="di antara", **noise)
    assert set(told()) == {"story", "variant", "reply_key"}


def test_an_empty_form_asks_for_one_answer(client):
    page = sends(client)
    assert page.select_one(".errors")
    assert how_many() == 0


@pytest.mark.each_kind
@pytest.mark.parametrize("cookie", ["x", "A" * 3000, "\u00e9", "=" * 43, "_" * 43])
def test_a_junk_cookie_is_only_a_new_session(client, cookie):
    client.set_cookie("s", cookie)
    assert tells(client, story="halo")


def test_a_robot_is_marked_and_taken_all_the_same(client):
    tells(client, story="beli sekarang", website="http://x")
    assert told()["website"] == "http://x"


def test_changing_the_language_keeps_what_was_typed(client):
    fields = fields_of(client.page("/cerita/titip")) | {"story": "setengah", "age": "abc"}
    answer = client.post("/bahasa", data=fields | {"language": "ban"})
    assert answer.location == "/cerita/titip"
    page = client.page("/cerita/titip")
    assert page.html["lang"] == "su"
    assert page.select_one("textarea#story").text.strip() == "setengah"
    assert not page.select(".error:not([data-state])")
    assert fields_of(page)["id"] == fields["id"]


def test_when_the_database_is_gone_the_text_stays_and_the_numbers_are_there(client, monkeypatch):
    fields = fields_of(client.page("/cerita")) | {"story": "jangan hilang"}

    def gone(*args, **kwargs):
        raise OperationalError("select", {}, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(db.session, "get", gone)
        broken.setattr(db.session, "scalars", gone)
        broken.setattr(db.session, "execute", gone)
        answer = client.post("/cerita", data=fields)
        page = client.page(answer.location, status=503)
    assert page.select_one("textarea#story").text.strip() == "jangan hilang"
    assert "tel:112" in [link["href"] for link in page.select(".errors a.call")]
    assert how_many() == 0
    client.post("/cerita", data=fields)
    assert number_on(client.page("/cerita"))


def test_too_much_at_once_is_answered_with_a_page_of_its_own(client):
    answer = client.post("/cerita", data={"story": "x" * 5_000_000})
    assert (answer.status_code, answer.location) == (303, "/maaf/413")
    client.page("/maaf/413", status=413)


def test_two_reports_never_share_a_receipt(client):
    tells(client, story="satu")
    client.post("/cerita/lain")
    tells(client, story="dua")
    assert db.session.scalar(select(func.count()).select_from(Receipt)) == 2
