"""Her safe hours, to the minute."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pwa import clock
from pwa.contact import Refusal, SafeContact

MONDAY = datetime(2026, 11, 23, tzinfo=clock.JAKARTA)


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return MONDAY.replace(day=day, hour=hour, minute=minute)


def a_way(**told) -> SafeContact:
    return SafeContact.of({"way": "phone", "number": "0812 3456 7890", **told})


@pytest.mark.parametrize(
    ("moment", "may_call"),
    [
        (at(5, 59), False),
        (at(6), True),
        (at(10, 59), True),
        (at(11), False),
        (at(10, day=24), False),
        (at(10, day=25), True),
    ],
)
def test_nobody_calls_outside_the_hours_and_days_she_chose(moment, may_call):
    way = a_way(days=["mon", "wed"], hours=["morning"])
    assert (way.refusal(moment) is None) is may_call
    assert may_call or way.refusal(moment) is Refusal.OUTSIDE_WINDOW


def test_who_chose_no_hours_is_still_not_called_at_night():
    assert a_way().refusal(at(21, 59)) is None
    assert a_way().refusal(at(22)) is Refusal.OUTSIDE_WINDOW
    assert a_way().refusal(at(3)) is Refusal.OUTSIDE_WINDOW


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"way": "never"}, Refusal.NEVER),
        ({"way": "here"}, Refusal.HERE_ONLY),
        ({"way": ""}, Refusal.HERE_ONLY),
        ({"way": "by pigeon"}, Refusal.HERE_ONLY),
        ({"number": ""}, Refusal.NO_NUMBER),
        ({"days": ["someday"]}, Refusal.OUTSIDE_WINDOW),
        ({"hours": "morning"}, Refusal.OUTSIDE_WINDOW),
    ],
)
def test_there_are_reasons_that_no_hour_heals_and_what_we_do_not_understand_is_no(told, refusal):
    way = a_way(**told)
    assert way.refusal(at(10)) is refusal
    assert way.opens_next(at(10)) is None


def test_a_woman_who_does_not_know_of_the_report_is_never_contacted():
    told = {"her_way": "phone", "her_number": "0812 3456 7890"}
    for knows in ("no", "unknown", "", None, ["yes"]):
        assert SafeContact.of({**told, "knows": knows}, "her_").refusal(at(10)) is Refusal.UNKNOWN_TO_HER
    assert SafeContact.of({**told, "knows": "yes"}, "her_").refusal(at(10)) is None


def test_staff_see_when_the_hours_begin_again():
    way = a_way(days=["mon"], hours=["morning"])
    assert way.opens_next(at(5)) == at(6)
    assert way.opens_next(at(11)) == at(6, day=30)
    assert way.opens_next(at(7)) is None, "they are running"


def test_staff_see_until_when_they_may_call():
    assert a_way(hours=["morning", "midday", "night"]).open_until(at(10)) == at(15)
    assert a_way(hours=["morning"]).open_until(at(5)) is None
    assert a_way().open_until(at(21)) == at(22)


@pytest.mark.parametrize(
    ("way", "number", "href"),
    [
        ("phone", "0812 3456 7890", "tel:+6281234567890"),
        ("person", "+62 812-3456-7890", "tel:+6281234567890"),
        ("whatsapp", "62 812 3456 7890", "https://wa.me/6281234567890"),
        ("sms", "(0254) 123456", "sms:+62254123456"),
        ("phone", "ask the shop", ""),
        ("phone", "٠٨١٢٣٤٥٦٧٨٩", ""),
    ],
)
def test_a_number_becomes_a_link_only_when_it_can_be_dialled(way, number, href):
    assert a_way(way=way, number=number).href == href


def test_days_and_hours_fit_into_two_small_numbers():
    way = a_way(days=["mon", "sun"], hours=["night"])
    assert (way.day_mask(), way.hour_mask()) == (0b1000001, 0b1000)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
names = st.sampled_from(["way", "number", "days", "hours", "cover", "code_word", "stranger_answers", "knows"])


@settings(suppress_health_check=[HealthCheck.too_slow])  # its first letter costs seconds on a small machine
@given(st.dictionaries(names, junk))
def test_whatever_a_stranger_puts_into_the_envelope_nobody_stumbles(told):
    way = SafeContact.of(told)
    assert way.refusal(at(10)) is not None or way.way in ("phone", "whatsapp", "sms", "person")
    assert way.href in ("", way.href)
    assert 0 <= way.day_mask() < 128
    assert 0 <= way.hour_mask() < 16
