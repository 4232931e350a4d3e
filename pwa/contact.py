"""How she may be reached, as she said it: the way, the days, the hours, and what to say when somebody else answers.

The staff's screens ask here before they show anything that could be dialled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pwa import clock

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = {"morning": (6, 11), "midday": (11, 15), "afternoon": (15, 18), "night": (18, 22)}
REACHED_BY_NUMBER = ("phone", "whatsapp", "sms", "person")


class Refusal(StrEnum):
    NEVER = "never"
    HERE_ONLY = "here-only"
    UNKNOWN_TO_HER = "unknown-to-her"
    NO_NUMBER = "no-number"
    OUTSIDE_WINDOW = "outside-window"


@dataclass(frozen=True)
class SafeContact:
    """`days` and `hours` empty means: at any of the hours we ask about, on any day."""

    way: str
    number: str
    days: frozenset[str]
    hours: frozenset[str]
    stranger_answers: str
    cover: str
    code_word: str
    may_know: bool = True

    @classmethod
    def of(cls, told: Mapping[str, object], who: str = "") -> "SafeContact":
        """`who` is "" for the person who writes and "her_" for the one a neighbour writes about."""

        def text(name: str) -> str:
            return str(told.get(who + name) or "")

        def several(name: str, known: object) -> frozenset[str]:
            return frozenset(told.get(who + name) or ()) & frozenset(known)

        return cls(
            way=text("way") or "here", number=text("number"), days=several("days", DAYS),
            hours=several("hours", HOURS), stranger_answers=text("stranger_answers"), cover=text("cover"),
            code_word=text("code_word"), may_know=who != "her_" or told.get("knows") == "yes",
        )  # fmt: skip

    def refusal(self, at: datetime) -> Refusal | None:
        """Why nobody may call at this moment; `None` when they may."""
        if not self.may_know:
            return Refusal.UNKNOWN_TO_HER
        if self.way == "never":
            return Refusal.NEVER
        if self.way not in REACHED_BY_NUMBER:
            return Refusal.HERE_ONLY
        if not self.number:
            return Refusal.NO_NUMBER
        return None if self._in_window(at) else Refusal.OUTSIDE_WINDOW

    def day_mask(self) -> int:
        return sum(1 << at for at, day in enumerate(DAYS) if day in self.days)

    def hour_mask(self) -> int:
        return sum(1 << at for at, hour in enumerate(HOURS) if hour in self.hours)

    def _in_window(self, at: datetime) -> bool:
        local = at.astimezone(clock.JAKARTA)
        if self.days and DAYS[local.weekday()] not in self.days:
            return False
        return any(HOURS[name][0] <= local.hour < HOURS[name][1] for name in self.hours or HOURS)
