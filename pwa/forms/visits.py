"""What staff type about a visit: a time and who goes, why not, how risky the place is."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import wtforms
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice as Option
from wtforms.validators import DataRequired, InputRequired

from pwa import clock, rechecks, words
from pwa.appointments import Crew, Slot
from pwa.counsellors import Counsellor
from pwa.forms.base import OneOf, at_most
from pwa.forms.office import ANSWER_LENGTH, REASON_LENGTH, OfficeForm
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l
from pwa.levels import Level
from pwa.resources import Kind, Resource
from pwa.visits import Visit

FARTHEST_DAYS = 60
STARTS = [f"{hour:02}:{minute:02}" for hour in range(6, 21) for minute in (0, 15, 30, 45)]
LENGTHS = (30, 45, 60, 90, 120, 180)
_CHOOSE = _l("Choose an answer.")


class NearDay(wtforms.DateField):
    """Today or one of the next sixty days."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            day = date.fromisoformat(valuelist[0].strip())
        except ValueError:
            raise ValueError(gettext("The date does not look right.")) from None
        if not 0 <= (day - clock.today()).days <= FARTHEST_DAYS:
            raise ValueError(gettext("A day from today to %(num)d days from now.") % {"num": FARTHEST_DAYS})
        self.data = day


class TimeForm(OfficeForm):
    """A day, an hour and how long."""

    day = NearDay(_l("Day"), [InputRequired(_l("Choose a day."))])
    start = OneOf(
        _l("From"),
        [InputRequired(_CHOOSE)],
        choices=[Option(each, each.replace(":", ".")) for each in STARTS],
    )
    length = OneOf(
        _l("How long"), [InputRequired(_CHOOSE)], default="60",
        choices=lambda: [Option(str(each), gettext("%(num)d minutes") % {"num": each}) for each in LENGTHS],
    )  # fmt: skip

    @property
    def slot(self) -> Slot:
        start = datetime.combine(self.day.data, time.fromisoformat(self.start.data), clock.JAKARTA)
        return Slot(start, start + self.lasts)

    @property
    def lasts(self) -> timedelta:
        return timedelta(minutes=int(self.length.data))

    @property
    def bounds(self) -> tuple[str, str]:
        return near_days()


class OfferForm(TimeForm):
    part = "tawaran"

    counsellor = OneOf(_l("Who goes"), [InputRequired(_l("Choose who goes."))], choices=[])
    partner = OneOf(_l("Second person"), choices=[])
    vehicle = OneOf(_l("Vehicle"), choices=[])
    room = OneOf(_l("Room"), choices=[])

    @classmethod
    def asked(cls, typed: MultiDict, visit: Visit, people: Sequence[Counsellor]) -> "OfferForm":
        """As somebody asks for free times; at first with who has taken the visit, and her usual second person."""
        if f"{cls.part}-counsellor" in typed:
            return cls(typed)
        goes = next((each for each in people if each.id == visit.counsellor_id), None)
        second = visit.partner_id or (goes and goes.partner_id)
        return cls(counsellor=str(goes.id) if goes else "", partner=str(second) if second else "")

    def offering(
        self, people: Sequence[Counsellor], things: Iterable[Resource], *, wish: Visit
    ) -> "OfferForm":
        """This form with the people and things there are to choose from; whom this person wished for is marked."""
        choices = [_none(), *(Option(str(each.id), _name(each, wish)) for each in people)]
        self.counsellor.choices, self.partner.choices = choices, list(choices)
        for field, kind in ((self.vehicle, Kind.VEHICLE), (self.room, Kind.ROOM)):
            field.choices = [
                _none(),
                *(Option(str(each.id), each.name) for each in things if each.kind is kind),
            ]
        return self

    @property
    def crew(self) -> Crew:
        chosen = (
            UUID(field.data) if field.data else None for field in (self.partner, self.vehicle, self.room)
        )
        return Crew(UUID(self.counsellor.data), *chosen)

    @property
    def names_a_crew(self) -> bool:
        """Whether enough was chosen, of what there is, to look for a time."""
        fields = (self.counsellor, self.partner, self.vehicle, self.room, self.length)
        there = all(
            not each.data or each.data in {choice[0] for choice in each.iter_choices()} for each in fields
        )
        return there and bool(self.counsellor.data and self.length.data)


class MoveForm(TimeForm):
    part = "usul"

    reason = wtforms.TextAreaField(
        _l("Reason"), [DataRequired(_l("Say why in a few words.")), at_most(REASON_LENGTH)]
    )


class DeclineForm(OfficeForm):
    part = "penolakan"

    instead = wtforms.TextAreaField(
        _l("Which other help is offered? The person reads this."),
        [DataRequired(_l("Write what the person should read.")), at_most(ANSWER_LENGTH)],
    )
    reason = wtforms.TextAreaField(
        _l("Reason, for the office only"),
        [DataRequired(_l("Say why in a few words.")), at_most(REASON_LENGTH)],
    )


class CancelForm(DeclineForm):
    part = "pembatalan"

    instead = wtforms.TextAreaField(
        _l("What should the person read?"),
        [DataRequired(_l("Write what the person should read.")), at_most(ANSWER_LENGTH)],
    )


def _asked(name: str) -> OneOf:
    yes_no = [Option("yes", _l("Yes")), Option("no", _l("No")), Option("unknown", _l("Not known"))]
    return OneOf(words.PLACE_RISKS[name], choices=[Option("", _l("Not asked yet")), *yes_no], default="")


class RecheckForm(OfficeForm):
    part = "tinjauan"

    returns = _asked("returns")
    weapons = _asked("weapons")
    reachable = _asked("reachable")
    unnoticed_risk = _asked("unnoticed_risk")
    two = _asked("two")
    plain = _asked("plain")
    level = OneOf(
        _l("Level"),
        [InputRequired(_CHOOSE)],
        choices=[Option(level.value, words.LEVELS[level]) for level in Level],
    )
    reason = wtforms.TextAreaField(_l("Reason, when you set it lower"), [at_most(REASON_LENGTH)])

    @property
    def questions(self) -> list[wtforms.Field]:
        return [self[name] for name in rechecks.QUESTIONS]

    @property
    def answers(self) -> dict[str, str]:
        return {name: self[name].data for name in rechecks.QUESTIONS if self[name].data}


class ContactForm(OfficeForm):
    part = "kontak"

    outcome = OneOf(
        _l("How did it go?"),
        [InputRequired(_CHOOSE)],
        choices=[
            Option("hers", _l("Reached, and it is this person's own wish")),
            Option("not-hers", _l("Reached, but the person did not say this")),
        ],
    )
    note = wtforms.TextAreaField(_l("Note for colleagues"), [at_most(REASON_LENGTH)])


def near_days() -> tuple[str, str]:
    today = clock.today()
    return today.isoformat(), (today + timedelta(days=FARTHEST_DAYS)).isoformat()


def _name(person: Counsellor, wish: Visit) -> str:
    wished = bool(wish.wished_sex or wish.wished_tongue)
    if wished and person.fits(sex=wish.wished_sex, tongue=wish.wished_tongue):
        return gettext("%(name)s (as this person wishes)") % {"name": person.name}
    return person.name


def _none() -> Option:
    return Option("", gettext("Nobody or nothing"))
