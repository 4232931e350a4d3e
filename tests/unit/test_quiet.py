"""The hours in which her phone may make a sound: hers, never at night, and not a minute after they end."""

from datetime import datetime

import pytest

from pwa import clock, contact
from pwa.contact import SafeContact
from pwa.quiet import Hours


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In the last week of 2026; the 28th is a Monday."""
    return datetime(2026, 12, day, hour, minute, tzinfo=clock.JAKARTA)


def hours(**said) -> Hours:
    return Hours.of(*contact.masks(SafeContact.of(said)))


WED_MORNINGS = hours(days=["wed"], hours=["morning"])
NIGHTS = hours(hours=["night"])
ANY = hours()


@pytest.mark.parametrize(
    ("hers", "now", "then"),
    [
        (ANY, at(28, 9, 10), at(28, 9, 10)),
        (ANY, at(28, 20, 59), at(28, 20, 59)),
        (ANY, at(28, 21), at(29, 6)),
        (ANY, at(28, 0, 30), at(28, 6)),
        (WED_MORNINGS, at(28, 9), at(30, 6)),
        (WED_MORNINGS, at(30, 10, 59), at(30, 10, 59)),
        (WED_MORNINGS, at(30, 11), datetime(2027, 1, 6, 6, tzinfo=clock.JAKARTA)),
        (NIGHTS, at(28, 9), at(28, 18)),
        (NIGHTS, at(28, 21, 30), at(29, 18)),
    ],
)  # fmt: skip
def test_news_waits_for_her_next_safe_hour(hers, now, then):
    assert hers.next(now) == then


@pytest.mark.parametrize(
    ("hers", "at", "end"),
    [
        (ANY, at(28, 9), at(28, 21)),
        (WED_MORNINGS, at(30, 6), at(30, 11)),
        (NIGHTS, at(28, 18), at(28, 21)),
    ],
)
def test_a_phone_that_was_off_does_not_ring_after_them(hers, at, end):
    assert hers.end(at) == end


def test_hours_that_mean_nothing_to_us_are_no_hours():
    assert hours(days=["funday"]).next(at(28, 9)) is None
