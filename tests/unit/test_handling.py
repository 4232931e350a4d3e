"""What may happen to a report, in which order, by whom, and with which reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import func, select

from pwa import (
    answers,
    audit,
    cli,
    clock,
    conflicts,
    db,
    handling,
    keys,
    reaching,
    receipts,
    spam,
    telling,
    unpacking,
)
from pwa.answers import Sort
from pwa.contact import Refusal, SafeContact
from pwa.handling import CloseReason, ManajerOnly, ReasonNeeded, TriesNeeded, WrongStage
from pwa.levels import Level
from pwa.reports import OPEN, Report, State
from tests.factories import a_report, an_account
from tests.house import hidden_from

ANY_TIME = SafeContact.of({"way": "phone", "number": "0812 3456 7890"})
IN_THE_APP = SafeContact.of({"way": "here"})
NOON = clock.now().astimezone(clock.JAKARTA).replace(hour=12, minute=0)


@pytest.fixture
def penerima(office):
    return an_account()


@pytest.fixture
def manajer(office):
    return an_account(role="manajer")


@pytest.fixture
def report(office):
    report = a_report(office, story="dia memukul")
    unpacking.unpack_arrived()
    return report


def weigh(report, by, level=Level.SEDANG, suggested=Level.SEDANG, reason=""):
    handling.weigh(report, {"worse": "yes"}, suggested=suggested, level=level, reason=reason, by=by)
    db.session.flush()


def adds(office, number, text="tambah"):
    sealer = telling.Sealer(keys.sealing_key(office.key_dir), office.receipt_rounds)
    sealer.add(uuid4(), text, sealer.stretch(number), language="id", body_key=b"body")
    db.session.flush()


def test_a_person_sets_the_level_and_with_it_the_first_contact(report, penerima):
    weigh(report, penerima, Level.TINGGI)
    assert (report.state, report.level, report.rank) == (State.TRIAGED, Level.TINGGI, 1)
    assert report.due_at == report.received_at + timedelta(hours=1)
    assert report.taken_by_id == penerima.id
    assert db.session.scalars(handling.last_triage(report)).one().answers == '{"worse": "yes"}'


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_lowering_what_the_answers_suggest_needs_a_reason(report, penerima, reason):
    with pytest.raises(ReasonNeeded):
        weigh(report, penerima, Level.RENDAH, Level.TINGGI, reason)
    assert report.state is State.RECEIVED
    weigh(report, penerima, Level.RENDAH, Level.TINGGI, "she has moved away")
    assert db.session.scalars(handling.last_triage(report)).one().reason == "she has moved away"


def test_raising_needs_none(report, penerima):
    weigh(report, penerima, Level.DARURAT, Level.RENDAH)
    assert report.rank == 0


def test_each_change_of_state_is_kept_with_who_and_why(report, manajer):
    weigh(report, manajer)
    handling.hand_over(report, reason="lives in another city", by=manajer)
    db.session.flush()
    kept = [
        (each.before, each.after, each.reason, each.by_id, each.role)
        for each in db.session.scalars(handling.moves_of(report))
    ]
    assert kept == [
        (State.RECEIVED, State.TRIAGED, None, manajer.id, "manajer"),
        (State.TRIAGED, State.HANDED_OVER, "lives in another city", manajer.id, "manajer"),
    ]


def test_nothing_is_closed_or_handed_over_before_somebody_weighed_it(report, manajer):
    with pytest.raises(WrongStage):
        handling.close(report, CloseReason.HER_WISH, reason="x", by=manajer)
    with pytest.raises(WrongStage):
        handling.hand_over(report, reason="x", by=manajer)
    with pytest.raises(WrongStage):
        handling.wait_for_her(report, until=NOON, by=manajer)


def test_only_a_manajer_hands_over_and_ends_numbers(report, penerima):
    weigh(report, penerima)
    with pytest.raises(ManajerOnly):
        handling.hand_over(report, reason="x", by=penerima)
    with pytest.raises(ManajerOnly):
        reaching.kill_number(report, reason="lost", by=penerima)


def test_every_end_needs_a_reason(report, manajer, office):
    weigh(report, manajer)
    other = a_report(office, story="dua")
    for verb in (
        lambda: handling.close(report, CloseReason.HER_WISH, reason=" ", by=manajer),
        lambda: handling.hand_over(report, reason="", by=manajer),
        lambda: handling.merge(report, other, reason="", by=manajer),
        lambda: spam.call(report, reason="", by=manajer),
        lambda: reaching.kill_number(report, reason="", by=manajer),
    ):
        with pytest.raises(ReasonNeeded):
            verb()
    assert report.state is State.TRIAGED


def test_silence_alone_never_closes_a_report(report, penerima, manajer):
    weigh(report, manajer)
    with pytest.raises(ManajerOnly):
        handling.close(report, CloseReason.NOT_REACHED, reason="quiet", by=penerima)
    for tries in range(3):
        with pytest.raises(TriesNeeded):
            handling.close(report, CloseReason.NOT_REACHED, reason="quiet", by=manajer)
        with time_machine.travel(NOON + timedelta(days=tries), tick=False):
            reaching.tried(report, ANY_TIME, reached=False, note="", by=penerima)
            db.session.flush()
    handling.close(report, CloseReason.NOT_REACHED, reason="quiet", by=manajer)
    assert report.state is State.CLOSED


def test_a_double_tap_is_one_try(report, penerima):
    with time_machine.travel(NOON, tick=False):
        for _ in range(3):
            reaching.tried(report, ANY_TIME, reached=False, note="", by=penerima)
            db.session.flush()
    assert handling.count_tries(report) == 1


def test_a_try_outside_her_hours_is_refused(report, penerima):
    with time_machine.travel(NOON.replace(hour=23), tick=False), pytest.raises(reaching.NotNow) as refused:
        reaching.tried(report, ANY_TIME, reached=False, note="", by=penerima)
    assert refused.value.refusal is Refusal.OUTSIDE_WINDOW
    assert db.session.scalars(handling.tries_of(report)).all() == []


def test_reaching_her_answers_the_clock_of_first_contact(report, penerima):
    weigh(report, penerima)
    with time_machine.travel(NOON, tick=False):
        reaching.tried(report, ANY_TIME, reached=True, note="she is well", by=penerima)
        assert report.contacted_at == clock.now()
    db.session.commit()
    assert db.session.scalars(handling.tries_of(report)).one().note == "she is well"


def test_to_her_who_is_only_reached_in_the_app_an_answer_is_the_contact(report, penerima):
    reaching.answer(report, ANY_TIME, "halo", sort=Sort.REPLY, by=penerima)
    assert report.contacted_at is None
    reaching.answer(report, IN_THE_APP, "halo lagi", sort=Sort.REPLY, by=penerima)
    assert report.contacted_at


def test_the_same_answer_tapped_twice_is_one_answer(report, penerima):
    for text in ("halo", "halo", "halo lagi"):
        reaching.answer(report, ANY_TIME, text, sort=Sort.REPLY, by=penerima)
        db.session.flush()
    assert [each.said for each in db.session.scalars(answers.for_office(report.receipt_id))] == [
        "halo",
        "halo lagi",
    ]


def test_an_ended_number_opens_nothing_and_takes_no_answer(report, manajer, office):
    lookup = report.lookup
    reaching.kill_number(report, reason="lost", by=manajer)
    db.session.flush()
    assert receipts.find(lookup) is None
    with pytest.raises(reaching.NumberEnded):
        reaching.answer(report, ANY_TIME, "halo", sort=Sort.REPLY, by=manajer)
    ended = db.session.get(receipts.Receipt, report.receipt_id).killed_at
    reaching.kill_number(report, reason="lost", by=manajer)
    assert db.session.get(receipts.Receipt, report.receipt_id).killed_at == ended


def test_waiting_ends_on_the_day_that_was_chosen(report, penerima):
    weigh(report, penerima)
    handling.wait_for_her(report, until=NOON + timedelta(days=3), by=penerima)
    assert (report.state, report.due_at) == (State.WAITING, NOON + timedelta(days=3))
    weigh(report, penerima, Level.TINGGI)
    assert report.state is State.TRIAGED


def test_the_same_matter_told_twice_stays_two_numbers(report, office, penerima):
    named = an_account(name="Budi")
    danger = a_report(office, danger="yes")
    conflicts.keep(danger.id, named.id)
    handling.merge(danger, report, reason="the same evening", by=penerima)
    assert (danger.state, danger.merged_into_id) == (State.MERGED, report.id)
    assert danger.receipt_id != report.receipt_id
    assert report.rank == 0, "the graver one decides how soon"
    assert hidden_from(report) == [named.id]


def test_nothing_is_merged_into_itself_or_into_what_has_ended(report, office, manajer):
    ended = a_report(office, story="dua")
    weigh(ended, manajer)
    handling.close(ended, CloseReason.HER_WISH, reason="x", by=manajer)
    for into in (report, ended):
        with pytest.raises(WrongStage):
            handling.merge(report, into, reason="x", by=manajer)


def test_somebody_in_danger_is_never_spam(office, penerima):
    with pytest.raises(spam.InDanger):
        spam.call(a_report(office, danger="yes"), reason="x", by=penerima)


def test_spam_needs_the_word_of_two_people(report, penerima, manajer):
    spam.call(report, reason="an advertisement", by=penerima)
    with pytest.raises(spam.SamePerson):
        spam.confirm(report, by=penerima)
    spam.confirm(report, by=manajer)
    assert report.spam_confirmed_by_id == manajer.id


def test_spam_can_be_taken_back_and_hurries(report, penerima):
    spam.call(report, reason="x", by=penerima)
    spam.take_back(report, by=penerima)
    assert (report.state, report.spam_by_id, report.spam_at) == (State.REOPENED, None, None)
    assert report.due_at <= clock.now()
    with pytest.raises(WrongStage):
        spam.take_back(report, by=penerima)


@pytest.mark.parametrize("end", ["spam", "closed", "handed over", "merged"])
def test_one_new_message_opens_it_again_whatever_became_of_it(office, penerima, manajer, end):
    number = receipts.new_number()
    report = a_report(office, number, story="dia")
    weigh(report, manajer)
    match end:
        case "spam":
            spam.call(report, reason="x", by=penerima)
            spam.confirm(report, by=manajer)
        case "closed":
            handling.close(report, CloseReason.HER_WISH, reason="x", by=manajer)
        case "handed over":
            handling.hand_over(report, reason="x", by=manajer)
        case _:
            handling.merge(report, a_report(office, story="dua"), reason="x", by=manajer)
    db.session.flush()
    adds(office, number)
    assert report.state is State.REOPENED
    assert report.spam_confirmed_by_id is None
    assert report.due_at <= clock.now()


def test_a_message_to_a_waiting_report_is_before_their_eyes_until_it_is_read(office, penerima):
    number = receipts.new_number()
    report = a_report(office, number, story="dia")
    weigh(report, penerima)
    handling.wait_for_her(report, until=NOON + timedelta(days=9), by=penerima)
    db.session.flush()
    adds(office, number, "satu")
    adds(office, number, "dua")
    assert report.due_at <= clock.now()
    additions = db.session.scalars(handling.additions_of(report)).all()
    handling.open_(report, additions)
    assert [unpacking.told_in(each)["story"] for each in additions] == ["satu", "dua"]
    assert all(each.read_at for each in additions)
    assert report.due_at == NOON + timedelta(days=9)


@pytest.mark.parametrize("state", [each for each in State if each not in OPEN])
def test_what_has_ended_is_neither_weighed_nor_taken_up_nor_tried(report, penerima, state):
    report.state = state
    for verb in (
        lambda: weigh(report, penerima),
        lambda: handling.take_up(report, by=penerima),
        lambda: reaching.tried(report, ANY_TIME, reached=True, note="", by=penerima),
    ):
        with pytest.raises(WrongStage):
            verb()


@pytest.mark.parametrize("state", OPEN)
def test_an_open_report_always_has_a_place_in_the_list(report, penerima, state):
    report.state, report.next_at, report.contacted_at = state, NOON, clock.now()
    handling.move(report, state, by=penerima)
    assert report.due_at


def a_spam(office, one, other, **told) -> Report:
    report = a_report(office, **{"story": "beli obat", **told})
    spam.call(report, reason="an advertisement", by=one)
    db.session.flush()
    if other:
        spam.confirm(report, by=other)
    db.session.commit()
    return report


def test_after_a_month_confirmed_spam_is_gone_with_all_that_hung_on_it(office, penerima, manajer):
    kept_number, number = receipts.new_number(), receipts.new_number()
    kept = a_report(office, kept_number, story="dia")
    gone = a_report(office, number, story="beli obat")
    unpacking.unpack_arrived()
    adds(office, number)
    adds(office, kept_number)
    unpacking.unpack_arrived()
    for each in (kept, gone):
        weigh(each, penerima)
        reaching.answer(each, IN_THE_APP, "halo", sort=Sort.REPLY, by=penerima)
        with time_machine.travel(NOON, tick=False):
            reaching.tried(each, ANY_TIME, reached=False, note="", by=penerima)
        conflicts.keep(each.id, manajer.id)
    handling.merge(kept, gone, reason="x", by=penerima)
    db.session.flush()
    spam.call(gone, reason="x", by=penerima)
    spam.confirm(gone, by=manajer)
    db.session.commit()
    assert spam.purge() == 0, "a month has not passed"
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert spam.purge() == 1
        db.session.commit()
    db.session.expire_all()
    names = (
        "report",
        "receipt",
        "addition",
        "answer",
        "reply_key",
        "transition",
        "triage",
        "contact_try",
        "conflict",
    )
    counts = {name: count_of(name) for name in names}
    assert counts == dict.fromkeys(names, 1) | {"transition": 2}
    assert db.session.get(Report, kept.id).merged_into_id is None
    entry = audit.page()[0]
    assert (entry.action, entry.object_id) == ("purged", "1 spam")


def count_of(name: str) -> int:
    return db.session.scalar(select(func.count()).select_from(db.Model.metadata.tables[name]))


def test_spam_that_only_one_person_named_stays(office, penerima):
    a_spam(office, penerima, None)
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        assert spam.purge() == 0
    assert count_of("report") == 1


def test_a_message_in_the_last_hour_saves_a_report_from_being_deleted(office, penerima, manajer):
    number = receipts.new_number()
    report = a_report(office, number, story="dia")
    spam.call(report, reason="x", by=penerima)
    spam.confirm(report, by=manajer)
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        adds(office, number)
        assert spam.purge() == 0
    assert count_of("report") == 1


@pytest.fixture
def pwa(office, monkeypatch):
    monkeypatch.setenv("PWA_DATA_DIR", str(office.data_dir))
    monkeypatch.setenv("PWA_DATABASE_URL", office.database_url)

    def run(command: str) -> str:
        result = CliRunner().invoke(cli.root, [command], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_an_operator_opens_what_arrived(office, pwa):
    id = a_report(office, story="dia", age=9).id
    assert "1 envelopes opened" in pwa("unpack")
    assert "0 envelopes opened" in pwa("unpack")
    assert db.session.get(Report, id).child


def test_an_operator_forgets_what_may_be_forgotten_and_reads_how_much(office, pwa, penerima, manajer):
    a_spam(office, penerima, manajer)
    assert "0 spam reports deleted for good" in pwa("purge")
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert "1 spam reports deleted for good" in pwa("purge")
        assert "0 spam reports deleted for good" in pwa("purge")
    assert [each.action for each in audit.page()] == ["purged"]
    assert audit.verify().ok
