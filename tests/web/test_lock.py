"""What lies locked on a table tells nothing, and opens to the person it belongs to."""

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import text

from pwa import clock, db, devices, i18n, passkeys
from tests.conftest import settings_for
from tests.factories import PASSWORD, an_account
from tests.keys import SoftKey

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
PIN = "258036"
DEVICES = "/akun/perangkat"


@pytest.fixture
def now():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(app_for, data_dir, database_url):
    """An office with a name: browsers make passkeys for names only."""
    origin = "http://localhost:8000"
    return app_for(settings_for(data_dir, database_url, public_url=origin, office_url=origin)).test_client()


def come_in(client, account) -> None:
    client.sign_in(account)
    db.session.commit()


def act(client, path, on=DEVICES, **typed):
    token = client.page(on).select_one("[name=csrf_token]")["value"]
    return client.post(path, data={"csrf_token": token, **typed}, headers=SAME_SITE)


def enrol(client, pin=PIN, **typed):
    return act(client, DEVICES, **({"name": "HP saya", "pin": pin, "again": pin} | typed))


def on_her_phone(client, role="penerima", **parts):
    account = an_account(role, **parts)
    come_in(client, account)
    assert enrol(client).status_code == 303
    return account


def unlock(client, pin=PIN, where="/kunci", **typed):
    form = client.page(where).select_one("[data-unlock]")
    fields = {each["name"]: each.get("value", "") for each in form.select("input")} | {"pin": pin} | typed
    return client.post("/kunci", data=fields, headers=SAME_SITE)


def is_signed_in(client) -> bool:
    return client.get("/akun").status_code == 200


def actions() -> list[str]:
    return list(db.session.scalars(text("SELECT action FROM audit ORDER BY seq")))


def test_whoever_enrols_a_device_goes_on_where_the_day_begins(client):
    come_in(client, an_account("konselor"))
    answer = enrol(client)
    assert (answer.status_code, answer.location) == (303, "/konselor")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    page = client.page(DEVICES)
    assert "HP saya" in page.get_text()
    assert i18n.gettext("This device") in page.get_text()
    assert actions() == ["device-enrolled"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"pin": "12345"}, "Six digits."),
        ({"pin": "12a456"}, "Six digits."),
        ({"pin": "١٢٣٤٥٦"}, "Six digits."),
        ({"pin": "111111"}, "Too easy to guess. Choose other digits."),
        ({"again": "904713"}, "The PINs do not match."),
        ({"name": ""}, "Type a name."),
    ],
)
def test_a_device_that_cannot_be_enrolled_says_why_and_forgets_the_digits(client, typed, said):
    come_in(client, an_account())
    assert enrol(client, **typed).location == DEVICES
    page = client.page(DEVICES)
    assert i18n.gettext(said) in page.get_text()
    assert not any(field.get("value") for field in page.select("[type=password]"))
    assert actions() == []


def test_after_five_minutes_a_found_phone_cannot_make_itself_at_home(client, now):
    come_in(client, an_account())
    now.shift(timedelta(minutes=5))
    assert enrol(client).location == DEVICES
    assert i18n.gettext("This is not your password.") in client.page(DEVICES).get_text()
    assert enrol(client, current=PASSWORD).location == "/kantor/laporan"


def test_a_locked_device_answers_every_page_with_its_lock(client, now):
    account = on_her_phone(client, name="Ibu Kunci")
    now.shift(timedelta(minutes=15))
    answer = client.get("/kantor/laporan?saring=baru")
    assert (answer.status_code, answer.location) == (303, "/kunci?ke=/kantor/laporan?saring%3Dbaru")
    fragment = client.get("/kantor/laporan", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, "/kunci?ke=/kantor/laporan")
    where = {"HX-Request": "true", "HX-Current-URL": "http://localhost:8000/kantor/laporan?saring=baru"}
    fragment = client.get("/kantor/panggilan", headers=where)
    back = "/kunci?ke=/kantor/laporan?saring%3Dbaru"
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, back), (
        "not to where a page looked by itself"
    )
    assert client.get("/kelola/pengguna").status_code == 404, "not hers is not there, locked or not"
    page = client.page(answer.location)
    assert page.select("nav a") == []
    assert account.name in page.main.get_text()
    assert unlock(client, where=answer.location).location == "/kantor/laporan?saring=baru"
    assert is_signed_in(client)
    assert actions()[-1] == "unlocked"


def test_a_form_sent_from_a_locked_device_changes_nothing(client, now):
    on_her_phone(client)
    token = client.page("/akun").select_one("[name=csrf_token]")["value"]
    now.shift(timedelta(minutes=15))
    answer = client.post("/akun/keluar-semua", data={"csrf_token": token}, headers=SAME_SITE)
    assert answer.location == "/kunci"
    unlock(client)
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil", "/kota", "", "akun", "\r\nX: y"]
)
def test_an_unlocked_device_is_never_sent_away(client, path):
    on_her_phone(client)
    assert unlock(client, ke=path).location == "/kantor/laporan"


def test_one_can_lock_it_oneself(client):
    on_her_phone(client)
    assert act(client, "/kunci/pasang").location == "/kunci"
    assert client.get("/akun").location.startswith("/kunci")
    unlock(client)
    assert is_signed_in(client)


def test_without_a_device_there_is_nothing_to_lock(client):
    come_in(client, an_account())
    assert client.page("/akun").select("form[action='/kunci/pasang'], #layar-kunci") == []
    act(client, "/kunci/pasang")
    assert is_signed_in(client)
    assert client.get("/kunci").location == "/masuk"


def test_wrong_digits_say_how_many_tries_are_left_and_the_fifth_signs_out(client):
    on_her_phone(client)
    act(client, "/kunci/pasang")
    for left in (4, 3, 2, 1):
        answer = unlock(client, pin="111222")
        assert f"sisa={left}" in answer.location
        assert str(left) in client.page(answer.location).select_one(".error").get_text()
    answer = unlock(client, pin="111222")
    assert answer.location == "/masuk?keluar=1"
    assert client.get_cookie("m") is None
    assert client.get_cookie("d") is not None, "the phone is still hers"
    assert "Clear-Site-Data" not in answer.headers
    said = i18n.gettext("Sign in again. What waits to be sent is still on this phone.")
    assert said in client.page("/masuk?keluar=1").get_text()
    assert actions().count("unlock-failed") == 5


@pytest.mark.parametrize("pin", ["", "12345", "abcdef", "1234567", "\x00"])
def test_what_are_not_six_digits_cost_no_try(client, pin):
    on_her_phone(client)
    act(client, "/kunci/pasang")
    answer = unlock(client, pin=pin)
    assert i18n.gettext("Six digits.") in client.page(answer.location).get_text()
    assert db.session.scalar(text("SELECT tries FROM device")) == 0


def test_nobody_guesses_digits_from_another_browser(client):
    on_her_phone(client)
    device = db.session.scalar(text("SELECT id FROM device"))
    stranger = client.application.test_client()
    for cookie in (None, "never ours"):
        if cookie:
            stranger.set_cookie("d", cookie)
        answer = stranger.post("/kunci", data={"device": str(device), "pin": PIN}, headers=SAME_SITE)
        assert answer.location == "/masuk?keluar=1"
    assert db.session.scalar(text("SELECT tries FROM device")) == 0


def test_two_kader_on_one_phone_choose_who_they_are_and_see_nothing_of_each_other(client):
    siti = on_her_phone(client, name="Siti Pertama")
    act(client, "/kunci/pasang")
    come_in(client, ani := an_account(name="Ani Kedua"))
    enrol(client, pin="904713")
    page = client.page("/akun")
    assert ani.name in page.get_text()
    assert siti.name not in page.get_text()
    act(client, "/kunci/pasang")
    page = client.page("/kunci")
    other = page.select_one(".rows a")
    assert other.get_text() == siti.name
    assert unlock(client, pin="904713", where=other["href"]).location.startswith("/kunci"), "not her digits"
    assert unlock(client, where=other["href"]).location == "/kantor/laporan"
    assert siti.name in client.page("/akun").get_text()
    assert ani.name not in client.page("/akun").get_text()
    act(client, "/kunci/pasang")
    back = client.page("/kunci").select_one(".rows a")["href"]
    assert unlock(client, pin="904713", where=back).location == "/kantor/laporan"
    assert ani.name in client.page("/akun").get_text()


def test_after_twelve_hours_the_lock_sends_to_the_long_way_in(client, now):
    on_her_phone(client)
    now.shift(timedelta(hours=12))
    assert client.get("/akun").location == "/masuk"
    page = client.page("/kunci")
    assert page.select("[name=pin]") == []
    assert page.select("a[href='/masuk']")


def test_who_signs_in_again_on_her_device_is_on_it_at_once(client, now):
    account = on_her_phone(client)
    act(client, "/keluar-akun")
    come = {
        "login": account.login,
        "password": PASSWORD,
        "code": pyotp.TOTP(account.totp_secret).at(clock.now()),
    }
    assert client.post("/masuk", data=come, headers=SAME_SITE).location == "/kantor/laporan"
    now.shift(timedelta(minutes=15))
    assert client.get("/akun").location.startswith("/kunci")


def test_a_lost_phone_is_emptied_at_its_next_contact(client):
    account = on_her_phone(client)
    desk = client.application.test_client()
    come_in(desk, an_account("manajer"))
    device = desk.page("/kantor/perangkat").select_one("form[action$=hilang]")["action"]
    assert act(desk, device, on="/kantor/perangkat").location == "/kantor/perangkat"
    assert client.get("/kantor/laporan").location == "/masuk"
    page = client.page("/masuk")
    assert page.select_one("[data-wipe]")["action"] == "/kunci/hapus"
    assert account.name not in page.get_text()
    answer = client.post("/kunci/hapus", headers=SAME_SITE | {"Sec-Fetch-Mode": "cors"})
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert client.get_cookie("d") is None
    assert client.page("/masuk").select("[data-wipe]") == []
    assert i18n.gettext("Lost: sign it out") not in desk.page("/kantor/perangkat").get_text()
    assert actions()[-2:] == ["device-lost", "device-wiped"]


def test_without_javascript_a_lost_phone_loses_its_cookies(client):
    account = on_her_phone(client)
    devices.lose(devices.of(account)[0])
    db.session.commit()
    answer = client.post("/kunci/hapus", headers=SAME_SITE)
    assert answer.headers["Clear-Site-Data"] == '"cookies"'
    assert answer.location == "/masuk"


def test_a_phone_that_nobody_lost_is_not_emptied(client):
    on_her_phone(client)
    assert "Clear-Site-Data" not in client.post("/kunci/hapus", headers=SAME_SITE).headers
    assert is_signed_in(client)


@pytest.mark.parametrize("role", ["penerima", "konselor", "kader"])
def test_who_may_not_end_devices_does_not_find_them(client, role):
    come_in(client, an_account(role))
    assert client.get("/kantor/perangkat").status_code == 404


def test_the_device_of_another_person_is_not_there(client):
    on_her_phone(client)
    device = db.session.scalars(db.session.query(devices.Device.id).statement).one()
    come_in(client, an_account())
    for verb in ("hilang", "lepas"):
        assert act(client, f"{DEVICES}/{device}/{verb}").status_code == 404


def test_who_gives_up_a_device_is_signed_out_of_it(client):
    account = on_her_phone(client)
    device = devices.of(account)[0].id
    db.session.commit()
    act(client, f"{DEVICES}/{device}/lepas")
    assert client.get("/akun").location == "/masuk"
    assert client.get("/kunci").location == "/masuk"


def challenge_on(client, path, kind) -> str:
    return client.page(path).select_one(f"[data-passkey={kind}]")["data-challenge"]


def make_passkey(client, account, key=None, **typed):
    key = key or SoftKey()
    answer = key.makes(challenge_on(client, DEVICES, "make"), account.id.bytes)
    return key, act(client, f"{DEVICES}/kunci-sandi", name="HP", answer=answer, **typed)


def use_passkey(client, key, on="/masuk", **typed):
    answer = key.signs(challenge_on(client, on, "use"))
    return client.post("/masuk/kunci-sandi", data={"answer": answer, **typed}, headers=SAME_SITE)


def test_a_passkey_made_once_signs_in_from_then_on(client):
    account = an_account("manajer")
    come_in(client, account)
    key, answer = make_passkey(client, account)
    assert answer.location == DEVICES
    other = client.application.test_client()
    assert use_passkey(other, key).location == "/kantor/laporan"
    assert is_signed_in(other)
    assert actions() == ["passkey-enrolled", "signed-in"]


def test_a_passkey_opens_a_locked_device(client):
    account = on_her_phone(client)
    key, _ = make_passkey(client, account)
    act(client, "/kunci/pasang")
    assert use_passkey(client, key, on="/kunci", ke="/kantor/meja").location == "/kantor/meja"
    assert actions()[-1] == "unlocked"


def test_a_passkey_that_does_not_fit_says_so(client):
    come_in(client, an_account())
    stranger = client.application.test_client()
    assert use_passkey(stranger, SoftKey()).location == "/masuk?kunci=1"
    said = i18n.gettext("The passkey did not fit. Try again, or type all three.")
    assert said in stranger.page("/masuk?kunci=1").get_text()
    assert actions() == ["sign-in-failed"]


def test_a_passkey_is_made_only_by_who_has_just_proved_who_they_are(client, now):
    account = an_account()
    come_in(client, account)
    now.shift(timedelta(minutes=5))
    make_passkey(client, account)
    assert i18n.gettext("This is not your password.") in client.page(DEVICES).get_text()
    assert passkeys.of(account) == []
    make_passkey(client, account, current=PASSWORD)
    assert len(passkeys.of(account)) == 1


def test_a_passkey_is_renamed_and_removed_by_its_holder_alone(client):
    account = an_account()
    come_in(client, account)
    make_passkey(client, account)
    id = passkeys.of(account)[0].id
    db.session.commit()
    act(client, f"{DEVICES}/kunci-sandi/{id}/nama", name="Laptop")
    assert "Laptop" in str(client.page(DEVICES))
    stranger = client.application.test_client()
    come_in(stranger, an_account())
    for verb in ("nama", "hapus"):
        assert act(stranger, f"{DEVICES}/kunci-sandi/{id}/{verb}", name="x").status_code == 404
    act(client, f"{DEVICES}/kunci-sandi/{id}/hapus")
    assert "Laptop" not in str(client.page(DEVICES))


def test_junk_instead_of_a_passkey_is_refused_kindly(client):
    come_in(client, an_account())
    for junk in ("", "null", "[]", "é" * 50_000, '{"rawId": "AA", "response": {}}'):
        answer = client.post("/masuk/kunci-sandi", data={"answer": junk}, headers=SAME_SITE)
        assert answer.location == "/masuk?kunci=1"
        assert act(client, f"{DEVICES}/kunci-sandi", name="HP", answer=junk).location == DEVICES


def test_many_wrong_passkeys_from_one_network_wait(client):
    for _ in range(30):
        client.post("/masuk/kunci-sandi", data={"answer": "x"}, headers=SAME_SITE)
    answer = client.post("/masuk/kunci-sandi", data={"answer": "x"}, headers=SAME_SITE)
    assert re.fullmatch(r"/masuk\?tunggu=\d+", answer.location)


def test_at_an_address_without_a_name_passkeys_are_not_offered(app):
    client = app.test_client()
    come_in(client, an_account())
    assert client.page(DEVICES).select("[data-passkey]") == []
    said = i18n.gettext("Passkeys need an address with a name; this one is only a number.")
    assert said in client.page(DEVICES).get_text()
