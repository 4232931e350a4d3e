"""A kader helps in one area, and only after she has learned and promised."""

from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine

from pwa import db, kaders, lesson
from pwa.kaders import Area
from tests.factories import an_account

SERANG = "36.73.01.1001"
CIPARE = "36.73.01.1002"


def a_kader(rt_rw="003/002"):
    account = an_account("kader")
    kader = kaders.settle(account, Area.of(SERANG, rt_rw))
    db.session.commit()
    return account, kader


def right() -> dict[str, str]:
    return {question.key: question.right for question in lesson.QUESTIONS}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("003/002", "003/002"),
        ("3/2", "003/002"),
        (" 12 / 7 ", "012/007"),
        ("120/001", "120/001"),
        ("100/10", "100/010"),
    ],
)
def test_rt_and_rw_are_kept_as_people_write_them(typed, kept):
    assert Area.of(SERANG, typed).rt_rw == kept


@pytest.mark.parametrize(
    "typed", ["", "3", "3/", "/2", "0/2", "000/002", "3/000", "3-2", "1234/2", "a/b", "3/2/1", "٣/٢"]
)
def test_what_is_no_rt_and_rw_is_not_taken(typed):
    with pytest.raises(ValueError, match="RT/RW"):
        Area.of(SERANG, typed)


@pytest.mark.usefixtures("database")
def test_an_area_is_said_with_its_kelurahan_and_kecamatan():
    assert str(Area.of(CIPARE, "3/2")) == "RT 003/RW 002, Cipare, Kec. Serang"


@pytest.mark.usefixtures("database")
def test_who_moves_leaves_what_was_sent_before():
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as now:
        account, kader = a_kader()
        since = kader.since
        now.shift(timedelta(days=1))
        assert not kader.move(Area.of(SERANG, "3/2")), "the same area is no move"
        assert kader.since == since
        assert kader.move(Area.of(CIPARE, "1/1"))
        assert kader.since == since + timedelta(days=1)
        db.session.commit()
    assert kaders.find(account).area == Area(CIPARE, "001/001")


@pytest.mark.usefixtures("database")
def test_a_promise_counts_until_its_wording_changes(monkeypatch):
    _, kader = a_kader()
    assert not kader.has_promised
    kader.promise()
    assert kader.has_promised
    monkeypatch.setattr(lesson, "PROMISE_VERSION", "2030-01")
    assert not kader.has_promised


@pytest.mark.each_kind
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "change", [{"kelurahan": CIPARE}, {"rt_rw": "001/001"}, {"promise_version": lesson.PROMISE_VERSION}]
)
def test_an_area_or_a_promise_that_somebody_else_wrote_is_none(change):
    account, _ = a_kader()
    db.session.query(kaders.Kader).update(change)
    db.session.commit()
    db.session.expire_all()
    assert kaders.find(account) is None
    assert dict(kaders.everybody()) == {account: None}


def test_only_five_right_answers_pass():
    assert lesson.wrong(right()) == []
    for question in lesson.QUESTIONS:
        for other in (*(set(question.answers) - {question.right}), None, "", "?"):
            assert lesson.wrong(right() | {question.key: other}) == [question]
    assert lesson.wrong({}) == list(lesson.QUESTIONS)


def test_every_question_can_be_answered_and_the_right_answer_is_not_always_in_the_same_place():
    places = {list(question.answers).index(question.right) for question in lesson.QUESTIONS}
    assert len(lesson.QUESTIONS) == 5
    assert len(places) > 1


def test_other_words_of_the_promise_are_another_version():
    """Whoever changes a sentence changes PROMISE_VERSION too, and then this line."""
    said = sha256("\n".join(map(str, lesson.PROMISE)).encode()).hexdigest()[:8]
    assert (lesson.PROMISE_VERSION, said) == ("2026-11", "7cb88652")
