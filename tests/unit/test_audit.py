from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from pwa import audit, db
from pwa.cli.audit import audit as command

pytestmark = pytest.mark.usefixtures("database")


@dataclass
class Officer:
    id: UUID = field(default_factory=uuid4)
    role: str = "penerima"


def noted(*actions: str) -> None:
    officer = Officer()
    for action in actions:
        audit.record(action, by=officer, kind="report", object_id=uuid4(), reason=f"because of {action}")
    db.session.commit()


def tamper(sql: str, **values) -> None:
    db.session.execute(text(sql), values)
    db.session.commit()
    db.session.expire_all()


def test_an_untouched_chain_is_whole():
    noted("opened", "answered", "closed")
    verdict = audit.verify()
    assert verdict == audit.Verdict(True, 3, audit.head())


def test_an_empty_chain_is_whole_and_has_no_head():
    assert audit.verify().ok
    assert audit.head() == ""


def test_what_was_not_committed_was_never_noted():
    noted("opened")
    audit.record("closed", by=None, kind="report")
    db.session.rollback()
    noted("answered")
    assert audit.verify() == audit.Verdict(True, 2, audit.head())


def test_the_head_moves_with_every_entry():
    noted("opened")
    before = audit.head()
    noted("opened")
    assert audit.head() != before


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "change",
    [
        "action = 'answered'",
        "role = NULL",
        "role = 'admin'",
        "account_id = NULL",
        "kind = 'visit'",
        "object_id = NULL",
        "reason = NULL",
        "reason = previous",
        "at = '2020-01-01 00:00:00+00:00'",
        "previous = mac",
        "mac = previous",
    ],
)
def test_somebody_who_edits_an_entry_is_found_at_that_entry(change):
    noted("opened", "opened", "opened")
    tamper(f"UPDATE audit SET {change} WHERE seq = 2")
    verdict = audit.verify()
    assert (verdict.ok, verdict.broken_at) == (False, 2)


def test_somebody_who_deletes_in_the_middle_is_found():
    noted("opened", "opened", "opened")
    tamper("DELETE FROM audit WHERE seq = 2")
    assert audit.verify().broken_at == 2


def test_somebody_who_swaps_two_entries_is_found():
    noted("opened", "opened", "opened")
    for old, new in ((2, 9), (3, 2), (9, 3)):
        tamper("UPDATE audit SET seq = :new WHERE seq = :old", old=old, new=new)
    assert audit.verify().broken_at == 2


def test_somebody_who_cuts_off_the_tail_is_found_also_after_more_was_noted():
    noted("opened", "opened", "opened")
    tamper("DELETE FROM audit WHERE seq = 3")
    assert audit.verify().broken_at == 3
    noted("closed")
    assert audit.verify().broken_at == 3


def test_somebody_who_cuts_off_the_tail_and_bends_the_head_is_found_for_ever():
    noted("opened", "opened", "opened")
    tamper("DELETE FROM audit WHERE seq = 3")
    tamper("UPDATE audit_head SET seq = 2, mac = (SELECT mac FROM audit WHERE seq = 2)")
    assert audit.verify().broken_at == 3
    noted("closed", "closed")
    assert audit.verify().broken_at == 3


def test_somebody_who_removes_the_head_is_found_for_ever():
    noted("opened", "opened")
    tamper("DELETE FROM audit_head")
    assert not audit.verify().ok
    noted("closed")
    assert audit.verify().broken_at == 3


def test_somebody_who_adds_an_entry_is_found():
    noted("opened", "opened")
    tamper(
        "INSERT INTO audit (seq, at, action, kind, previous, mac) "
        "SELECT 3, at, 'closed', kind, mac, mac FROM audit WHERE seq = 2"
    )
    assert audit.verify().broken_at == 3


def test_a_reason_rests_sealed_and_no_list_carries_it():
    noted("opened")
    stored = bytes(db.session.scalar(text("SELECT reason FROM audit")))
    assert b"because" not in stored
    assert "reason" not in audit.page()[0]._fields


def test_the_list_is_read_from_the_newest_in_pages(monkeypatch):
    monkeypatch.setattr(audit, "PAGE", 2)
    noted(*["opened"] * 5)
    assert [entry.seq for entry in audit.page()] == [5, 4]
    assert [entry.seq for entry in audit.page(before=4)] == [3, 2]
    assert [entry.seq for entry in audit.page(before=2)] == [1]


def test_many_who_note_at_the_same_moment_make_one_chain():
    def note(_) -> None:
        noted("opened")
        db.session.remove()

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(note, range(20)))
    assert audit.verify() == audit.Verdict(True, 20, audit.head())


def test_the_command_says_whether_the_chain_is_whole(settings):
    environ = {"PWA_DATA_DIR": str(settings.data_dir), "PWA_DATABASE_URL": settings.database_url}
    noted("opened", "opened")
    head = audit.head()
    whole = CliRunner().invoke(command, ["verify"], env=environ)
    assert (whole.exit_code, whole.output) == (0, f"2 entries checked, end {head}\n")
    tamper("UPDATE audit SET action = 'answered' WHERE seq = 2")
    broken = CliRunner().invoke(command, ["verify"], env=environ)
    assert (broken.exit_code, "from entry 2 on" in broken.output) == (1, True)
