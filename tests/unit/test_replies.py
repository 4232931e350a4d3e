"""What she says by her number counts once, only for her own visit, and only with the key of the number inside."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from pwa import appointments, clock, db, envelope, filing, keys, receipts, replies, tasks, telling
from pwa.envelope import Label
from pwa.receipts import Stretched
from pwa.replies import Outcome, Reply
from pwa.visits import State, Visit
from tests.factories import a_visit, an_account
from tests.unit.test_visits import MONDAY, confirmed, offered, quarters


@pytest.fixture(autouse=True)
def _on_a_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def konselor(office):
    return an_account("konselor")


class Her:
    """Somebody with a number and a visit asked for under it."""

    def __init__(self, office, **told) -> None:
        self.office, number = office, receipts.new_number()
        self.sealer = telling.Sealer(keys.sealing_key(office.key_dir), office.receipt_rounds)
        self.number: Stretched = self.sealer.stretch(number)
        self.visit: Visit = a_visit(office, number, **told)

    def says(self, said: str, **more) -> Outcome | None:
        told = {"visit": str(self.visit.id), "about": str(self.visit.answer_id), "said": said, **more}
        id = uuid4()
        self.sealer.reply(id, told, self.number, language="id", body_key=b"k")
        db.session.commit()
        replies.act_on_arrived()
        db.session.expire_all()
        reply = db.session.get(Reply, id)
        return reply and reply.outcome


@pytest.fixture
def her(office, konselor) -> Her:
    her = Her(office)
    offered(her.visit, konselor)
    return her


def test_her_yes_is_acted_upon_once(her):
    assert her.says("yes") is Outcome.DONE
    assert her.visit.state is State.CONFIRMED
    assert her.says("yes") is Outcome.MOOT
    assert replies.act_on_arrived() == 0


def test_a_yes_in_time_counts_even_when_the_office_wakes_late(her):
    told = {"visit": str(her.visit.id), "about": str(her.visit.answer_id), "said": "yes"}
    her.sealer.reply(uuid4(), told, her.number, language="id", body_key=b"k")
    db.session.commit()
    with time_machine.travel(her.visit.lapses_at + timedelta(minutes=5)):
        replies.act_on_arrived()
        assert appointments.lapse_due() == 0
    assert her.visit.state is State.CONFIRMED


def test_a_yes_to_an_offer_that_was_replaced_is_moot(her, konselor):
    old = her.visit.answer_id
    assert her.says("other") is Outcome.DONE
    offered(her.visit, konselor)
    assert her.says("yes", about=str(old)) is Outcome.MOOT
    assert her.visit.state is State.OFFERED


def test_whoever_stole_the_database_cannot_answer_for_her(her):
    """The look-up hash is in the database; the key of the number is not."""
    forged = Stretched(her.number.lookup_id, bytes(32))
    told = {"visit": str(her.visit.id), "about": str(her.visit.answer_id), "said": "yes"}
    her.sealer.reply(uuid4(), told, forged, language="id", body_key=b"k")
    db.session.commit()
    replies.act_on_arrived()
    assert her.visit.state is State.OFFERED
    assert [reply.outcome for reply in db.session.scalars(select(Reply))] == [Outcome.MOOT]


def test_another_number_cannot_answer_for_her(office, her):
    stranger = Her(office)
    assert stranger.says("yes", visit=str(her.visit.id), about=str(her.visit.answer_id)) is Outcome.MOOT
    assert stranger.says("cancel", visit=str(her.visit.id)) is Outcome.MOOT
    assert her.visit.state is State.OFFERED


def test_a_reply_under_a_number_nobody_has_is_answered_alike_and_kept_nowhere(her):
    her.number = her.sealer.stretch(receipts.new_number())
    assert her.says("yes") is None
    assert db.session.scalars(select(Reply)).all() == []


@pytest.mark.parametrize(
    "junk", [{"said": None}, {"said": "hapus"}, {"visit": "x"}, {"visit": None}, {"about": 7}], ids=str
)
def test_what_is_no_reply_of_ours_changes_nothing(her, junk):
    told = {"said": "yes"} | junk
    assert her.says(told.pop("said"), **told) is Outcome.MOOT
    assert her.visit.state is State.OFFERED


@pytest.mark.parametrize(
    ("day", "hour"), [("", ""), ("besok", "10:00"), ("9999-12-31", "99"), ("2026-11-01", "10:00")], ids=str
)
def test_a_time_that_cannot_be_is_late(her, day, hour):
    her.says("yes")
    assert her.says("move", day=day, hour=hour) is Outcome.LATE


def test_an_envelope_that_does_not_open_is_marked_and_holds_up_nobody(her):
    label = Label(
        id=uuid4(), kind="reply", lookup=her.number.lookup, kecamatan=None, language="id", danger=False,
        written_at=clock.now().replace(microsecond=0),
    )  # fmt: skip
    public = keys.sealing_key(her.office.key_dir)
    sealed = envelope.seal(label, {"said": "yes"}, public.id, public.key)
    replies.say(replace(label, danger=True), sealed, body_hash=filing.hash_of(sealed))
    db.session.commit()
    assert her.says("yes") is Outcome.DONE
    assert db.session.get(Reply, label.id).unreadable


def test_at_high_risk_her_word_keeps_the_slot_until_she_was_reached(office, konselor):
    her = Her(office, two="yes")
    confirmed(her.visit, konselor, partner=an_account("konselor"))
    booked = quarters(her.visit)
    assert her.says("cancel") is Outcome.NOTED
    (task,) = tasks.open_of(her.visit)
    assert (task.kind, task.due_at) == (tasks.Kind.SAFE_CONTACT, clock.end_of_day(clock.now()))
    assert (her.visit.state, quarters(her.visit)) == (State.CONFIRMED, booked)
    replies.reached(her.visit, tasks.Outcome.HERS, note="benar", by=konselor)
    db.session.commit()
    assert (her.visit.state, quarters(her.visit)) == (State.CANCELLED_BY_HER, 0)


def test_what_she_did_not_say_herself_is_dropped(office, konselor):
    her = Her(office, two="yes")
    confirmed(her.visit, konselor, partner=an_account("konselor"))
    her.says("cancel")
    replies.reached(her.visit, tasks.Outcome.NOT_HERS, note="", by=konselor)
    db.session.commit()
    assert her.visit.state is State.CONFIRMED
    assert [reply.outcome for reply in db.session.scalars(select(Reply))] == [Outcome.DROPPED]
    assert tasks.open_of(her.visit) == []
