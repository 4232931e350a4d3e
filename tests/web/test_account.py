"""Coming in and going out, as somebody who works here does it."""

from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import session
from sqlalchemy import event, text

from pwa import clock, db, i18n, invitations, logins
from pwa.accounts import StaffRole
from pwa.settings import Role
from tests.conftest import settings_for
from tests.factories import an_account

PASSWORD = "empat kata yang tenang"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def now():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as traveller:
        yield traveller


def an_officer(role="penerima", **parts):
    return an_account(role=role, password=PASSWORD, **parts)


def code_of(account) -> str:
    return pyotp.TOTP(account.totp_secret).at(clock.now())


def sign_in(client, account, *, login=None, password=PASSWORD, code=None):
    typed = {"login": login or account.login, "password": password, "code": code or code_of(account)}
    return client.post("/masuk", data=typed, headers=SAME_SITE)


def come_in(client, account) -> None:
    client.sign_in(account)
    db.session.commit()


def act(client, path, on="/akun", **typed):
    """Send a form as the page `on` offers it."""
    token = client.page(on).select_one("[name=csrf_token]")["value"]
    return client.post(path, data={"csrf_token": token, **typed}, headers=SAME_SITE)


def is_signed_in(client) -> bool:
    return client.get("/akun").status_code == 200


def actions() -> list[str]:
    return list(db.session.scalars(text("SELECT action FROM audit ORDER BY seq")))


@pytest.mark.parametrize(
    ("role", "room"),
    [
        ("penerima", "/kantor/laporan"),
        ("manajer", "/kantor/laporan"),
        ("konselor", "/konselor"),
        ("kader", "/kader"),
        ("admin", "/kelola/pengguna"),
    ],
)
def test_everybody_who_signs_in_comes_to_their_own_room(client, role, room):
    answer = sign_in(client, an_officer(role))
    assert (answer.status_code, answer.location) == (303, room)
    assert client.get("/masuk").location == room
    client.page(room)


def test_the_cookie_says_nothing_and_ends_with_the_browser(client):
    cookie = sign_in(client, an_officer()).headers["Set-Cookie"]
    assert cookie.startswith("m=")
    assert "HttpOnly; Path=/; SameSite=Lax" in cookie
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie


def test_over_https_the_cookie_belongs_to_this_host_alone(data_dir, database_url, app_for):
    origin = "https://kantor.example.id"
    app = app_for(settings_for(data_dir, database_url, public_url=origin, office_url=origin))
    account = an_officer()
    typed = {"login": account.login, "password": PASSWORD, "code": code_of(account)}
    cookie = (
        app.test_client().post("/masuk", base_url=origin, data=typed, headers=SAME_SITE).headers["Set-Cookie"]
    )
    assert cookie.startswith("__Host-m=")
    assert "Secure; HttpOnly; Path=/; SameSite=Lax" in cookie


def test_whatever_was_wrong_the_answer_is_the_same(client):
    siti, gone = an_officer(login="siti"), an_officer()
    gone.disable()
    db.session.commit()
    answers = [
        sign_in(client, siti, login="nobody"),
        sign_in(client, siti, password="another quiet sentence"),
        sign_in(client, siti, code="000000"),
        sign_in(client, siti, code=" "),
        sign_in(client, gone),
    ]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/masuk?gagal=1")}
    assert not any("Set-Cookie" in answer.headers for answer in answers)
    said = i18n.gettext("Name, password or digits do not fit. Check all three.")
    assert said in client.page("/masuk?gagal=1").get_text()


def test_a_failed_sign_in_is_noted_without_the_name_that_was_typed(client):
    sign_in(client, an_officer(), login="a-typed-name", password="a typed password")
    row = db.session.execute(text("SELECT * FROM audit")).one()
    assert (row.action, row.account_id, row.object_id) == ("sign-in-failed", None, None)
    assert "typed" not in repr(row)


def test_digits_somebody_watched_do_not_sign_them_in(client, now):
    account = an_officer()
    digits = code_of(account)
    assert sign_in(client, account, code=digits).location == "/kantor/laporan"
    assert sign_in(client.application.test_client(), account, code=digits).location == "/masuk?gagal=1"
    now.shift(30)
    assert sign_in(client.application.test_client(), account).location == "/kantor/laporan"


def test_after_five_wrong_tries_even_the_right_password_waits_but_not_for_ever(client, now):
    account = an_officer()
    for _ in range(5):
        assert sign_in(client, account, password="wrong").location == "/masuk?gagal=1"
    assert sign_in(client, account).location == "/masuk?tunggu=1"
    assert "1" in client.page("/masuk?tunggu=1").select_one("form").get_text()
    assert len(actions()) == 5, "a refused try costs nothing, not even a note"
    now.shift(timedelta(minutes=1))
    assert sign_in(client, account).location == "/kantor/laporan"


@pytest.mark.parametrize("query", ["tunggu=nonsense", "tunggu=-5", "tunggu=99999999999999999999999", "gagal"])
def test_a_strange_address_of_the_sign_in_page_is_still_the_sign_in_page(client, query):
    client.page(f"/masuk?{query}")


def test_another_site_cannot_sign_anybody_in(client):
    account = an_officer()
    typed = {"login": account.login, "password": PASSWORD, "code": code_of(account)}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {}):
        answer = client.post("/masuk", data=typed, headers=headers)
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers


def test_an_account_that_somebody_else_wrote_cannot_sign_in(client):
    account = an_officer()
    db.session.execute(text("UPDATE account SET role = 'admin'"))
    db.session.commit()
    db.session.expunge_all()
    assert sign_in(client, account).location == "/masuk?gagal=1"


def test_signing_in_again_ends_the_session_before(client, now):
    account = an_officer()
    sign_in(client, account)
    before = client.get_cookie("m").value
    now.shift(30)
    sign_in(client, account)
    assert client.get_cookie("m").value != before
    assert logins.find(before) is None
    assert is_signed_in(client)


def test_somebody_who_signs_out_is_out_also_with_the_old_cookie(client):
    come_in(client, an_officer())
    cookie = client.get_cookie("m").value
    answer = act(client, "/keluar-akun")
    assert (answer.status_code, answer.location) == (303, "/masuk")
    assert answer.headers["Clear-Site-Data"] == '"cookies"'
    assert client.get_cookie("m") is None
    client.set_cookie("m", cookie)
    assert client.get("/akun").location == "/masuk"
    assert actions() == ["signed-out"]


def test_somebody_whose_session_is_over_can_still_put_the_cookie_away(client, now):
    come_in(client, an_officer())
    token = client.page("/akun").select_one("[name=csrf_token]")["value"]
    now.shift(timedelta(minutes=15))
    answer = client.post("/keluar-akun", data={"csrf_token": token}, headers=SAME_SITE)
    assert (answer.status_code, answer.location) == (303, "/masuk")
    assert client.get_cookie("m") is None


def test_after_fifteen_idle_minutes_one_signs_in_again(client, now):
    come_in(client, an_officer())
    now.shift(timedelta(minutes=14))
    assert is_signed_in(client)
    now.shift(timedelta(minutes=14))
    assert is_signed_in(client), "what one does counts as being there"
    now.shift(timedelta(minutes=15))
    answer = client.get("/akun")
    assert (answer.status_code, answer.location) == (303, "/masuk")


def test_a_dead_session_sends_an_htmx_page_to_the_sign_in_page(client):
    client.set_cookie("m", "never-ours")
    answer = client.get("/akun", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/masuk")
    assert not answer.data


def test_to_somebody_without_a_cookie_there_is_no_such_page(client):
    assert client.get("/akun").status_code == 404
    assert client.post("/akun/kata-sandi", headers=SAME_SITE).status_code == 404


@pytest.mark.parametrize("path", ["/akun/kata-sandi", "/akun/keluar-semua", "/keluar-akun"])
def test_a_form_without_its_token_changes_nothing(client, path):
    come_in(client, an_officer())
    for token in ({}, {"csrf_token": "forged"}):
        assert client.post(path, data=token, headers=SAME_SITE).location == "/maaf/400"
    assert is_signed_in(client)
    assert actions() == []


def test_the_token_of_another_persons_form_does_not_fit(client):
    other = client.application.test_client()
    come_in(other, an_officer())
    token = other.page("/akun").select_one("[name=csrf_token]")["value"]
    come_in(client, an_officer())
    answer = client.post("/akun/keluar-semua", data={"csrf_token": token}, headers=SAME_SITE)
    assert answer.location == "/maaf/400"
    assert is_signed_in(client)


def test_ones_own_page_lists_where_one_is_signed_in(client):
    account = an_officer()
    for _ in range(2):
        come_in(client, account)
    page = client.page("/akun")
    assert account.login in page.get_text()
    assert len(page.select("main li strong, section li strong")) == 1
    assert len(page.select("section li")) == 2


def test_signing_out_everywhere_ends_the_session_on_the_lost_phone(client):
    account = an_officer()
    phone = client.application.test_client()
    come_in(phone, account)
    come_in(client, account)
    assert act(client, "/akun/keluar-semua").location == "/masuk"
    assert not is_signed_in(phone)
    assert not is_signed_in(client)


def change_password(client, current=PASSWORD, password="another quiet sentence", again=None):
    typed = {"current": current, "password": password, "again": again or password}
    return act(client, "/akun/kata-sandi", **typed)


def test_a_new_password_ends_every_other_session_and_keeps_this_one(client):
    account = an_officer()
    phone = client.application.test_client()
    come_in(phone, account)
    come_in(client, account)
    assert change_password(client).location == "/akun?tersimpan=1"
    assert is_signed_in(client)
    assert not is_signed_in(phone)
    assert sign_in(phone, account).location == "/masuk?gagal=1"
    assert sign_in(phone, account, password="another quiet sentence").location == "/kantor/laporan"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"current": "wrong"}, "This is not your password."),
        ({"password": "short"}, "At least 12 characters."),
        ({"again": "something else"}, "The two passwords differ."),
        ({"password": "password1234"}, "Too easy to guess. Choose another one."),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_and_forgets_what_was_typed(client, typed, said):
    come_in(client, an_officer())
    assert change_password(client, **typed).location == "/akun"
    page = client.page("/akun")
    assert i18n.gettext(said) in page.get_text()
    assert not any(field.get("value") for field in page.select("[type=password]"))


def test_a_stolen_session_cannot_be_used_to_guess_the_password(client, now):
    come_in(client, an_officer())
    for _ in range(5):
        change_password(client, current="wrong")
    assert change_password(client).location == "/akun"


def test_a_residents_page_asks_nothing_about_staff(app):
    asked = []
    event.listen(db.engine(), "before_cursor_execute", lambda *args: asked.append(args[2]))
    with app.test_request_context("/", headers={"Cookie": "m=anything"}):
        assert session.token == "anything"
        assert asked == []
        assert session.account is None
        assert asked


def test_the_public_role_does_not_even_look_at_the_cookie(data_dir, database_url, app_for):
    app = app_for(settings_for(data_dir, database_url, role=Role.PUBLIC))
    with app.test_request_context("/", headers={"Cookie": "m=anything"}):
        assert (session.token, session.login) == (None, None)
    assert app.test_client().get("/masuk").status_code == 404


def an_invitation(role=StaffRole.PENERIMA) -> str:
    _, token = invitations.invite("siti", name="Siti Aminah", role=role, by=None)
    db.session.commit()
    return token


def join(client, token, password=PASSWORD, code=None):
    code = code or pyotp.TOTP(invitations.totp_secret(token)).now()
    typed = {"password": password, "again": password, "code": code}
    return client.post(f"/undangan/{token}", data=typed, headers=SAME_SITE)


def test_somebody_invited_joins_and_is_in(client):
    token = an_invitation()
    assert "Siti Aminah" in client.page(f"/undangan/{token}").get_text()
    assert join(client, token).location == "/kantor/laporan"
    assert is_signed_in(client)
    assert actions() == ["joined", "signed-in"]


def test_the_secret_stays_the_same_over_reload_and_mistake_and_is_in_no_field(client):
    token = an_invitation()
    before = client.page(f"/undangan/{token}")
    assert join(client, token, code="000000").location == f"/undangan/{token}"
    after = client.page(f"/undangan/{token}")
    assert i18n.gettext("These digits do not fit. Type the ones your app shows now.") in after.get_text()
    secret = after.select_one("#rahasia").get_text()
    assert secret == before.select_one("#rahasia").get_text()
    assert secret.replace(" ", "") == invitations.totp_secret(token)
    assert {len(group) for group in secret.split()} == {4}
    assert after.select_one("img.qr")["src"].startswith("data:image/svg+xml")
    assert secret.replace(" ", "") not in repr([field.attrs for field in after.select("input")])
    assert PASSWORD not in str(after)


def test_a_weak_password_at_joining_says_so(client):
    token = an_invitation()
    join(client, token, password="siti12345678")
    assert (
        i18n.gettext("Too easy to guess. Choose another one.") in client.page(f"/undangan/{token}").get_text()
    )
    assert join(client, token).location == "/kantor/laporan"


def test_a_link_used_twice_run_out_changed_or_invented_is_one_clear_page(client, now):
    used = an_invitation()
    join(client, used, code=pyotp.TOTP(invitations.totp_secret(used)).at(clock.now()))
    client.delete_cookie("m")
    _, run_out = invitations.invite("ani", name="Ani", role=StaffRole.ADMIN, by=None)
    db.session.commit()
    now.shift(timedelta(hours=48))
    _, changed = invitations.invite("budi", name="Budi", role=StaffRole.PENERIMA, by=None)
    db.session.execute(text("UPDATE invitation SET role = 'admin' WHERE login = 'budi'"))
    db.session.commit()
    db.session.expunge_all()
    pages = {
        str(client.page(f"/undangan/{token}", status=404).h1)
        for token in (used, run_out, changed, "invented")
    }
    assert len(pages) == 1
    for token in (used, run_out, changed, "invented"):
        assert join(client, token).location == f"/undangan/{token}"
    assert db.session.scalar(text("SELECT count(*) FROM account")) == 1
