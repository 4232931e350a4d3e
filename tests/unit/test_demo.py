"""A demo for looking around: full of people who do not exist, and never mixed with those who do."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pwa import accounts, answers, clock, db, demo, diary, keyring, keys, receipts
from pwa.answers import Sort
from pwa.receipts import Receipt
from pwa.reports import Report
from pwa.telling import Sealer
from pwa.visits import State, Visit
from tests.factories import an_account


@pytest.fixture
def sealer(database, settings):
    keyring.use(keys.private_keys(settings.key_dir, settings.office_key_dir))
    yield Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    keyring.use({})


def test_every_role_can_sign_in_and_one_number_has_an_answer(sealer):
    assert demo.fill(sealer)
    for each in demo.sign_ins():
        account = accounts.by_login(each.login)
        assert account.has_password(each.password)
    number = sealer.stretch(demo.number())
    receipt = db.session.scalars(select(Receipt).where(Receipt.lookup == number.lookup)).one()
    assert [each.sort for each in answers.read(receipt, number.reply_key)].count(Sort.OFFER) == 1
    assert receipts.is_well_formed(demo.number())


def test_filling_twice_adds_nothing(sealer):
    demo.fill(sealer)
    before = db.session.scalar(select(func.count()).select_from(Report))
    assert not demo.fill(sealer)
    assert db.session.scalar(select(func.count()).select_from(Report)) == before


def test_where_somebody_works_already_no_invented_people_come_in(sealer):
    an_account()
    with pytest.raises(demo.NotEmpty):
        demo.fill(sealer)


def test_visits_stand_at_every_stage_that_somebody_may_want_to_see(sealer):
    demo.fill(sealer)
    found = {visit.state: visit for visit in db.session.scalars(select(Visit))}
    assert found.keys() == {State.ASKED, State.OFFERED, State.CONFIRMED}
    assert found[State.CONFIRMED].start_at > clock.now()
    booked = diary.engagements(clock.now(), clock.now() + timedelta(days=14))
    assert len({each.visit_id for each in booked}) == 2
