"""The command line, as an operator types it: safe to run twice, one line when something is wrong."""

import os
import stat
import sys

import pytest
from click.testing import CliRunner

from pwa import cli, db, keys, paper, pushkeys, revision, site
from tests.conftest import let_go


@pytest.fixture
def pwa(tmp_path, monkeypatch):
    """Runs one command on an installation of its own: `pwa("key", "list")`."""
    for name in [name for name in os.environ if name.startswith("PWA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PWA_DATA_DIR", str(tmp_path / "office"))

    def run(*words: str, typed: str = "", exits: int = 0) -> str:
        result = CliRunner().invoke(cli.root, words, input=typed, catch_exceptions=False)
        let_go()
        assert result.exit_code == exits, result.output
        return result.output

    yield run
    let_go()


@pytest.fixture
def installed(pwa, tmp_path):
    pwa("init")
    return tmp_path / "office"


def refusal(monkeypatch, capsys, *words: str) -> str:
    """What the operator reads when `pwa` refuses."""
    monkeypatch.setattr(sys, "argv", ["pwa", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    let_go()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("pwa: ")
    assert said.count("\n") == 1
    return said


def typed_sheet(folder) -> str:
    newest = keys.sealing_key(folder / "keys")
    return "\n".join(paper.written(keys.private_keys(folder / "keys", folder / "keys" / "office")[newest.id]))


def every_command(group=cli.root, before=()):
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        yield (*before, name), command
        if hasattr(command, "list_commands"):
            yield from every_command(command, (*before, name))


def test_every_command_explains_itself():
    for words, command in every_command():
        assert command is not None, words
        assert CliRunner().invoke(cli.root, [*words, "--help"]).exit_code == 0
        assert command.help, words


def test_setting_up_twice_is_setting_up_once(pwa, installed):
    before = {path: path.read_bytes() for path in (installed / "keys").rglob("*") if path.is_file()}
    assert "made" not in pwa("init")
    assert {path: path.read_bytes() for path in (installed / "keys").rglob("*") if path.is_file()} == before


def test_setting_up_lets_nobody_else_look_in(installed):
    assert stat.S_IMODE(installed.stat().st_mode) == 0o700
    assert stat.S_IMODE((installed / "keys" / "office").stat().st_mode) == 0o700


def test_a_lost_private_key_is_never_replaced_in_silence(pwa, installed):
    for path in (installed / "keys" / "office").glob("*.pem"):
        path.unlink()
    pwa("init")
    assert list((installed / "keys" / "office").glob("*.pem")) == []


def test_the_public_role_makes_no_office_keys(pwa, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PWA_ROLE", "public")
    assert "No office public key" in refusal(monkeypatch, capsys, "init")
    assert list((tmp_path / "office").rglob("*.pem")) == []


def test_the_doctor_is_content_only_after_the_sheet_was_proved(pwa, installed):
    assert "FAIL  key on paper" in pwa("doctor", exits=1)
    pwa("key", "rehearse", typed=typed_sheet(installed))
    assert "FAIL" not in pwa("doctor")


def test_a_new_key_asks_for_a_new_sheet(pwa, installed):
    old_sheet = typed_sheet(installed)
    pwa("key", "rehearse", typed=old_sheet)
    pwa("key", "new")
    said = pwa("doctor", exits=1)
    assert said.count("FAIL") == 1
    assert "FAIL  key on paper" in said
    assert pwa("key", "list").count("\n") == 3
    pwa("key", "rehearse", typed=typed_sheet(installed))
    assert "FAIL" not in pwa("doctor")


def test_a_mistyped_sheet_names_its_line(pwa, installed):
    lines = typed_sheet(installed).splitlines()
    lines[2] = lines[2][::-1]
    result = CliRunner().invoke(cli.root, ["key", "rehearse"], input="\n".join(lines))
    assert str(result.exception) == "Line 3 is mistyped."
    let_go()


def test_the_printed_sheet_brings_the_key_back(pwa, installed):
    printed = pwa("key", "paper")
    typed = "\n".join(line for line in printed.splitlines() if line[:3] in ("1: ", "2: ", "3: ", "4: "))
    (pem,) = (installed / "keys" / "office").glob("*.pem")
    pem.unlink()
    assert "FAIL  keys" in pwa("doctor", exits=1)
    pwa("key", "restore", typed=typed)
    assert pem.exists()
    pwa("key", "rehearse", typed=typed)
    pwa("doctor")


def test_the_page_to_print_is_readable_by_its_owner_alone(pwa, installed, tmp_path):
    page = tmp_path / "sheet.html"
    pwa("key", "paper", "--html", str(page))
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert keys.sealing_key(installed / "keys").id.hex() in page.read_text()


def test_a_passphrase_is_read_from_the_file_of_the_service_manager(pwa, tmp_path, monkeypatch):
    (tmp_path / "phrase").write_text("a quiet phrase\n")
    monkeypatch.setenv("PWA_KEY_PASSPHRASE_FILE", str(tmp_path / "phrase"))
    pwa("key", "new", "--passphrase")
    pwa("init")
    pwa("key", "new")
    assert "ok    keys" in pwa("doctor", exits=1)
    monkeypatch.delenv("PWA_KEY_PASSPHRASE_FILE")
    result = CliRunner().invoke(cli.root, ["doctor"])
    assert "PWA_KEY_PASSPHRASE_FILE" in str(result.exception)
    let_go()


def test_an_office_moves_to_another_machine(pwa, installed, tmp_path, monkeypatch):
    sheet = typed_sheet(installed)
    pwa("key", "rehearse", typed=sheet)
    pwa("backup", str(tmp_path / "office.backup"))
    monkeypatch.setenv("PWA_DATA_DIR", str(tmp_path / "elsewhere"))
    pwa("restore", str(tmp_path / "office.backup"))
    pwa("key", "restore", typed=sheet)
    assert "FAIL" not in pwa("doctor")
    assert "made" not in pwa("init")


def test_migrating_an_empty_database_builds_it(pwa, tmp_path):
    (tmp_path / "office").mkdir()
    pwa("migrate")
    db.connect(f"sqlite:///{tmp_path / 'office' / 'saling-sapa.db'}")
    assert revision.current() == revision.newest()
    assert site.get("receipt-salt") is None


@pytest.mark.parametrize(
    ("words", "variable", "value"),
    [
        (("init",), "PWA_ROLE", "king"),
        (("doctor",), "PWA_PORT", "many"),
        (("key", "list"), "PWA_DATABASE_URL", "mysql://x"),
    ],
)
def test_nonsense_is_said_in_one_line(pwa, monkeypatch, capsys, words, variable, value):
    monkeypatch.setenv(variable, value)
    assert variable in refusal(monkeypatch, capsys, *words)


def test_serving_on_an_older_schema_is_refused(pwa, installed, monkeypatch, capsys):
    monkeypatch.setattr(revision, "newest", lambda: "9999")
    assert "pwa migrate" in refusal(monkeypatch, capsys, "serve")


def test_an_office_that_was_never_set_up_says_what_to_do(pwa, monkeypatch, capsys):
    assert "pwa init" in refusal(monkeypatch, capsys, "key", "paper")
    assert "pwa init" in refusal(monkeypatch, capsys, "backup", "x")


def test_a_deliverer_without_its_key_does_not_start_and_makes_none(pwa, installed, monkeypatch, capsys):
    folder = installed / "keys" / "deliver" / "vapid"
    (pem,) = folder.glob("*.pem")
    pem.unlink()
    assert "is missing" in refusal(monkeypatch, capsys, "deliver")
    assert "is missing" in refusal(monkeypatch, capsys, "serve")
    pwa("init")
    assert list(folder.iterdir()) == []


def test_a_deliverer_refuses_a_key_that_is_not_the_one_its_name_says(pwa, installed, monkeypatch, capsys):
    pwa("key", "vapid", "new")
    one, other = (installed / "keys" / "deliver" / "vapid").glob("*.pem")
    one.write_bytes(other.read_bytes())
    assert "not the private half" in refusal(monkeypatch, capsys, "deliver")


def test_a_new_vapid_pair_is_what_browsers_subscribe_with_and_the_old_one_still_sends(pwa, installed):
    (before,) = pushkeys.vapid_keys(installed / "keys")
    made = pwa("key", "vapid", "new").split()[1]
    assert pushkeys.outside(installed / "keys").vapid.id.hex() == made
    assert set(pushkeys.inside(installed / "keys", installed / "keys" / "deliver").vapid) == {
        bytes.fromhex(made),
        before.id,
    }
    listed = pwa("key", "vapid", "list").splitlines()
    assert made in listed[1]
    assert "subscribes" in listed[1]
    assert before.id.hex() in listed[2]
    assert "sends" in listed[2]


def test_nobody_else_can_read_the_deliverers_keys(pwa, installed):
    for path in (installed / "keys" / "deliver").rglob("*.pem"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
