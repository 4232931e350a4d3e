"""Eight short questions that suggest how soon somebody must act. An aid: a person sets the level.

Modelled on the Danger Assessment 5 with local additions; not validated in Indonesia, and the screen says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pwa import clock
from pwa.levels import Level

QUESTIONS = ("worse", "weapon", "kill", "choked", "controls", "pregnant_or_child", "near", "threats")
_YES = ("yes", "recent", "plan")
_HIGH = ("weapon", "kill", "choked")
SEXUAL_WINDOW = timedelta(hours=120)


@dataclass(frozen=True)
class Facts:
    """What the level also depends on; `None` is "nobody knows" and never lowers anything."""

    danger: bool = False
    child: bool | None = None
    lives_with: bool | None = None
    sexual: bool | None = None
    since: timedelta | None = None


def since(happened_on: datetime | None) -> timedelta | None:
    """The least time that can have passed: a day without an hour may have been its last minute."""
    if happened_on is None:
        return None
    return max(clock.now() - happened_on - timedelta(days=1), timedelta())


def suggest(answers: Mapping[str, object], facts: Facts) -> Level:
    """`answers` by question: yes, no, unknown; choked also `recent` (72 hours), threats also `plan`."""
    yes = [name for name in QUESTIONS if answers.get(name) in _YES]
    if facts.danger or answers.get("choked") == "recent" or answers.get("threats") == "plan":
        return Level.DARURAT
    if len(yes) >= 3 or any(name in yes for name in _HIGH) or _always_high(facts):
        return Level.TINGGI
    if facts.sexual is False and all(answers.get(name) == "no" for name in QUESTIONS):
        return Level.RENDAH
    return Level.SEDANG


def _always_high(facts: Facts) -> bool:
    if facts.child and (facts.sexual or facts.lives_with):
        return True
    return bool(facts.sexual) and (facts.since is None or facts.since < SEXUAL_WINDOW)
