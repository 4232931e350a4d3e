"""A kader helps a neighbour: sealed letters and plain forms, her list of lights, and what stays out of her sight."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import select

from pwa import accounts, answers, audit, clock, db, errands, kaders, keyring, logins, receipts, unpacking
from pwa.answers import Sort
from pwa.conflicts import Conflict
from pwa.errands import Errand, Light
from pwa.kaders import Area
from pwa.push import Alert
from pwa.reports import Channel, Report
from pwa.visits import State, Visit
from tests.factories import a_device_of, a_ready_kader, an_account
from tests.house import SAME_SITE, count
from tests.web.telling import fields_of, shows_any_of
from tests.web.test_letters import a_label, a_letter

FORM, DOOR, LIST = "/kader/tetangga", "/kader/kirim", "/kader"


class Helper:
    """A kader with her phone."""

    def __init__(self, app, **parts) -> None:
        self.account = an_account("kader", **parts)
        self.kader = a_ready_kader(self.account.id)
        self.phone = app.test_client()
        self.device = a_device_of(self.account.id)
        self.phone.sign_in(self.account, self.device.id)
        db.session.commit()

    def sends(self, body: bytes, **headers):
        headers = SAME_SITE | {"X-CSRFToken": self.token} | headers
        return self.phone.post(DOOR, data=body, content_type="application/octet-stream", headers=headers)

    @property
    def token(self) -> str:
        page = BeautifulSoup(self.phone.get("/akun").text, "html.parser")
        return page.select_one("[name=csrf_token]")["value"]

    def writes(self, **told) -> BeautifulSoup:
        answer = self.posts(**told)
        assert (answer.status_code, answer.location) == (303, FORM)
        return self.phone.page(FORM)

    def posts(self, path: str = FORM, **told):
        data = fields_of(self.phone.page(FORM), "main form") | told
        return self.phone.post(path, data=data, headers=SAME_SITE)

    @property
    def lights(self) -> list[str]:
        db.session.expire_all()
        return [mark.get_text(strip=True) for mark in self.phone.page(LIST).select("main .row .mark")]


@pytest.fixture
def sri(app):
    return Helper(app, name="Sri Lestari")


def the_report() -> Report:
    db.session.expire_all()
    return db.session.scalars(select(Report)).one()


def test_what_a_kader_sealed_is_received_once_and_known_as_hers(app, sri):
    label = a_label()
    body = a_letter(app, label)
    for _ in range(2):
        answer = sri.sends(body, **{"X-Waited": "172800"})
        assert (answer.status_code, answer.json) == (200, {"receipt": str(label.id)})
    report = the_report()
    assert (report.channel, report.filed_by_id) == (Channel.KADER, sri.account.id)
    assert db.session.get(receipts.Receipt, report.receipt_id).handover
    errand = db.session.scalars(select(Errand)).one()
    assert timedelta(days=2) <= clock.now() - errand.made_at < timedelta(days=2, minutes=5)
    assert (errand.kelurahan, errand.rt_rw) == ("36.73.01.1001", "003/002")
    assert sri.lights == ["Received"]


@pytest.mark.each_kind
@pytest.mark.parametrize("body", [b"", b"junk", bytes(500)], ids=repr)
def test_junk_is_refused(sri, body):
    assert sri.sends(body).status_code == 422
    assert count() == 0


@pytest.mark.parametrize("kind", ["addition", "new-number", "reply"])
def test_a_kader_can_add_nothing_to_what_others_told(app, sri, kind):
    assert sri.sends(a_letter(app, a_label(kind=kind))).status_code == 422
    assert count() == 0


def test_without_the_sessions_own_token_nothing_is_taken(app, sri):
    answer = sri.sends(a_letter(app, a_label()), **{"X-CSRFToken": "x"})
    assert (answer.status_code, answer.location) == (303, "/maaf/400")
    assert count() == 0


@pytest.mark.parametrize("asleep", ["locked", "idle", "left"])
def test_a_locked_phone_carries_in_her_name_and_stays_locked(app, sri, asleep):
    login = logins.on(sri.device.id)[0]
    if asleep == "locked":
        login.lock()
    if asleep == "left":
        sri.phone.set_cookie("k", "1")
    db.session.commit()
    later = logins.IDLE if asleep == "idle" else timedelta()
    with time_machine.travel(clock.now() + later, tick=False):
        here = sri.phone.get("/sesi").json
        assert here["owner"] == sri.account.owner_mark
        label = a_label()
        headers = SAME_SITE | {"X-CSRFToken": here["token"]}
        answer = sri.phone.post(DOOR, data=a_letter(app, label), headers=headers)
        assert (answer.status_code, answer.json) == (200, {"receipt": str(label.id)})
        assert the_report().filed_by_id == sri.account.id
        assert sri.phone.get(LIST).location == "/kunci?ke=/kader"
        assert sri.phone.post(FORM, data={"saw": "x"} | here, headers=headers).location == "/kunci"
    assert count() == 1


def test_who_was_signed_out_is_told_so_and_keeps_her_letter(app, sri):
    token = sri.token
    accounts.find(sri.account.id).sign_out_everywhere()
    db.session.commit()
    answer = sri.phone.post(DOOR, data=a_letter(app, a_label()), headers=SAME_SITE | {"X-CSRFToken": token})
    assert answer.status_code == 401
    assert count() == 0


def test_who_has_not_learned_and_promised_cannot_help_yet(app):
    account = an_account("kader")
    kaders.settle(account, Area("36.73.01.1001", "003/002"))
    db.session.commit()
    phone = app.test_client()
    phone.sign_in(account, a_device_of(account.id).id)
    page = BeautifulSoup(phone.get("/akun").text, "html.parser")
    headers = SAME_SITE | {"X-CSRFToken": page.select_one("[name=csrf_token]")["value"]}
    assert phone.post(DOOR, data=a_letter(app, a_label()), headers=headers).status_code == 403
    assert phone.get(FORM).location == LIST
    assert count() == 0


def test_what_another_kader_brought_is_not_hers_to_bring_again(app, sri):
    body = a_letter(app, a_label())
    sri.sends(body)
    other = Helper(app)
    assert other.sends(body).status_code == 403
    assert db.session.scalars(select(Errand)).one().kader_id == sri.account.id
    assert other.lights == []
    assert "report-refused" in [entry.action for entry in db.session.scalars(select(audit.Entry))]


def test_without_javascript_it_is_sealed_on_receipt_and_gives_a_number_to_hand_over(sri):
    page = sri.writes(
        consent="spoken", danger="no", her_safe="no", safe="yes", saw="memar di tangan", heard="takut pulang",
        knows="yes", area="36.73.01", own_family="no",
    )  # fmt: skip
    assert receipts.is_well_formed(receipts.tidy(page.select_one("#nomor").get_text()))
    assert "memar" not in page.get_text()
    report = the_report()
    told = keyring.unseal(report.label, report.envelope)
    assert (told["variant"], told["consent"], told["saw"], told["heard"]) == (
        "kader", "spoken", "memar di tangan", "takut pulang"
    )  # fmt: skip
    assert sri.lights == ["Received"]


def test_only_whether_she_may_is_asked_for_and_what_was_typed_stays(sri):
    page = sri.writes(saw="memar di tangan")
    assert "Choose one of the three." in page.get_text()
    assert page.select_one("#saw").get_text(strip=True) == "memar di tangan"
    assert count() == 0
    assert sri.writes(consent="danger").select_one("#nomor")


def test_the_next_neighbour_begins_with_an_empty_form(sri):
    sri.writes(consent="touch", touched="yes", saw="satu")
    assert sri.phone.post("/kader/lain", data={"csrf_token": sri.token}, headers=SAME_SITE).location == FORM
    page = sri.phone.page(FORM)
    assert page.select_one("#saw").get_text(strip=True) == ""
    assert "satu" not in page.get_text()


def test_a_half_filled_form_survives_a_change_of_language(sri):
    answer = sri.posts("/bahasa", language="ban", saw="memar")
    assert answer.location == FORM
    page = sri.phone.page(FORM)
    assert page.html["lang"] == "su"
    assert page.select_one("#saw").get_text(strip=True) == "memar"


def test_until_she_has_her_own_number_the_answer_only_says_get_in_touch(app, sri):
    number = receipts.tidy(sri.writes(consent="spoken", heard="takut").select_one("#nomor").get_text())
    unpacking.unpack_arrived()
    stretched = app.config["SEALER"].stretch(number)
    receipt = receipts.find(stretched.lookup)
    with pytest.raises(answers.HandoverOnly):
        answers.answer(receipt, "Datang besok", sort=Sort.REPLY, by=an_account().id)
    db.session.rollback()
    new = app.config["SEALER"].stretch(receipts.new_number())
    receipt = receipts.find(stretched.lookup)
    app.config["SEALER"].change_number(uuid4(), receipt, stretched, new, language="id")
    db.session.commit()
    assert receipts.find(stretched.lookup) is None
    assert not receipts.find(new.lookup).handover


def test_the_light_says_read_once_somebody_has_opened_it(app, sri):
    sri.writes(consent="spoken", heard="takut")
    officer = app.test_client()
    officer.sign_in(an_account(name="Ibu Ratna"))
    page = officer.page(f"/kantor/laporan/{the_report().id}").get_text(" ", strip=True)
    assert "From a kader" in page
    assert "Brought by Sri Lestari" in page
    assert "takut" in page
    assert sri.lights == ["Read"]


def test_the_office_asks_her_to_call_and_takes_it_back(app, sri):
    sri.writes(consent="spoken", heard="takut")
    id = the_report().id
    officer = app.test_client()
    officer.sign_in(an_account())
    token = officer.page(f"/kantor/laporan/{id}").select_one("[name=csrf_token]")["value"]
    for step, light in (("panggilan", "Please call the office"), ("panggilan/selesai", "Read")):
        answer = officer.post(f"/kantor/laporan/{id}/{step}", data={"csrf_token": token}, headers=SAME_SITE)
        assert (answer.status_code, answer.location) == (303, f"/kantor/laporan/{id}")
        assert sri.lights == [light]
    alert = db.session.scalars(select(Alert).where(Alert.to_id == sri.account.id)).one()
    assert (alert.path, alert.state) == ("/kader", "cancelled")


def test_the_list_shows_neither_names_nor_numbers(app, sri):
    sri.writes(consent="spoken", heard="rahasia", her_name="Wati")
    id = the_report().id
    page = sri.phone.get(LIST).text
    for secret in ("Wati", "rahasia", str(id), id.hex, id.hex[:6].upper()):
        assert secret not in page


def test_another_kader_sees_nothing_of_it(app, sri):
    sri.writes(consent="spoken", heard="takut")
    other = Helper(app)
    assert other.lights == []
    for path in ("", "/kontak", "/jawaban", "/langkah", "/triase"):
        assert other.phone.get(f"/kantor/laporan/{the_report().id}{path}").status_code == 404
        assert sri.phone.get(f"/kantor/laporan/{the_report().id}{path}").status_code == 404


def test_who_moved_to_another_area_no_longer_sees_what_she_sent_from_the_old_one(app, sri):
    sri.writes(consent="spoken", heard="takut")
    kaders.find(accounts.find(sri.account.id)).move(Area("36.73.02.1001", "001/001"))
    db.session.commit()
    assert sri.lights == []
    errand = db.session.scalars(select(Errand)).one()
    assert errand.kelurahan == "36.73.01.1001"
    assert count() == 1


def test_a_kader_of_the_family_goes_no_further_than_received_and_the_manajer_is_told(app, sri):
    manajer = an_account("manajer")
    sri.writes(consent="danger", saw="dipukul", own_family="yes")
    unpacking.unpack_arrived()
    report = the_report()
    assert db.session.get(Conflict, (report.id, sri.account.id))
    officer = app.test_client()
    officer.sign_in(manajer)
    page = officer.page(f"/kantor/laporan/{report.id}")
    assert "hidden from: Sri Lestari" in page.get_text(" ", strip=True)
    assert not page.select("form[action$='/panggilan']")
    assert sri.lights == ["Received"]
    assert db.session.scalars(select(Alert.path).where(Alert.to_id == manajer.id)).one() == "/kantor/laporan"


def test_a_kader_who_is_named_in_her_own_letter_goes_no_further_either(sri):
    sri.writes(consent="danger", saw="dipukul", who_name="ibu Sri Lestari")
    unpacking.unpack_arrived()
    the_report().opened_at = clock.now()
    db.session.commit()
    assert [line.light for line in errands.brought_by(sri.kader)] == [Light.RECEIVED]


def test_a_kader_who_is_named_in_somebody_elses_letter_sees_nothing_at_all(app, sri):
    Helper(app).writes(consent="spoken", heard="dipukul", who_name="Sri Lestari")
    unpacking.unpack_arrived()
    assert sri.lights == []
    assert sri.phone.get(f"/kantor/laporan/{the_report().id}").status_code == 404


def test_whoever_does_not_know_of_it_is_not_called(app, sri):
    sri.writes(consent="danger", saw="dipukul", knows="no", her_way="phone", her_number="081234567890")
    officer = app.test_client()
    officer.sign_in(an_account())
    page = officer.page(f"/kantor/laporan/{the_report().id}/kontak")
    assert "does not know" in page.get_text(" ", strip=True)
    assert not shows_any_of(page, "0812 3456 7890")


def test_the_page_a_phone_keeps_is_made_for_nobody(app, sri):
    kept = sri.phone.get("/luring/id/kader/tetangga")
    assert kept.headers["X-Offline"] == "public"
    page = BeautifulSoup(kept.text, "html.parser")
    assert not page.select("[name=csrf_token]")
    assert "Sri" not in page.get_text()
    assert "petugas.js" not in kept.text
    stranger = app.test_client()
    assert stranger.get("/luring/id/kader/tetangga").data == kept.data
    assert stranger.get(FORM).status_code == 404


def test_a_visit_is_asked_for_the_same_way(app, sri):
    label = a_label(kind="visit")
    body = a_letter(app, label)
    for _ in range(2):
        assert sri.sends(body).json == {"receipt": str(label.id)}
    answer = sri.posts("/kader/temu", consent="spoken", meeting="neutral", unnoticed="ibu Sri Lestari")
    assert answer.location == "/kader/temu"
    assert sri.phone.page("/kader/temu").select_one("#nomor")
    assert sri.lights == ["Received", "Received"]
    brought = db.session.scalars(select(Visit)).all()
    assert all(db.session.get(receipts.Receipt, each.receipt_id).handover for each in brought)
    unpacking.unpack_arrived()
    for each in brought:
        each.state = State.OFFERED
    db.session.commit()
    assert sorted(sri.lights) == ["Read", "Received"]


@pytest.mark.parametrize(("role", "room"), [("penerima", "/kantor"), ("konselor", "/konselor")])
def test_who_looks_for_a_visit_sees_in_a_word_that_a_kader_asked_for_it(app, sri, role, room):
    hers, own = a_label(kind="visit"), a_label(kind="visit")
    sri.sends(a_letter(app, hers))
    app.test_client().post("/kirim", data=a_letter(app, own), content_type="application/octet-stream")
    unpacking.unpack_arrived()
    reader = app.test_client()
    reader.sign_in(an_account(role))
    said = {
        row.a["href"].rpartition("/")[2]: [mark.text for mark in row.select(".mark")]
        for row in reader.page(f"{room}/kunjungan").select(".row")
    }
    assert said == {str(hers.id): ["From a kader"], str(own.id): []}
    assert "From a kader" in reader.page(f"{room}/kunjungan/{hers.id}").select_one(".facts").text
    assert "From a kader" not in reader.page(f"{room}/kunjungan/{own.id}").select_one(".facts").text
