"""What is typed on the way: a sign with how much longer, how a visit ended, why an alarm is over."""

from datetime import date, datetime, timedelta

import wtforms
from wtforms.fields.choices import SelectChoice as Option
from wtforms.validators import DataRequired, InputRequired

from pwa import clock
from pwa.checkpoints import EXTENSIONS, Kind
from pwa.forms.account import StaffForm
from pwa.forms.base import OneOf, at_most
from pwa.forms.hours import Day
from pwa.i18n import lazy_gettext as _l
from pwa.i18n import ngettext
from pwa.outcomes import Next

_OLDEST = timedelta(days=7)


def _minutes(number: int) -> str:
    return ngettext("%(num)d minute", "%(num)d minutes", number) % {"num": number}


class SignForm(StaffForm):
    """One sign; `at` is milliseconds since 1970 as the phone counts them, for one that waited there."""

    id = wtforms.StringField(validators=[at_most(36)])
    kind = OneOf(validators=[InputRequired()], choices=[Option(kind.value, kind.value) for kind in Kind])
    at = wtforms.StringField(validators=[at_most(16)])
    minutes = OneOf(
        _l("How much longer"),
        choices=lambda: [Option(str(number), _minutes(number)) for number in EXTENSIONS],
        default=str(EXTENSIONS[1]),
    )
    word = wtforms.StringField(_l("Word"), [at_most(60)])

    @property
    def happened_at(self) -> datetime:
        """A phone that does not know the time says now."""
        text, now = self.at.data or "", clock.now()
        if not (text.isascii() and text.isdigit()):
            return now
        at = datetime.fromtimestamp(int(text[:14]) / 1000, now.tzinfo) if int(text[:14]) < 4e12 else now
        return at if now - _OLDEST < at < now else now

    @property
    def longer(self) -> int:
        return int(self.minutes.data or EXTENSIONS[1])


class OutcomeForm(StaffForm):
    agreed = wtforms.TextAreaField(_l("What was agreed"), [at_most(2_000)])
    notes = wtforms.TextAreaField(_l("Notes, for the office only"), [at_most(4_000)])
    next = OneOf(
        _l("Next step"),
        [InputRequired(_l("Choose an answer from the list."))],
        choices=lambda: [Option("", _l("Choose one")), *(Option(each.value, each.label) for each in Next)],
        default="",
    )
    on = Day(_l("On which day"))
    reason = wtforms.StringField(_l("If nothing more: why"), [at_most(500)])

    @property
    def day(self) -> date | None:
        return self.on.date


class ClearForm(StaffForm):
    reason = wtforms.TextAreaField(
        _l("How do you know that it is over?"), [DataRequired(_l("Say why in a few words.")), at_most(500)]
    )


class WordForm(StaffForm):
    word = wtforms.StringField(_l("My word"), [at_most(60)])
