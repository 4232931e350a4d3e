"""The number she keeps."""

from uuid import UUID, uuid4

import pytest

from pwa import db, receipts


def test_a_new_number_is_well_formed():
    assert all(receipts.is_well_formed(receipts.new_number()) for _ in range(200))


@pytest.mark.parametrize("position", range(20))
def test_one_mistyped_digit_is_always_noticed(position):
    number = receipts.new_number()
    for digit in set("0123456789") - {number[position]}:
        assert not receipts.is_well_formed(number[:position] + digit + number[position + 1 :])


def test_a_genuine_electricity_token_is_never_one_of_ours():
    largest = str(2**66 - 1)
    assert len(largest) == 20
    assert largest[0] < "8"
    assert not receipts.is_well_formed(largest)


@pytest.mark.parametrize("typed", ["8123 4567", "8123.4567", "8123-4567", " 81234567\n"])
def test_people_may_type_it_with_anything_between(typed):
    assert receipts.tidy(typed) == "81234567"


def test_digits_of_other_scripts_are_not_taken_for_ours():
    assert receipts.tidy("٨١٢٣") == ""
    assert not receipts.is_well_formed("٨" * 20)


def test_both_groupings_hold_the_same_digits():
    number = receipts.new_number()
    assert receipts.tidy(receipts.grouped(number)) == number
    assert receipts.tidy(receipts.as_order_number(number)) == number


def test_the_same_session_and_form_always_give_the_same_number():
    form, other = UUID(int=1), UUID(int=2)
    assert receipts.derived_number(b"k" * 32, form) == receipts.derived_number(b"k" * 32, form)
    assert receipts.derived_number(b"k" * 32, form) != receipts.derived_number(b"k" * 32, other)
    assert receipts.derived_number(b"k" * 32, form) != receipts.derived_number(b"j" * 32, form)
    assert receipts.is_well_formed(receipts.derived_number(b"k" * 32, form))


def test_what_is_stored_leads_neither_to_the_number_nor_to_the_replies():
    stretched = receipts.stretch("8" * 20, b"salt", rounds=1)
    assert len({stretched.lookup, stretched.lookup_id, stretched.reply_key}) == 3
    assert stretched != receipts.stretch("8" * 20, b"pepper", rounds=1)
    assert stretched != receipts.stretch("8" * 20, b"salt", rounds=2)


def an_issued_receipt(lookup=b"a" * 32):
    receipts.issue(uuid4(), lookup)
    db.session.commit()
    return receipts.find(lookup)


def test_a_number_is_found_by_what_it_becomes(database):
    receipt = an_issued_receipt()
    assert receipts.find(b"a" * 32) is receipt
    assert receipts.find(b"b" * 32) is None


def test_the_same_number_is_never_given_twice(database):
    an_issued_receipt()
    assert not receipts.issue(uuid4(), b"a" * 32)


def test_a_killed_number_answers_like_one_nobody_ever_had(database):
    receipt = an_issued_receipt()
    receipt.kill()
    db.session.commit()
    assert receipts.find(b"a" * 32) is None
    assert receipt.killed_at is not None
