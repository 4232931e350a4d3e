"""Two hosts, two origins: a script that got into one page finds nothing of the other house there."""

import json

import pytest

from pwa import accounts, shell
from pwa.settings import Role
from tests.conftest import settings_for
from tests.factories import an_account

PUBLIC, OFFICE = "https://sapa.example", "https://kantor.example"


@pytest.fixture
def visitor(data_dir, database_url, app_for):
    settings = settings_for(data_dir, database_url, role=Role.ALL, public_url=PUBLIC, office_url=OFFICE)
    return app_for(settings).test_client()


@pytest.mark.parametrize("path", ["/", "/cerita", "/kabar", "/kota", "/kontak", "/tentang-data"])
def test_residents_pages_are_only_on_the_public_host(visitor, path):
    assert visitor.get(path, base_url=PUBLIC).status_code == 200
    assert visitor.get(path, base_url=OFFICE).status_code == 404


def test_the_offices_pages_are_only_on_its_own_host(visitor):
    assert visitor.get("/masuk", base_url=OFFICE).status_code == 200
    assert visitor.get("/masuk", base_url=PUBLIC).status_code == 404
    assert visitor.post("/masuk", base_url=PUBLIC, headers={"Origin": PUBLIC}).status_code == 404


def test_a_signed_in_officer_is_nobody_on_the_public_host(visitor):
    officer = an_account(accounts.StaffRole.PENERIMA)
    visitor.sign_in(officer)
    assert visitor.get("/kantor/laporan", base_url=PUBLIC).status_code == 404


@pytest.mark.parametrize(
    "host", ["https://evil.example", "https://sapa.example.evil.example", "http://127.0.0.1"]
)
def test_a_name_that_was_never_given_to_us_shows_nothing(visitor, host):
    assert visitor.get("/", base_url=host).status_code == 404
    assert visitor.get("/masuk", base_url=host).status_code == 404
    assert visitor.get("/healthz", base_url=host).status_code in (200, 503)


def test_cookies_belong_to_one_host_and_only_over_tls(visitor):
    cookie = visitor.get("/cerita", base_url=PUBLIC).headers["Set-Cookie"]
    assert cookie.startswith("__Host-s=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def kept_on(visitor, host: str) -> dict:
    """What a phone is told to keep of this host."""
    source = visitor.get("/service-worker.js", base_url=host).get_data(as_text=True)
    return json.loads(source.partition("\n")[0].removeprefix("const KEPT = "))


def test_a_phone_keeps_of_each_host_only_what_lives_there(visitor):
    residents, office = kept_on(visitor, PUBLIC), kept_on(visitor, OFFICE)
    assert (residents["pages"], residents["office"]) == (list(shell.PATHS), {"pages": [], "files": []})
    assert (office["pages"], office["office"]["pages"]) == ([], list(shell.OFFICE_PATHS))
    assert residents["version"] != office["version"]
    for host, other in ((PUBLIC, shell.OFFICE_PATHS), (OFFICE, shell.PATHS)):
        for path in other:
            assert visitor.get(f"/luring/id{path}", base_url=host).status_code == 404, f"{host}{path}"


@pytest.mark.parametrize("host", [PUBLIC, OFFICE])
def test_the_app_that_is_installed_from_a_host_begins_on_a_page_of_that_host(visitor, host):
    manifest = visitor.get("/manifest.json", base_url=host).json
    assert visitor.get(manifest["start_url"], base_url=host).status_code == 200
    assert (manifest["id"], manifest["scope"]) == ("/", "/")


def test_under_a_name_that_was_never_given_to_us_there_is_nothing_to_keep(visitor):
    kept = kept_on(visitor, "https://evil.example")
    assert (kept["pages"], kept["office"]["pages"]) == ([], [])
