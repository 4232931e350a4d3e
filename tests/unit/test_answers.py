"""What the office answers: readable to whoever holds the number, and to nobody else outside."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text

from pwa import answers, db, keyring, keys, receipts, reports, telling, unpacking
from pwa.answers import Answer, HandoverOnly, NoReplyKey, Sort
from pwa.receipts import Receipt
from pwa.reports import Channel
from tests.factories import a_report, an_account

SAID = "Kami percaya Anda."


@pytest.fixture
def told(database, settings):
    """One report that has been opened by the office, and its number."""
    keyring.use(keys.private_keys(settings.key_dir, settings.office_key_dir))
    number = receipts.new_number()
    report = a_report(settings, number, story="x")
    unpacking.unpack_arrived()
    yield SimpleNamespace(
        sealer=telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds),
        report=report, receipt=db.session.get(Receipt, report.receipt_id), number=number, by=an_account().id,
    )  # fmt: skip
    keyring.use({})


def says(told, what: str = SAID, sort: Sort = Sort.REPLY) -> Answer:
    row = answers.answer(told.receipt, what, sort=sort, by=told.by)
    db.session.commit()
    return row


def read(told, number: str) -> list[str]:
    stretched = told.sealer.stretch(number)
    receipt = receipts.find(stretched.lookup)
    return [each.text for each in answers.read(receipt, stretched.reply_key)] if receipt else []


def takes_another_number(told) -> str:
    fresh = receipts.new_number()
    old, new = told.sealer.stretch(told.number), told.sealer.stretch(fresh)
    told.sealer.change_number(uuid4(), told.receipt, old, new, language="id")
    db.session.commit()
    return fresh


def test_she_reads_with_her_number_what_the_office_wrote(told):
    says(told)
    assert read(told, told.number) == [SAID]


def test_the_newest_answer_comes_first(told):
    says(told, "pertama")
    says(told, "kedua")
    assert read(told, told.number) == ["kedua", "pertama"]


def test_the_database_holds_neither_side_in_plain(told):
    says(told)
    box, said = db.session.execute(text("SELECT box, said FROM answer")).one()
    assert SAID.encode() not in bytes(box)
    assert SAID.encode() not in bytes(said)


def test_another_number_opens_nothing_even_if_the_row_is_moved(told, settings):
    says(told)
    hers = receipts.new_number()
    other = a_report(settings, hers, story="y")
    db.session.scalars(select(Answer)).one().receipt_id = other.receipt_id
    db.session.commit()
    with pytest.raises(InvalidTag):
        read(told, hers)


def test_before_its_envelope_was_opened_nothing_can_be_answered(database, settings):
    report = a_report(settings, story="x")
    receipt = db.session.get(Receipt, report.receipt_id)
    with pytest.raises(NoReplyKey):
        answers.answer(receipt, SAID, sort=Sort.REPLY, by=uuid4())


def test_with_a_new_number_she_still_reads_everything_and_the_old_one_nothing(told):
    says(told)
    fresh = takes_another_number(told)
    assert read(told, fresh) == [SAID]
    assert read(told, told.number) == []


def test_between_two_numbers_the_office_waits_instead_of_answering_to_the_old_one(told):
    takes_another_number(told)
    with pytest.raises(NoReplyKey):
        says(told)
    unpacking.unpack_arrived()
    assert says(told).receipt_id == told.receipt.id


def test_after_two_changes_the_newest_number_counts(told):
    told.number = takes_another_number(told)
    unpacking.unpack_arrived()
    fresh = takes_another_number(told)
    unpacking.unpack_arrived()
    says(told)
    assert read(told, fresh) == [SAID]
    assert read(told, told.number) == []


@pytest.fixture
def spoken_at_the_desk(told):
    """Somebody else made this number for her."""
    told.number = receipts.new_number()
    told.report = told.sealer.tell(
        uuid4(), {"story": "lisan"}, told.number, language="id", body_key=b"k", channel=Channel.DESK, filed_by=told.by
    )  # fmt: skip
    db.session.commit()
    unpacking.unpack_arrived()
    told.receipt = db.session.get(Receipt, told.report.receipt_id)
    return told


@pytest.mark.parametrize("sort", [Sort.REPLY, Sort.NEXT_STEP])
def test_behind_a_number_somebody_else_made_waits_no_answer(spoken_at_the_desk, sort):
    with pytest.raises(HandoverOnly):
        says(spoken_at_the_desk, sort=sort)
    assert db.session.scalars(select(Answer)).all() == []


def test_only_please_get_in_touch_may_wait_there(spoken_at_the_desk):
    says(spoken_at_the_desk, "", sort=Sort.GET_IN_TOUCH)
    assert read(spoken_at_the_desk, spoken_at_the_desk.number) == [""]


def test_once_she_has_taken_her_own_number_everything_may_be_said(spoken_at_the_desk):
    fresh = takes_another_number(spoken_at_the_desk)
    unpacking.unpack_arrived()
    says(spoken_at_the_desk)
    assert read(spoken_at_the_desk, fresh) == [SAID]


def test_receiving_the_desks_form_twice_keeps_it_a_hand_over_number(spoken_at_the_desk):
    assert spoken_at_the_desk.receipt.handover
    assert reports.of_receipt(spoken_at_the_desk.receipt) == [spoken_at_the_desk.report]
