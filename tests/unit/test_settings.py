"""What an operator may set: nonsense is refused before anything starts, and no secret is repeated."""

from datetime import timedelta

import pytest

from pwa.settings import PUSH_HOSTS, Role, Settings
from pwa.variables import BadSetting


def test_without_any_variable_it_serves_everything_on_this_machine():
    settings = Settings.from_environ({})
    assert settings.role is Role.ALL
    assert settings.host == "127.0.0.1"
    assert settings.public_url == settings.office_url == "http://127.0.0.1:8000"
    assert settings.database_url.endswith("/data/saling-sapa.db")


def test_the_port_moves_the_addresses_with_it():
    assert Settings.from_environ({"PORT": "9000"}).public_url == "http://127.0.0.1:9000"
    assert Settings.from_environ({"PORT": "9000", "PWA_PORT": "9100"}).port == 9100


def test_everything_lies_in_the_data_directory_unless_told_otherwise(tmp_path):
    settings = Settings.from_environ({"PWA_DATA_DIR": str(tmp_path)})
    assert settings.key_dir == tmp_path / "keys"
    assert settings.office_key_dir == tmp_path / "keys" / "office"
    apart = Settings.from_environ({"PWA_DATA_DIR": str(tmp_path), "PWA_OFFICE_KEY_DIR": "/srv/office-keys"})
    assert str(apart.office_key_dir) == "/srv/office-keys"
    assert apart.key_dir == tmp_path / "keys"


def test_staff_may_have_an_address_of_their_own():
    settings = Settings.from_environ(
        {"PWA_PUBLIC_URL": "https://sapa.example.id/", "PWA_OFFICE_URL": "https://kantor.example.id"}
    )
    assert settings.public_url == "https://sapa.example.id"
    assert settings.office_url == "https://kantor.example.id"
    assert settings.https


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("PWA_ROLE", "king"),
        ("PORT", "eighty"),
        ("PWA_PORT", "0"),
        ("PWA_PORT", "٨٠"),
        ("PWA_PORT", "-1"),
        ("PWA_PUBLIC_URL", "sapa.example.id"),
        ("PWA_PUBLIC_URL", "https://sapa.example.id/lapor"),
        ("PWA_PUBLIC_URL", "https://who@sapa.example.id"),
        ("PWA_OFFICE_URL", "javascript:alert(1)"),
        ("PWA_DATABASE_URL", "mysql://somewhere/else"),
    ],
)
def test_nonsense_is_refused_by_name(name, nonsense):
    with pytest.raises(BadSetting, match=name):
        Settings.from_environ({name: nonsense})


def test_a_password_in_the_database_address_is_never_shown():
    url = "postgresql://sapa:CANARY@db/sapa"
    assert "CANARY" not in repr(Settings.from_environ({"PWA_DATABASE_URL": url}))
    with pytest.raises(BadSetting) as refused:
        Settings.from_environ({"PWA_DATABASE_URL": "mysql://sapa:CANARY@db/sapa"})
    assert "CANARY" not in str(refused.value)


@pytest.mark.parametrize(
    ("role", "residents", "office"),
    [("public", True, False), ("office", False, True), ("deliver", False, False), ("all", True, True)],
)
def test_each_role_serves_its_own_people(role, residents, office):
    assert (Role(role).serves_residents, Role(role).serves_office) == (residents, office)


def test_a_push_service_is_added_by_a_setting_and_by_nothing_else():
    assert Settings.from_environ({"PWA_PUSH_HOSTS": "push.example.net, other.example.org"}).push_hosts == (
        *PUSH_HOSTS,
        "push.example.net",
        "other.example.org",
    )
    for nonsense in (
        "https://push.example.net",
        "*",
        "localhost",
        "127.0.0.1",
        "push.example.net:8080",
        ".net",
    ):
        with pytest.raises(BadSetting, match="PWA_PUSH_HOSTS"):
            Settings.from_environ({"PWA_PUSH_HOSTS": nonsense})


def test_a_push_service_that_pretends_is_only_for_one_machine():
    here = {"PWA_PUSH_DOUBLE": "http://127.0.0.1:9999"}
    assert Settings.from_environ(here).push_double == "http://127.0.0.1:9999"
    for where in (
        "http://10.0.0.1:9999",
        "http://push.example.net:80",
        "https://127.0.0.1:9999",
        "http://127.0.0.1",
    ):
        with pytest.raises(BadSetting, match="PWA_PUSH_DOUBLE"):
            Settings.from_environ({"PWA_PUSH_DOUBLE": where})
    for house in ("https://sapa.example.id", "http://sapa.example.id"):
        with pytest.raises(BadSetting, match="PWA_PUSH_DOUBLE"):
            Settings.from_environ({**here, "PWA_PUBLIC_URL": house})


def test_push_services_write_to_a_role_at_this_house():
    assert (
        Settings.from_environ({"PWA_PUBLIC_URL": "https://sapa.example.id"}).push_contact
        == "mailto:postmaster@sapa.example.id"
    )
    assert Settings.from_environ({}).push_contact == "mailto:postmaster@localhost.localdomain"
    with pytest.raises(BadSetting, match="PWA_PUSH_CONTACT"):
        Settings.from_environ({"PWA_PUSH_CONTACT": "nobody"})


@pytest.mark.parametrize("name", ["PWA_LADDER", "PWA_LADDER_LATE"])
def test_the_times_of_the_ladder_rise(name):
    settings = Settings.from_environ({name: "0 30 60 90 120 150"})
    assert timedelta(seconds=150) in settings.ladder + settings.ladder_late
    for nonsense in ("0", "0 1 2 3 4", "5 4 3 2 1 0", "0 1 2 3 4 x", "0 1 2 3 4 -5", "0 1 2 3 4 999999"):
        with pytest.raises(BadSetting, match=name):
            Settings.from_environ({name: nonsense})
