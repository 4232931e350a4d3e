"""The office's own secret: it seals what staff write and marks what only the office may write."""

import pytest
from cryptography.exceptions import InvalidTag

from pwa import vault
from pwa.vault import Locked, Secret, Vault


def test_what_was_sealed_for_one_column_stays_shut_in_another(open_vault):
    sealed = open_vault.seal("case.note", b"quiet")
    assert open_vault.unseal("case.note", sealed) == b"quiet"
    with pytest.raises(InvalidTag):
        open_vault.unseal("case.name", sealed)


def test_another_office_reads_nothing(open_vault):
    with pytest.raises(InvalidTag):
        Vault(Vault.new_secret()).unseal("case.note", open_vault.seal("case.note", b"quiet"))


@pytest.mark.parametrize("at", [1, 12, 13, -1])
def test_one_changed_bit_is_noticed(open_vault, at):
    sealed = bytearray(open_vault.seal("case.note", b"quiet"))
    sealed[at] ^= 1
    with pytest.raises(InvalidTag):
        open_vault.unseal("case.note", bytes(sealed))


def test_the_same_words_never_look_the_same_twice(open_vault):
    assert open_vault.seal("case.note", b"quiet") != open_vault.seal("case.note", b"quiet")


def test_marks_differ_by_purpose_and_by_where_one_part_ends(open_vault):
    marks = {
        open_vault.mac("account", "ab", "c"),
        open_vault.mac("account", "a", "bc"),
        open_vault.mac("account", "abc"),
        open_vault.mac("login", "ab", "c"),
        Vault(Vault.new_secret()).mac("account", "ab", "c"),
    }
    assert len(marks) == 5
    assert open_vault.mac("account", "ab", "c") in marks


def test_a_process_without_the_secret_can_neither_read_nor_write():
    vault.use(None)
    column = vault.Sealed("case.note")
    with pytest.raises(Locked):
        column.process_bind_param("quiet", None)
    with pytest.raises(Locked):
        column.process_result_value(b"\x01" * 40, None)


def test_nothing_written_is_nothing_sealed():
    vault.use(None)
    assert vault.Sealed("case.note").process_bind_param(None, None) is None
    assert vault.Sealed("case.note").process_result_value(None, None) is None


def test_a_secret_does_not_show_itself_in_a_traceback(open_vault):
    column = vault.Sealed("case.note")
    read = column.process_result_value(column.process_bind_param("Ibu CANARY", None), None)
    assert read == "Ibu CANARY"
    assert isinstance(read, Secret)
    assert "CANARY" not in repr(read)
    assert "CANARY" not in repr({"note": read})


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"short")
