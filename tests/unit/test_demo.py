"""A demo for looking around: full of people who do not exist, and never mixed with those who do."""

import pytest
from sqlalchemy import func, select

from pwa import accounts, answers, db, demo, keyring, keys, receipts
from pwa.receipts import Receipt
from pwa.reports import Report
from pwa.telling import Sealer
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
    assert len(answers.read(receipt, number.reply_key)) == 2
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
