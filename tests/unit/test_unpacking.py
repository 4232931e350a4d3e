"""Opening what arrived: once, a row at a time, whatever is inside."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from pwa import answers, clock, db, envelope, filing, keys, receipts, reports, telling, unpacking
from pwa.answers import ReplyKey
from pwa.envelope import Label
from pwa.levels import Level
from pwa.reports import Addition, Report
from tests.factories import a_report, an_account
from tests.house import hidden_from

JUNK = [None, True, 7, -1, 10**30, 1.5, "", "x" * 300, "\ud800", [], ["yes"], [[1]], {}, {"a": []}]


def found(report: Report) -> Report:
    db.session.expire_all()
    return db.session.get(Report, report.id)


def a_letter(office, told: dict, kind: str = "report", lookup: bytes | None = None) -> Label:
    """Anything at all, sealed as a browser could."""
    public = keys.sealing_key(office.key_dir)
    label = Label(
        id=uuid4(), kind=kind, lookup=lookup or uuid4().bytes * 2, kecamatan=None, language="id", danger=False,
        written_at=clock.now().replace(microsecond=0),
    )  # fmt: skip
    inside = envelope._pad(json.dumps(told).encode())
    sealed = envelope.seal_bytes(inside, label.canonical(), public.id, public.key)
    into = reports.add if kind == "addition" else reports.receive
    into(label, sealed, body_hash=filing.hash_of(sealed))
    db.session.commit()
    return label


def test_what_lists_and_clocks_need_is_written_down_and_nothing_else(office):
    told = {"variant": "child", "story": "dia", "days": ["mon"], "hours": ["morning"], "date": "2026-11-01"}
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC), tick=False):
        report = a_report(office, told=told)
        assert unpacking.unpack_arrived() == 1
    report = found(report)
    assert report.child is True
    assert (report.safe_days, report.safe_hours) == (1, 1)
    assert report.happened_on == datetime(2026, 11, 1, tzinfo=clock.JAKARTA)
    assert report.suggested is Level.SEDANG
    assert report.rank == 1, "what nobody has weighed stays beside high"


@pytest.mark.parametrize(
    ("told", "child"),
    [
        ({"age": 17}, True),
        ({"age": 18}, False),
        ({"age": "17"}, None),
        ({}, None),
        ({"variant": "child"}, True),
    ],
)
def test_a_child_is_under_eighteen(office, told, child):
    report = a_report(office, story="dia", **told)
    unpacking.unpack_arrived()
    assert found(report).child is child


def test_danger_now_stays_an_emergency(office):
    report = a_report(office, danger="yes")
    unpacking.unpack_arrived()
    assert (found(report).suggested, found(report).rank) == (Level.DARURAT, 0)


def test_a_weapon_is_suggested_as_high(office):
    report = a_report(office, threat="yes", story="dia")
    unpacking.unpack_arrived()
    assert found(report).suggested is Level.TINGGI


def test_an_envelope_is_opened_once(office):
    a_report(office, story="dia")
    assert [unpacking.unpack_arrived(), unpacking.unpack_arrived()] == [1, 0]


def test_one_that_does_not_open_stays_with_its_label_and_holds_up_nobody(office):
    bad, good = a_report(office, story="satu"), a_report(office, story="dua")
    bad.danger = True  # a label changed in the database no longer fits
    db.session.commit()
    assert unpacking.unpack_arrived() == 2
    assert found(bad).unreadable
    assert not found(good).unreadable
    assert unpacking.told_in(found(bad)) == {}


def test_one_that_opens_after_all_is_read_after_all(office):
    report = a_report(office, story="dia", age=12)
    report.danger = True
    db.session.commit()
    unpacking.unpack_arrived()
    report = found(report)
    report.danger = False
    assert unpacking.told_in(report)["story"] == "dia"
    assert (report.unreadable, report.child) == (False, True)


@pytest.mark.each_kind
@pytest.mark.parametrize("junk", JUNK)
def test_no_stranger_can_stop_the_office_with_nonsense(office, junk):
    an_account(name="Budi Santoso")
    fields = ("age", "variant", "date", "days", "hours", "threat", "lives_with", "who_name", "reply_key",
              "key_version", "way", "number", "name")  # fmt: skip
    a_letter(office, dict.fromkeys(fields, junk))
    a_letter(office, dict.fromkeys(fields, junk), kind="addition")
    good = a_report(office, story="dia")
    while unpacking.unpack_arrived():
        pass
    assert found(good).suggested
    assert db.session.scalars(select(Report).where(Report.unpacked_at.is_(None))).all() == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "", "soon", None, 5])
def test_a_day_that_cannot_be_starts_no_clock(day):
    assert unpacking.start_of(day) is None


def test_tomorrow_starts_no_clock_and_today_does():
    today = clock.today()
    assert unpacking.start_of((today + timedelta(days=1)).isoformat()) is None
    assert unpacking.start_of(today.isoformat()).date() == today
    assert unpacking.start_of(date(1900, 1, 1).isoformat()) is not None


def test_the_one_a_report_names_never_finds_it(office):
    named = an_account(name="Budi Santoso")
    report = a_report(office, story="dia", who_name="budi")
    unpacking.unpack_arrived()
    assert hidden_from(report) == [named.id]


def test_an_answer_reaches_the_number_she_holds_now(office):
    sealer = telling.Sealer(keys.sealing_key(office.key_dir), office.receipt_rounds)
    number, newer = receipts.new_number(), receipts.new_number()
    report = a_report(office, number, story="dia")
    old, new = sealer.stretch(number), sealer.stretch(newer)
    unpacking.unpack_arrived()
    sealer.change_number(uuid4(), receipts.find(old.lookup), old, new, language="id")
    db.session.commit()
    receipt = receipts.find(new.lookup)
    with pytest.raises(answers.NoReplyKey):
        answers.answer(receipt, "halo", sort=answers.Sort.REPLY, by=an_account().id)
    unpacking.unpack_arrived()
    answers.answer(receipt, "halo", sort=answers.Sort.REPLY, by=an_account().id)
    db.session.commit()
    assert [each.text for each in answers.read(receipt, new.reply_key)] == ["halo"]
    assert db.session.get(ReplyKey, report.receipt_id).key_version == 2


def test_an_addition_cannot_swap_the_key_of_a_number(office):
    report = a_report(office, story="dia")
    unpacking.unpack_arrived()
    before = db.session.get(ReplyKey, report.receipt_id).key
    label = a_letter(office, {"reply_key": "ab" * 32, "key_version": 9}, "addition", report.lookup)
    unpacking.unpack_arrived()
    db.session.expire_all()
    assert db.session.get(Addition, label.id).unpacked_at
    assert db.session.get(ReplyKey, report.receipt_id).key == before
