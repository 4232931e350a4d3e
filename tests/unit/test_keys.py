"""Keys on disk: whatever is missing, too open or swapped is said by name before anything starts."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from pwa import envelope, keys
from pwa.keys import KeyTrouble

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def folders(tmp_path):
    return tmp_path / "keys", tmp_path / "office"


@pytest.fixture
def key(folders):
    made = keys.new(*folders)
    keys.new_vault(*folders)
    return made


def test_a_key_seals_and_opens(folders, key):
    held = keys.private_keys(*folders)
    sealed = envelope.seal_bytes(b"told", b"", key.id, key.key)
    assert envelope.unseal_bytes(sealed, b"", held) == b"told"


def test_private_files_are_readable_by_their_owner_alone(folders, key):
    for path in folders[1].iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folders[1].stat().st_mode) == 0o700


def test_the_newest_key_seals_and_the_older_ones_still_open(folders):
    with time_machine.travel(FIRST_DAY, tick=False):
        first = keys.new(*folders)
    with time_machine.travel(FIRST_DAY + timedelta(days=1), tick=False):
        second = keys.new(*folders)
        assert keys.sealing_key(folders[0]).id == second.id
        assert set(keys.private_keys(*folders)) == {first.id, second.id}


@pytest.mark.parametrize(("days", "opens"), [(399, True), (401, False)])
def test_a_retired_key_opens_for_400_days_after_its_successor_came(folders, days, opens):
    with time_machine.travel(FIRST_DAY, tick=False):
        first = keys.new(*folders)
    with time_machine.travel(FIRST_DAY + timedelta(days=100), tick=False):
        keys.new(*folders)
    with time_machine.travel(FIRST_DAY + timedelta(days=100 + days), tick=False):
        assert (first.id in keys.private_keys(*folders)) is opens


def test_a_single_key_never_grows_too_old(folders):
    with time_machine.travel(FIRST_DAY, tick=False):
        only = keys.new(*folders)
    with time_machine.travel(FIRST_DAY + timedelta(days=4000), tick=False):
        assert only.id in keys.private_keys(*folders)


def test_without_a_public_key_nothing_starts(folders):
    with pytest.raises(KeyTrouble, match="No office public key"):
        keys.sealing_key(folders[0])


def test_a_missing_private_key_sends_the_operator_to_the_paper(folders, key):
    (folders[1] / f"{key.id.hex()}.pem").unlink()
    with pytest.raises(KeyTrouble, match="pwa key restore"):
        keys.private_keys(*folders)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
@pytest.mark.parametrize("name", ["*.pem", "vault.sealed"])
def test_a_private_file_others_can_read_is_refused(folders, key, name, mode):
    held = keys.private_keys(*folders)
    next(folders[1].glob(name)).chmod(mode)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        keys.open_vault(folders[1], keys.private_keys(*folders) and held)


def test_a_public_key_under_another_ones_name_is_noticed(folders, key):
    path = folders[0] / f"{key.id.hex()}.pub"
    entry = json.loads(path.read_text())
    other = keys.new(folders[0].parent / "others", folders[0].parent / "others" / "office")
    path.write_text(json.dumps(entry | {"public": other.raw.hex()}))
    with pytest.raises(KeyTrouble, match="another key than its name says"):
        keys.public_keys(folders[0])


@pytest.mark.parametrize("rubbish", ["", "{}", "[]", '{"public": "00", "created_at": "x"}', "\x00"])
def test_a_damaged_public_key_is_named(folders, key, rubbish):
    (folders[0] / f"{key.id.hex()}.pub").write_text(rubbish)
    with pytest.raises(KeyTrouble, match="not a public key of ours"):
        keys.public_keys(folders[0])


def test_a_private_key_of_another_office_is_noticed(folders, key):
    others = folders[0].parent / "others"
    other = keys.new(others, others / "office")
    (others / "office" / f"{other.id.hex()}.pem").replace(folders[1] / f"{key.id.hex()}.pem")
    with pytest.raises(KeyTrouble, match="not the private half"):
        keys.private_keys(*folders)


def test_a_passphrase_keeps_the_private_half_shut(folders):
    made = keys.new(*folders, b"correct")
    assert keys.has_passphrase(folders[1])
    assert made.id in keys.private_keys(*folders, b"correct")
    for wrong in (None, b"wrong"):
        with pytest.raises(KeyTrouble, match="passphrase"):
            keys.private_keys(*folders, wrong)


def test_the_vault_moves_to_the_next_key_and_stays_the_same_vault(folders, key):
    held = keys.private_keys(*folders)
    sealed = keys.open_vault(folders[1], held).seal("case.note", b"written by staff")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=1), tick=False):
        second = keys.new(*folders)
    keys.move_vault(*folders, held)
    assert keys.vault_key_id(folders[1]) == second.id
    both = keys.private_keys(*folders)
    assert (
        keys.open_vault(folders[1], {second.id: both[second.id]}).unseal("case.note", sealed)
        == b"written by staff"
    )
    with pytest.raises(KeyTrouble, match="does not open"):
        keys.open_vault(folders[1], held)


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_a_lost_vault_is_said_before_anything_starts(folders, key, harm):
    path = folders[1] / "vault.sealed"
    path.unlink()
    if harm == "damaged":
        path.touch(0o600)
    with pytest.raises(KeyTrouble, match=r"vault\.sealed"):
        keys.open_vault(folders[1], keys.private_keys(*folders))
    with pytest.raises(KeyTrouble, match=r"vault\.sealed"):
        keys.vault_key_id(folders[1])


def test_the_secret_for_networks_is_made_once(folders, key):
    keys.new_network_secret(folders[0])
    secret = keys.network_secret(folders[0])
    keys.new_network_secret(folders[0])
    assert keys.network_secret(folders[0]) == secret
