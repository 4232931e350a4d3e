"""How she may be reached, as she said it: the way, the days, the hours, and what to say to somebody else.

The staff's screens ask here before they show anything that could be dialled.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from pwa import clock

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = {"morning": (6, 11), "midday": (11, 15), "afternoon": (15, 18), "night": (18, 22)}
REACHED_BY_NUMBER = ("phone", "whatsapp", "sms", "person")
FOR_ANOTHER = (
    "proxy",
    "visit-proxy",
    "kader",
    "kader-visit",
)  # the forms in which somebody writes about somebody else
_NOT_UNDERSTOOD = "?"
_NEVER = 1 << 7  # a day and an hour that do not exist
_DIALLED = re.compile(r"(?:\+?62|0)(\d{6,14})", re.ASCII)


class Refusal(StrEnum):
    NEVER = "never"
    HERE_ONLY = "here-only"
    UNKNOWN_TO_HER = "unknown-to-her"
    NO_NUMBER = "no-number"
    OUTSIDE_WINDOW = "outside-window"
    WRITTEN_LONG_AGO = "written-long-ago"


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
    still_holds: bool = True

    @classmethod
    def of(cls, told: Mapping[str, object], who: str = "", *, still_holds: bool = True) -> "SafeContact":
        """`who` is "" for the person who writes and "her_" for the one a neighbour writes about."""

        def text(name: str) -> str:
            value = told.get(who + name)
            return str(value) if isinstance(value, str | int) else ""

        def several(name: str, known: object) -> frozenset[str]:
            """What was chosen but means nothing to us must not read as "any time"."""
            value = told.get(who + name)
            chosen = frozenset(each for each in known if isinstance(value, list) and each in value)
            return chosen or frozenset({_NOT_UNDERSTOOD} if value else ())

        return cls(
            way=text("way") or "here", number=text("number"), days=several("days", DAYS),
            hours=several("hours", HOURS), stranger_answers=text("stranger_answers"), cover=text("cover"),
            code_word=text("code_word"), may_know=who != "her_" or told.get("knows") == "yes",
            still_holds=still_holds,
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
        if not self.still_holds:
            return Refusal.WRITTEN_LONG_AGO
        return None if self.is_open(at) else Refusal.OUTSIDE_WINDOW

    @property
    def may_be_called(self) -> bool:
        """At some hour, whether now or not."""
        return self.refusal(clock.now()) in (None, Refusal.OUTSIDE_WINDOW)

    def opens_next(self, after: datetime) -> datetime | None:
        """When her next safe hours begin; `None` where no hour would make it safe."""
        if self.refusal(after) is not Refusal.OUTSIDE_WINDOW:
            return None
        starts = (start for start, _ in self._windows_from(after) if start > after)
        return next(starts, None)

    def opens_on(self, day: date) -> datetime | None:
        """When her safe hours begin on this day; `None` when none of them are."""
        morning = datetime.combine(day, time(), clock.JAKARTA)
        start, _ = next(self._windows_from(morning), (None, None))
        return start if start and start.date() == day else None

    def open_until(self, at: datetime) -> datetime | None:
        """When the safe hours end that are running now."""
        until = None
        for start, end in self._windows_from(at):
            if start == until or start <= at < end:
                until = end
            elif until:
                break
        return until

    @property
    def href(self) -> str:
        """What the link on the number opens; empty for what nobody can dial."""
        dialled = _DIALLED.fullmatch(re.sub(r"[\s().-]", "", self.number))
        if dialled is None:
            return ""
        heads = {"whatsapp": "https://wa.me/62", "sms": "sms:+62"}
        return heads.get(self.way, "tel:+62") + dialled[1]

    def day_mask(self) -> int:
        return sum(1 << at for at, day in enumerate(DAYS) if day in self.days)

    def hour_mask(self) -> int:
        return sum(1 << at for at, hour in enumerate(HOURS) if hour in self.hours)

    def is_open(self, at: datetime) -> bool:
        """Whether this moment lies in the safe hours, by whichever way she may be reached."""
        return self.open_until(at) is not None

    def _windows_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Her safe hours of the day of `at` and of the week that follows, in their order."""
        today = at.astimezone(clock.JAKARTA).date()
        for day in (today + timedelta(days=ahead) for ahead in range(8)):
            if self.days and DAYS[day.weekday()] not in self.days:
                continue
            for name in (name for name in HOURS if not self.hours or name in self.hours):
                start, end = (datetime.combine(day, time(hour), clock.JAKARTA) for hour in HOURS[name])
                yield start, end


def ways(told: Mapping[str, object], *, still_holds: bool = True) -> list[tuple[str, SafeContact]]:
    """Who may be reached: the one who wrote and, where somebody wrote for her, she herself."""
    variant = told.get("variant")
    whose = ("", "her_") if variant in FOR_ANOTHER else ("",)
    if variant in ("visit-proxy", "kader-visit"):  # there is one question for hours, and they are hers
        told = {**told, "her_days": told.get("days"), "her_hours": told.get("hours")}
    return [(who, SafeContact.of(told, who, still_holds=still_holds)) for who in whose]


def masks(contact: SafeContact) -> tuple[int, int]:
    """Her safe days and hours as two numbers that `windows` reads; what meant nothing to us stays "never"."""
    days, hours = contact.day_mask(), contact.hour_mask()
    return days or _NEVER * bool(contact.days), hours or _NEVER * bool(contact.hours)


def windows(day_mask: int, hour_mask: int) -> SafeContact:
    """Her safe hours, and nothing of how to reach her."""

    def chosen(names: Iterable[str], mask: int) -> frozenset[str]:
        some = frozenset(name for at, name in enumerate(names) if mask >> at & 1)
        return some or frozenset({_NOT_UNDERSTOOD} if mask else ())

    return SafeContact("here", "", chosen(DAYS, day_mask), chosen(HOURS, hour_mask), "", "", "")
