"""The key on paper: what a tired person types must bring everything back, or say which line is wrong."""

import stat

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from pwa import db, keys, paper, sheet, site
from pwa.paper import Mistyped
from tests.conftest import settings_for

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture
def newest(data_dir):
    """The newest key and its private half."""
    public = keys.sealing_key(data_dir / "keys")
    return public, keys.private_keys(data_dir / "keys", data_dir / "keys" / "office")[public.id]


@pytest.fixture
def lines(newest):
    return paper.written(newest[1])


def same(private_key, other) -> bool:
    return private_key.private_numbers() == other.private_numbers()


def test_what_is_printed_can_be_typed_again(newest, lines):
    assert same(paper.read("\n".join(lines)), newest[1])


def test_small_letters_numbered_lines_and_letters_for_digits_are_understood(newest, lines):
    typed = [f" {place}: {line.lower()}" for place, line in enumerate(lines, 1)]
    typed = [line[:4] + line[4:].replace("0", "o").replace("1", "l").replace(" ", "-") for line in typed]
    assert same(paper.read("\n\n".join(typed)), newest[1])


def test_any_single_wrong_sign_is_noticed_and_its_line_named(lines):
    for at, sign in enumerate(lines[2]):
        if sign == " ":
            continue
        for wrong in ALPHABET.replace(sign, ""):
            typed = [*lines[:2], lines[2][:at] + wrong + lines[2][at + 1 :], lines[3]]
            with pytest.raises(Mistyped, match="Line 3 is mistyped"):
                paper.read("\n".join(typed))


def test_two_swapped_neighbours_are_noticed(lines):
    line = lines[0].replace(" ", "")
    for at in range(len(line) - 1):
        swapped = line[:at] + line[at + 1] + line[at] + line[at + 2 :]
        if swapped != line:
            with pytest.raises(Mistyped, match="Line 1"):
                paper.read("\n".join([swapped, *lines[1:]]))


def test_two_swapped_lines_are_noticed(lines):
    with pytest.raises(Mistyped, match="Line 1"):
        paper.read("\n".join([lines[1], lines[0], *lines[2:]]))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_missing_line_is_said(lines, count):
    with pytest.raises(Mistyped, match=f"4 lines, not {count}"):
        paper.read("\n".join(lines[:count]))


@pytest.mark.parametrize("rubbish", ["", "U", "é", "ZZZZZ ZZZZZ ZZZZZ Z", "ZZZZZ ZZZZZ ZZZZZ", "٣" * 15])
def test_rubbish_is_only_mistyped(lines, rubbish):
    with pytest.raises(Mistyped):
        paper.read("\n".join([rubbish, *lines[1:]]))


def test_a_key_that_begins_with_zeros_survives():
    small = ec.derive_private_key(7, ec.SECP256R1())
    assert same(paper.read("\n".join(paper.written(small))), small)


def test_the_sheet_names_its_key_and_holds_every_line(newest, lines):
    for sheet_text in (sheet.as_text(*newest), sheet.as_page(*newest)):
        assert newest[0].id.hex() in sheet_text
        assert all(line in sheet_text for line in lines)
    assert "<svg" in sheet.as_page(*newest)


def test_a_proved_sheet_is_noted_with_its_day(database, settings, newest, lines):
    assert paper.rehearsed_on(newest[0].id) is None
    paper.rehearse("\n".join(lines), settings)
    db.session.commit()
    assert paper.rehearsed_on(newest[0].id) is not None


def test_the_sheet_of_another_office_proves_nothing_here(database, settings, tmp_path):
    other = keys.new(tmp_path / "other", tmp_path / "other" / "office")
    theirs = paper.written(keys.private_keys(tmp_path / "other", tmp_path / "other" / "office")[other.id])
    with pytest.raises(keys.KeyTrouble, match="no public key here"):
        paper.rehearse("\n".join(theirs), settings)
    with pytest.raises(keys.KeyTrouble, match="no public key here"):
        paper.restore("\n".join(theirs), settings)
    assert site.get(f"rehearsed/{other.id.hex()}") is None


def test_a_sheet_that_does_not_open_the_vault_is_not_proved(database, settings, lines):
    path = settings.office_key_dir / "vault.sealed"
    path.write_bytes(path.read_bytes()[:-1] + bytes([path.read_bytes()[-1] ^ 1]))
    with pytest.raises(keys.KeyTrouble, match="does not open"):
        paper.rehearse("\n".join(lines), settings)


@pytest.mark.parametrize("passphrase", [None, b"a word"])
def test_a_lost_private_file_comes_back_from_paper(data_dir, newest, lines, passphrase):
    settings = settings_for(data_dir, "sqlite://")
    path = settings.office_key_dir / f"{newest[0].id.hex()}.pem"
    path.unlink()
    with pytest.raises(keys.KeyTrouble, match="missing"):
        keys.private_keys(settings.key_dir, settings.office_key_dir)
    restored = paper.restore("\n".join(lines), settings, passphrase)
    assert restored.created_at == newest[0].created_at
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert same(
        keys.private_keys(settings.key_dir, settings.office_key_dir, passphrase)[restored.id], newest[1]
    )
