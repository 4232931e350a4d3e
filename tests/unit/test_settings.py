"""What an operator may set: nonsense is refused before anything starts, and no secret is repeated."""

import pytest

from pwa.settings import BadSetting, Role, Settings


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
