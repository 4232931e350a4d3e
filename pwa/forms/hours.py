"""What is typed about working hours: a week of times, one time away, a holiday, who somebody is."""

import re
from collections.abc import Iterator
from datetime import date, datetime

import wtforms
from wtforms.fields.choices import SelectChoice as Option
from wtforms.validators import DataRequired, InputRequired, ValidationError

from pwa.counsellors import Sex, Tongue
from pwa.forms.account import StaffForm
from pwa.forms.base import AnyOf, OneOf, at_most
from pwa.hours import Span, Stretch, at
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l

WEEKDAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday")
)  # fmt: skip
STRETCHES_A_DAY = 2
_MIDNIGHT = 24 * 60


def day_in(text: str | None) -> date | None:
    """The day this names, if it is one that anybody could be planning for."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2020 <= day.year <= 2100 else None


class TimeOfDay(wtforms.StringField):
    """As a phone's own clock gives it, or as people here write it: 09:00, 9.00."""

    shape = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)(?::00)?", re.ASCII)

    def pre_validate(self, form):
        if self.data and (not self.shape.fullmatch(self.data) or self.minutes > _MIDNIGHT):
            raise ValidationError(gettext("A time like 09:00."))

    @property
    def minutes(self) -> int:
        hour, minute = self.shape.fullmatch(self.data).groups()
        return int(hour) * 60 + int(minute)

    @property
    def minutes_until(self) -> int:
        """Midnight, as an end, is the end of the day."""
        return self.minutes or _MIDNIGHT


class Day(wtforms.StringField):
    def pre_validate(self, form):
        if self.data and not self.date:
            raise ValidationError(gettext("The date does not look right."))

    @property
    def date(self) -> date | None:
        return day_in(self.data)


class WeekForm(StaffForm):
    """Two stretches a weekday, from and until; what stays empty is not worked."""

    def pairs(self, weekday: int) -> list[tuple[TimeOfDay, TimeOfDay]]:
        names = [f"d{weekday}_{number}" for number in range(STRETCHES_A_DAY)]
        return [(self[f"{name}_from"], self[f"{name}_until"]) for name in names]

    def validate(self, extra_validators=None) -> bool:
        super().validate(extra_validators)
        for _, begin, end in self._given():
            if begin.errors or end.errors:
                continue
            if not (begin.data and end.data):
                (end if begin.data else begin).errors = [gettext("Give both times.")]
            elif begin.minutes >= end.minutes_until:
                end.errors = [gettext("This must be later than the beginning.")]
        return not self.errors

    @property
    def stretches(self) -> list[Stretch]:
        return [Stretch(weekday, begin.minutes, end.minutes_until) for weekday, begin, end in self._given()]

    def _given(self) -> Iterator[tuple[int, TimeOfDay, TimeOfDay]]:
        for weekday in range(len(WEEKDAYS)):
            for begin, end in self.pairs(weekday):
                if begin.data or end.data:
                    yield weekday, begin, end

    @classmethod
    def showing(cls, stretches: list[Stretch]) -> "WeekForm":
        """A day of more than two stretches shows its first and its last: nobody types such a day here."""
        typed, counts = {}, dict.fromkeys(range(len(WEEKDAYS)), 0)
        for each in stretches:
            number = min(counts[each.weekday], STRETCHES_A_DAY - 1)
            counts[each.weekday] += 1
            typed[f"d{each.weekday}_{number}_from"] = _as_typed(each.start)
            typed[f"d{each.weekday}_{number}_until"] = _as_typed(each.end)
        return cls(data=typed)


for _weekday, _name in enumerate(WEEKDAYS):
    for _number in range(STRETCHES_A_DAY):
        setattr(WeekForm, f"d{_weekday}_{_number}_from", TimeOfDay(_l("%(day)s, from", day=_name)))
        setattr(WeekForm, f"d{_weekday}_{_number}_until", TimeOfDay(_l("%(day)s, until", day=_name)))


class ExemptionForm(StaffForm):
    """Whole days away, or some hours; extra hours need both times."""

    kind = OneOf(
        _l("What"),
        [InputRequired(_l("Choose an answer from the list."))],
        choices=lambda: [Option(each.value, each.label) for each in Span],
        default=Span.LEAVE.value,
    )
    first = Day(_l("First day"), [InputRequired(_l("Choose a date."))])
    last = Day(_l("Last day (empty: the same)"))
    start = TimeOfDay(_l("From (empty: the whole day)"))
    end = TimeOfDay(_l("Until"))

    def validate(self, extra_validators=None) -> bool:
        if not super().validate(extra_validators):
            return False
        if bool(self.start.data) != bool(self.end.data) or (
            self.kind.data == Span.EXTRA and not self.end.data
        ):
            (self.end if self.start.data else self.start).errors = [gettext("Give both times.")]
        elif self.until <= self.since:
            (self.end if self.end.data else self.last).errors = [
                gettext("This must be later than the beginning.")
            ]
        return not self.errors

    @property
    def since(self) -> datetime:
        return at(self.first.date, self.start.minutes if self.start.data else 0)

    @property
    def until(self) -> datetime:
        return at(self.last.date or self.first.date, self.end.minutes_until if self.end.data else _MIDNIGHT)


class HolidayForm(StaffForm):
    day = Day(_l("Date"), [InputRequired(_l("Choose a date."))])
    name = wtforms.StringField(_l("What is celebrated"), [DataRequired(_l("Type the name.")), at_most(80)])


class ProfileForm(StaffForm):
    sex = OneOf(
        _l("Woman or man"),
        choices=lambda: [Option("", _l("Not said")), *(Option(each.value, each.label) for each in Sex)],
        default="",
    )
    tongues = AnyOf(_l("Speaks"), choices=lambda: [(each.value, each.label) for each in Tongue])
    partner = OneOf(_l("Goes with, when the risk is high"), default="", validate_choice=True)

    def offer(self, partners: list[tuple[str, str]]) -> "ProfileForm":
        self.partner.choices = [("", gettext("Nobody yet")), *partners]
        return self


def _as_typed(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
