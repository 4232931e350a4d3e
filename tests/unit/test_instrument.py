"""Eight questions and what they point to. Silence never makes a report less grave."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from pwa import clock, instrument
from pwa.instrument import QUESTIONS, Facts, suggest
from pwa.levels import Level

ALL_NO = dict.fromkeys(QUESTIONS, "no")
CALM = Facts(danger=False, child=False, lives_with=False, sexual=False)


def with_yes(*names: str) -> dict[str, str]:
    return ALL_NO | dict.fromkeys(names, "yes")


def test_eight_clear_no_suggest_the_lowest_level():
    assert suggest(ALL_NO, CALM) is Level.RENDAH


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("answer", ["unknown", "", None, ["no"], 7])
def test_not_knowing_never_lowers(name, answer):
    assert suggest({**ALL_NO, name: answer}, CALM) is Level.SEDANG


def test_not_knowing_what_it_is_about_never_lowers():
    assert suggest(ALL_NO, Facts(child=False, lives_with=False)) is Level.SEDANG
    assert suggest({}, Facts()) is Level.SEDANG


@pytest.mark.parametrize("name", ["weapon", "kill", "choked"])
def test_a_weapon_a_death_threat_or_choking_alone_is_high(name):
    assert suggest(with_yes(name), CALM) is Level.TINGGI


def test_one_or_two_other_yes_are_medium_and_three_are_high():
    assert suggest(with_yes("worse"), CALM) is Level.SEDANG
    assert suggest(with_yes("worse", "near"), CALM) is Level.SEDANG
    assert suggest(with_yes("worse", "near", "controls"), CALM) is Level.TINGGI


@pytest.mark.parametrize(
    ("answers", "facts"),
    [
        (ALL_NO, Facts(danger=True)),
        (ALL_NO | {"choked": "recent"}, CALM),
        (ALL_NO | {"threats": "plan"}, CALM),
    ],
)
def test_danger_now_recent_choking_or_a_plan_is_an_emergency(answers, facts):
    assert suggest(answers, facts) is Level.DARURAT


@pytest.mark.parametrize(
    "facts",
    [
        Facts(child=True, sexual=True, since=timedelta(days=900)),
        Facts(child=True, lives_with=True, sexual=False),
        Facts(sexual=True),
        Facts(sexual=True, since=timedelta(hours=119)),
    ],
)
def test_sexual_violence_against_a_child_or_just_now_is_at_least_high(facts):
    assert suggest(ALL_NO, facts) is Level.TINGGI


def test_long_past_sexual_violence_is_weighed_by_the_answers():
    assert suggest(ALL_NO, Facts(sexual=True, since=timedelta(hours=121))) is Level.SEDANG


@pytest.mark.parametrize("known", QUESTIONS)
def test_one_more_yes_never_lowers(known):
    ranks = [suggest(ALL_NO | {known: said}, CALM).rank for said in ("no", "unknown", "yes")]
    assert ranks == sorted(ranks, reverse=True)


def test_a_day_without_an_hour_may_have_been_its_last_minute():
    day = datetime(2026, 11, 17, tzinfo=clock.JAKARTA)
    with time_machine.travel(datetime(2026, 11, 22, 15, tzinfo=UTC), tick=False):
        assert instrument.since(day) < instrument.SEXUAL_WINDOW, "118 hours since that midnight"
        assert instrument.since(clock.now()) == timedelta()
    assert instrument.since(None) is None
