"""A passkey lets in whom it belongs to, once a question, and nobody else."""

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from pwa import challenges, db, passkeys
from pwa.passkeys import Cloned, Enough, Passkey, Refused, Site
from tests.factories import an_account
from tests.keys import PRESENT, SoftKey

pytestmark = pytest.mark.usefixtures("database")

HERE = Site("http://localhost:8000")


def question(purpose="sign-in", reader=b"") -> str:
    return passkeys.encoded(challenges.new(purpose, reader))


def a_key_of(account, key=None) -> SoftKey:
    key = key or SoftKey()
    answer = key.makes(question("enrol", account.id.bytes), account.id.bytes)
    passkeys.enrol(account, answer, name="HP", at=HERE)
    db.session.commit()
    return key


def prove(answer, purpose="sign-in"):
    try:
        return passkeys.prove(answer, purpose, at=HERE)
    finally:
        db.session.commit()


def tamper(sql: str, **values) -> None:
    db.session.execute(text(sql), values)
    db.session.commit()
    db.session.expire_all()


def test_a_key_signs_in_whom_it_belongs_to():
    account = an_account()
    key = a_key_of(account)
    assert prove(key.signs(question())) == account
    assert passkeys.of(account)[0].used_at is not None


def test_a_key_that_does_not_say_whose_it_is_is_known_by_its_number():
    account = an_account()
    key = a_key_of(account)
    key.user = None
    assert prove(key.signs(question())) == account


@pytest.mark.parametrize(
    ("purpose", "reader"), [("enrol", b""), ("sign-in", b"somebody else"), ("unlock", b"")]
)
def test_a_question_for_something_else_proves_nothing(purpose, reader):
    key = a_key_of(an_account())
    with pytest.raises(Refused):
        prove(key.signs(question(purpose, reader)))


def test_an_answer_counts_once():
    key = a_key_of(an_account())
    answer = key.signs(question())
    prove(answer)
    with pytest.raises(Refused):
        prove(answer)


def test_a_question_is_good_for_five_minutes():
    key = a_key_of(an_account())
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as now:
        early, late = question(), question()
        now.shift(timedelta(minutes=4, seconds=59))
        assert prove(key.signs(early))
        now.shift(timedelta(seconds=1))
        with pytest.raises(Refused):
            prove(key.signs(late))


@pytest.mark.parametrize("asked", ["", "AAAA", passkeys.encoded(bytes(53)), "é", "x" * 30_000])
def test_a_question_nobody_asked_proves_nothing(asked):
    key = a_key_of(an_account())
    with pytest.raises(Refused):
        prove(key.signs(asked))


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8000.evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
    ],
    ids=str,
)
def test_a_key_of_another_place_or_without_its_holder_proves_nothing(wrong):
    key = a_key_of(an_account())
    for name, value in wrong.items():
        setattr(key, name, value)
    with pytest.raises(Refused):
        prove(key.signs(question()))


def test_nobody_signs_with_a_key_they_do_not_have():
    key = a_key_of(an_account())
    other = SoftKey(id=key.id, user=key.user)
    with pytest.raises(Refused):
        prove(other.signs(question()))
    with pytest.raises(Refused):
        prove(SoftKey().signs(question()))


def test_a_key_that_names_somebody_else_is_refused():
    key = a_key_of(an_account())
    key.user = an_account().id.bytes
    with pytest.raises(Refused):
        prove(key.signs(question()))


def test_a_key_that_counts_backwards_may_be_a_copy():
    key = a_key_of(an_account(), SoftKey(count=5))
    key.count = 6
    assert prove(key.signs(question()))
    with pytest.raises(Cloned):
        prove(key.signs(question()))
    key.count = 0
    with pytest.raises(Cloned):
        prove(key.signs(question()))


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "change",
    ["sign_count = 99", "name = 'x'", "public_key = '\\x00'", "created_at = '2020-01-01 00:00:00+00'"],
)
def test_a_row_that_somebody_else_changed_is_nobodys(change):
    account = an_account()
    key = a_key_of(account)
    column, _, value = change.partition(" = ")
    value = value.strip("'")
    value = b"x" * 40 if column in ("name", "public_key") else value
    tamper(f"UPDATE passkey SET {column} = :value", value=value)
    with pytest.raises(Refused):
        prove(key.signs(question()))


def test_a_key_moved_to_another_account_opens_neither():
    key, other = a_key_of(an_account()), an_account("admin")
    key.user = None
    db.session.query(Passkey).update({"account_id": other.id})
    db.session.commit()
    db.session.expire_all()
    with pytest.raises(Refused):
        prove(key.signs(question()))


def test_somebody_shut_out_is_shut_out_with_a_passkey_too():
    account = an_account()
    key = a_key_of(account)
    account.disable()
    db.session.commit()
    with pytest.raises(Refused):
        prove(key.signs(question()))


def test_an_enrolment_meant_for_one_person_does_not_serve_another():
    siti, ani = an_account(), an_account()
    with pytest.raises(Refused):
        passkeys.enrol(ani, SoftKey().makes(question("enrol", siti.id.bytes)), name="HP", at=HERE)


def test_the_same_key_is_not_enrolled_twice_and_ten_are_enough():
    account, other = an_account(), an_account()
    key = a_key_of(account)
    with pytest.raises(Refused):
        passkeys.enrol(other, key.makes(question("enrol", other.id.bytes)), name="HP", at=HERE)
    for _ in range(passkeys.MOST - 1):
        a_key_of(account)
    with pytest.raises(Enough):
        a_key_of(account)


def test_a_removed_key_opens_nothing_and_a_renamed_one_still_does():
    account = an_account()
    key, gone = a_key_of(account), a_key_of(account)
    first, second = passkeys.of(account)
    first.rename("HP baru")
    second.remove()
    db.session.commit()
    assert prove(key.signs(question())) == account
    with pytest.raises(Refused):
        prove(gone.signs(question()))
    assert passkeys.find(an_account(), first.id) is None


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "null",
        "[]",
        "{}",
        "1",
        '{"response": null}',
        '{"response": {"clientDataJSON": "e30"}}',
        "[" * 5_000,
        "\x00",
        "é" * 30_000,
    ],
    ids=lambda junk: junk[:20],
)
def test_junk_is_refused_and_breaks_nothing(junk):
    for act in (
        lambda: passkeys.prove(junk, "sign-in", at=HERE),
        lambda: passkeys.enrol(an_account(), junk, name="x", at=HERE),
    ):
        with pytest.raises(Refused):
            act()


def test_half_an_answer_is_refused():
    key = a_key_of(an_account())
    for name in ("authenticatorData", "signature", "clientDataJSON"):
        for broken in ("", "AA", "!!", None, 7, {}):
            answer = json.loads(key.signs(question()))
            answer["response"][name] = broken
            with pytest.raises(Refused):
                prove(json.dumps(answer))


@pytest.mark.parametrize(
    ("origin", "can"),
    [
        ("http://localhost:8000", True),
        ("https://kantor.example.id", True),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]", False),
    ],
)
def test_browsers_make_keys_for_names_only(origin, can):
    assert Site(origin).can_have_keys is can
