"""The admin's room: people and notes, and never a report."""

import pytest
from sqlalchemy import text

from pwa import accounts, audit, db, i18n
from tests.factories import an_account

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
PEOPLE = "/kelola/pengguna"
NOTES = "/kelola/catatan"


def come_in(client, account) -> None:
    client.sign_in(account)
    db.session.commit()


@pytest.fixture
def admin(client):
    account = an_account(role="admin")
    come_in(client, account)
    return account


def act(client, path, **typed):
    token = client.page(PEOPLE).select_one("[name=csrf_token]")["value"]
    return client.post(path, data={"csrf_token": token, **typed}, headers=SAME_SITE)


def invite(client, login="siti", name="Siti Aminah", role="penerima"):
    return act(client, PEOPLE, login=login, name=name, role=role)


def found(account):
    db.session.expunge_all()
    return accounts.find(account.id)


def actions() -> list[str]:
    return list(db.session.scalars(text("SELECT action FROM audit ORDER BY seq")))


@pytest.mark.usefixtures("admin")
def test_an_admin_never_sees_the_room_of_the_reports(client):
    assert client.get("/kantor/laporan").status_code == 404


@pytest.mark.parametrize("role", ["penerima", "manajer"])
def test_to_everybody_else_the_admins_room_is_not_there(client, role):
    account = an_account(role=role)
    come_in(client, account)
    for path in (PEOPLE, NOTES):
        assert client.get(path).status_code == 404
    for path in (PEOPLE, f"{PEOPLE}/{account.id}/peran", f"{PEOPLE}/{account.id}/pengaktifan"):
        assert client.post(path, data={"role": "admin"}, headers=SAME_SITE).status_code == 404
    assert client.application.test_client().get(PEOPLE).status_code == 404


def test_the_link_of_an_invitation_is_shown_once_and_opens(client, admin):
    assert invite(client).location == PEOPLE
    page = client.page(PEOPLE)
    link = page.select_one("#tautan").get_text()
    assert link.startswith("http://127.0.0.1:8000/undangan/")
    assert client.page(PEOPLE).select_one("#tautan") is None
    token = link.rsplit("/", 1)[1]
    assert "Siti Aminah" in client.application.test_client().page(f"/undangan/{token}").get_text()
    assert actions() == ["invited"]


def test_an_invitation_can_be_withdrawn(client, admin):
    invite(client)
    link = client.page(PEOPLE).select_one("#tautan").get_text()
    id = db.session.scalar(text("SELECT object_id FROM audit"))
    assert act(client, f"/kelola/undangan/{id}/pembatalan").location == PEOPLE
    client.application.test_client().page(link.removeprefix("http://127.0.0.1:8000"), status=404)
    assert act(client, f"/kelola/undangan/{id}/pembatalan").status_code == 404
    assert actions() == ["invited", "invitation-withdrawn", "not-there"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"login": "x"}, "3 to 40 of these: a-z, 0-9, dot, dash, underscore."),
        ({"login": "siti\nani"}, "3 to 40 of these: a-z, 0-9, dot, dash, underscore."),
        ({"login": "taken"}, "Somebody already has this sign-in name."),
        ({"name": ""}, "Type the name."),
        ({"role": "queen"}, "Choose an answer from the list."),
    ],
)
def test_an_invitation_that_cannot_be_made_says_why_and_keeps_what_was_typed(client, admin, typed, said):
    an_account(login="taken")
    assert invite(client, **{"name": "Siti Aminah", **typed}).location == PEOPLE
    page = client.page(PEOPLE)
    assert i18n.gettext(said) in page.get_text()
    assert page.select_one("[name=name]")["value"] == typed.get("name", "Siti Aminah")
    assert actions() == []


def test_a_sign_in_name_is_kept_in_small_letters(client, admin):
    invite(client, login="Siti.A")
    assert db.session.scalar(text("SELECT login FROM invitation")) == "siti.a"


def test_another_role_ends_the_sessions_of_the_old_one(client, admin):
    account, phone = an_account(role="penerima"), client.application.test_client()
    come_in(phone, account)
    act(client, f"{PEOPLE}/{account.id}/peran", role="manajer")
    assert found(account).role == "manajer"
    assert phone.get("/akun").location == "/masuk"
    assert actions() == ["role-changed"]


def test_somebody_shut_out_is_out_at_once_and_can_be_let_in_again(client, admin):
    account, phone = an_account(), client.application.test_client()
    come_in(phone, account)
    act(client, f"{PEOPLE}/{account.id}/penonaktifan")
    assert phone.get("/akun").location == "/masuk"
    assert not found(account).is_active
    act(client, f"{PEOPLE}/{account.id}/pengaktifan")
    assert found(account).is_active
    assert phone.get("/akun").location == "/masuk", "an old session does not come back"
    assert actions() == ["disabled", "enabled"]


def test_a_lost_phone_is_one_button(client, admin):
    account, phone = an_account(), client.application.test_client()
    come_in(phone, account)
    act(client, f"{PEOPLE}/{account.id}/keluar")
    assert phone.get("/akun").location == "/masuk"
    assert actions() == ["signed-out-everywhere"]


def test_the_last_admin_stays(client, admin):
    assert act(client, f"{PEOPLE}/{admin.id}/penonaktifan").location == PEOPLE
    assert i18n.gettext("One active administrator must stay.") in client.page(PEOPLE).get_text()
    assert found(admin).is_active


def test_an_admin_cannot_become_somebody_who_reads_reports(client, admin):
    an_account(role="admin")
    act(client, f"{PEOPLE}/{admin.id}/peran", role="penerima")
    assert i18n.gettext("Another administrator must change your role.") in client.page(PEOPLE).get_text()
    assert found(admin).role == "admin"


@pytest.mark.each_kind
@pytest.mark.parametrize("what", ["peran", "penonaktifan", "pengaktifan", "keluar"])
def test_nobody_there_is_a_404(client, admin, what):
    path = f"{PEOPLE}/00000000-0000-4000-8000-000000000000/{what}"
    assert act(client, path, role="manajer").status_code == 404


@pytest.mark.parametrize("what", ["peran", "penonaktifan", "pengaktifan", "keluar"])
def test_a_form_without_its_token_changes_nobody(client, admin, what):
    account = an_account()
    for path in (PEOPLE, f"{PEOPLE}/{account.id}/{what}"):
        answer = client.post(path, data={"role": "manajer", "login": "siti", "name": "S"}, headers=SAME_SITE)
        assert answer.location == "/maaf/400"
    assert actions() == []


def test_a_row_that_an_intruder_wrote_is_an_alarm_and_not_a_person(client, admin):
    assert not client.page(PEOPLE).select(".alarm")
    intruder = an_account(login="intruder")
    db.session.execute(text("UPDATE account SET role = 'admin' WHERE login = 'intruder'"))
    db.session.commit()
    db.session.expunge_all()
    page = client.page(PEOPLE)
    assert page.select_one(".alarm")
    assert page.select_one(f"#orang-{intruder.id}") is None
    assert page.select_one(f"#orang-{admin.id}")


def test_the_notes_say_who_did_what_and_never_why(client, admin):
    audit.record("opened", by=admin, kind="report", object_id="a-report", reason="a sealed reason")
    db.session.commit()
    said = client.page(NOTES).get_text()
    assert admin.login in said
    assert "Opened" in said
    assert audit.head() in said
    assert "sealed reason" not in said


def test_the_notes_are_read_backwards_in_pages(client, admin, monkeypatch):
    monkeypatch.setattr(audit, "PAGE", 2)
    for _ in range(3):
        audit.record("opened", by=None, kind="report")
    db.session.commit()
    page = client.page(NOTES)
    assert [row.td.get_text() for row in page.select("tbody tr")] == ["3", "2"]
    older = client.page(page.select_one("a[href*=sebelum]")["href"])
    assert [row.td.get_text() for row in older.select("tbody tr")] == ["1"]
    for nonsense in ("x", "-1", "0", "99999999999999999999999999"):
        client.page(f"{NOTES}?sebelum={nonsense}")


def test_a_changed_note_is_an_alarm(client, admin):
    audit.record("opened", by=admin, kind="report")
    db.session.commit()
    assert not client.page(f"{NOTES}?periksa=1").select(".alarm")
    db.session.execute(text("UPDATE audit SET action = 'answered'"))
    db.session.commit()
    assert client.page(f"{NOTES}?periksa=1").select(".alarm")
