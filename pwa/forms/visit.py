"""The form that asks for a visit: everything may be skipped, and one answer is already a request."""

from datetime import date, timedelta

import wtforms
from wtforms.fields.choices import SelectChoice as Option

from pwa import clock
from pwa.forms.base import AnyOf, Form, OneOf, Phone, at_most
from pwa.forms.story import areas, days, listed, ticked, yes_no_or_skip
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l

FARTHEST = timedelta(days=60)
HOURS = [f"{hour:02}:{minute:02}" for hour in range(7, 20) for minute in (0, 30)]


class VisitForm(Form):
    """For herself or himself."""

    variant = "visit"

    danger = OneOf(_l("Is somebody hurt or threatened right now?"), choices=yes_no_or_skip)
    meeting = OneOf(_l("Where should we meet?"), choices=listed("meeting"))
    area = OneOf(_l("Where, roughly?"), choices=areas)
    address = wtforms.StringField(_l("Address, or a landmark"), [at_most(200)])
    days = AnyOf(_l("Safe days"), choices=days)
    hours = AnyOf(_l("Safe hours"), choices=ticked("hours"))
    unnoticed = wtforms.StringField(_l("Who must not notice it?"), [at_most(120)])
    counsellor_sex = OneOf(_l("Who should come?"), choices=listed("counsellor-sex"))
    tongue = OneOf(_l("Language to talk in"), choices=listed("tongue"))
    quiet = AnyOf(_l("How should staff come?"), choices=ticked("quiet"))
    staff_as = wtforms.StringField(_l("If people ask, what should staff say?"), [at_most(200)])
    at_door = wtforms.StringField(_l("What should staff say at the door?"), [at_most(200)])
    support = AnyOf(_l("Do you need special support (disability)?"), choices=ticked("support"))
    returns = OneOf(
        _l("Does the one who did it live there, or could come within 2 hours?"), choices=yes_no_or_skip
    )
    weapons = OneOf(_l("Is there a weapon or a fierce dog?"), choices=yes_no_or_skip)
    reachable = OneOf(_l("Can a car get there, and is there a signal?"), choices=yes_no_or_skip)
    unnoticed_risk = OneOf(_l("Would it be dangerous if somebody noticed?"), choices=yes_no_or_skip)
    two = OneOf(_l("Is it better if two people come?"), choices=yes_no_or_skip)
    plain = OneOf(_l("Is a story agreed for people who ask?"), choices=yes_no_or_skip)
    story = wtforms.TextAreaField(_l("What else should staff know?"), [at_most(2_000)])
    name = wtforms.StringField(_l("What should we call you?"), [at_most(80)])
    way = OneOf(_l("Safe way to reach you"), choices=listed("way"))
    number = Phone(_l("Phone number"), [at_most(40)])
    website = wtforms.StringField(_l("Leave this empty"))  # only a robot sees it; it marks, it never refuses

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if not self.given:
            self.form_errors.append(gettext("Nothing is filled in yet. One answer is enough."))
            return False
        return valid


class VisitForHerForm(VisitForm):
    """Somebody asks for somebody else, whose own safe hours count."""

    variant = "visit-proxy"

    relation = wtforms.StringField(_l("How do you know the person?"), [at_most(80)])
    knows = OneOf(_l("Does the person know that you are telling us?"), choices=yes_no_or_skip)
    her_name = wtforms.StringField(_l("What should staff call the person?"), [at_most(80)])
    her_way = OneOf(_l("Safe way to reach the person"), choices=listed("her-way"))
    her_number = Phone(_l("Phone number of the person"), [at_most(40)])


class ReplyForm(Form):
    """What she answers about one visit; the button she presses is `said`."""

    visit = wtforms.StringField()
    about = wtforms.StringField()
    said = wtforms.StringField()
    day = wtforms.StringField(_l("Which day suits better?"))
    hour = OneOf(
        _l("From what time?"), choices=lambda: [Option(each, each.replace(":", ".")) for each in HOURS]
    )

    def validate_day(self, field: wtforms.Field) -> None:
        if self.said.data != "move":
            return
        if not _is_near(field.data):
            raise wtforms.ValidationError(gettext("Choose a day from tomorrow on, within 60 days."))


def days_ahead() -> list[date]:
    """Which she may choose from."""
    return [clock.today() + timedelta(days=number) for number in range(1, FARTHEST.days + 1)]


def _is_near(typed: str | None) -> bool:
    try:
        return date.fromisoformat(typed or "") in days_ahead()
    except ValueError:
        return False
