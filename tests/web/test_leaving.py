"""The exit where somebody works: her pages are locked behind her, what she typed is gone, her phone is still hers."""

import pytest

from pwa import db
from pwa.settings import Role
from tests.conftest import settings_for
from tests.factories import a_ready_kader, an_account
from tests.house import SAME_SITE
from tests.web.telling import fields_of
from tests.web.test_lock import come_in, enrol, unlock

FORM = "/kader/tetangga"
GONE = pytest.mark.parametrize("way", ["beacon", "link", "mark"], ids=["beacon", "link", "lost beacon"])


def leaves(phone, way: str) -> None:
    """`mark`: the screen is empty, its cookie is written, and nothing more reached us."""
    if way == "beacon":
        assert phone.post("/keluar", headers=SAME_SITE).status_code == 204
    elif way == "link":
        assert phone.get("/keluar").location == "/kota"
    else:
        phone.set_cookie("k", "1")


@pytest.fixture
def kader(app):
    account = an_account("kader")
    a_ready_kader(account.id)
    db.session.commit()
    return account


@pytest.fixture
def phone(app):
    return app.test_client()


@GONE
def test_an_enrolled_phone_is_locked_and_remembers_nothing_typed(phone, kader, way):
    come_in(phone, kader)
    assert enrol(phone).status_code == 303
    half = fields_of(phone.page(FORM), "main form") | {"saw": "setengah jalan", "age": "200"}
    assert phone.post(FORM, data=half, headers=SAME_SITE).status_code == 303
    assert "setengah jalan" in phone.get(FORM).text
    leaves(phone, way)
    assert phone.get("/kader").location == "/kunci?ke=/kader"
    assert "Clear-Site-Data" not in phone.get("/kunci").headers
    assert unlock(phone, where="/kunci?ke=/kader").location == "/kader"
    assert phone.get("/kader").status_code == 200
    assert "setengah jalan" not in phone.get(FORM).text


@GONE
def test_where_no_pin_could_open_it_again_she_is_signed_out(phone, way):
    come_in(phone, an_account("konselor"))
    assert phone.get("/konselor").status_code == 200
    leaves(phone, way)
    assert phone.get("/konselor").location == "/masuk"
    phone.delete_cookie("k")
    assert phone.get("/konselor").location == "/masuk"


def test_on_a_host_of_its_own_it_leads_to_the_city_of_the_residents_and_is_no_knock(
    app_for, data_dir, database_url
):
    apart = settings_for(
        data_dir,
        database_url,
        public_url="https://sapa.example",
        office_url="https://kantor.example",
        role=Role.OFFICE,
    )
    phone = app_for(apart).test_client()
    there = {"base_url": "https://kantor.example"}
    assert phone.get("/keluar", **there).location == "https://sapa.example/kota"
    assert phone.post("/keluar", headers=SAME_SITE, **there).status_code == 204
    assert phone.get("/kota", **there).status_code == 404
