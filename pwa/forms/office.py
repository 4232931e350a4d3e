"""What staff type about a report: how grave, what to answer, what was tried, where it goes next.

Several of these stand on one page, so each has a part of its own that keeps their names apart.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import wtforms
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice as Option
from wtforms.validators import DataRequired, InputRequired

from pwa import clock, instrument, words
from pwa.answers import Sort
from pwa.forms.base import Form, OneOf, PastDay, at_most
from pwa.handling import CloseReason
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l
from pwa.levels import Level

ANSWER_LENGTH = 2_000
REASON_LENGTH = 500
WAIT_DAYS = 30
OPENING_HOUR = 8

_CHOOSE = _l("Choose an answer.")
_YES_NO = [Option("yes", _l("Yes")), Option("no", _l("No")), Option("unknown", _l("Not known"))]
_ASKED = [Option("", _l("Not asked yet")), *_YES_NO]
_SHARPER = {
    "choked": Option("recent", _l("Yes, within 72 hours")),
    "threats": Option("plan", _l("Yes, with a plan")),
}


class OfficeForm(Form):
    """Survives the 303 after a failed validation, exactly as it was typed."""

    part = ""

    def __init__(self, typed: Mapping | None = None, **known: object) -> None:
        super().__init__(typed, prefix=self.part, data=known)

    @property
    def to_keep(self) -> dict[str, object]:
        typed = {field.name: field.raw_data or [] for field in self}
        errors = {field.short_name: [str(each) for each in field.errors] for field in self if field.errors}
        return {"part": self.part, "typed": typed, "errors": errors}

    def restore(self, kept: Mapping[str, object]) -> "OfficeForm":
        """This form as it was typed, if it is the one that was kept."""
        if kept.get("part") != self.part:
            return self
        form = type(self)(MultiDict(kept["typed"]))
        for name, errors in kept["errors"].items():
            form[name].errors = errors
        return form


def _reason() -> wtforms.TextAreaField:
    return wtforms.TextAreaField(
        _l("Reason"), [DataRequired(_l("Say why in a few words.")), at_most(REASON_LENGTH)]
    )


def _question(name: str) -> OneOf:
    yes, *rest = _YES_NO
    sharper = [_SHARPER[name]] if name in _SHARPER else []
    return OneOf(
        words.QUESTIONS[name], choices=[Option("", _l("Not asked yet")), *sharper, yes, *rest], default=""
    )


class WeighForm(OfficeForm):
    """Without a level it only asks for the suggestion."""

    part = "triase"

    worse = _question("worse")
    weapon = _question("weapon")
    kill = _question("kill")
    choked = _question("choked")
    controls = _question("controls")
    pregnant_or_child = _question("pregnant_or_child")
    near = _question("near")
    threats = _question("threats")
    about_sexual = OneOf(_l("Is it about sexual violence?"), choices=_ASKED, default="")
    date = PastDay(_l("The day it happened, if known"))
    level = OneOf(
        _l("Level"),
        choices=lambda: (
            [Option("", gettext("Show me the suggestion first"))]
            + [Option(level.value, f"{words.SHAPES[level]} {words.LEVELS[level]}") for level in Level]
        ),
        default="",
    )
    reason = wtforms.TextAreaField(_l("Reason, when you set it lower"), [at_most(REASON_LENGTH)])

    @property
    def questions(self) -> list[wtforms.Field]:
        return [self[name] for name in instrument.QUESTIONS]

    @property
    def answers(self) -> dict[str, str]:
        return {name: self[name].data for name in (*instrument.QUESTIONS, "about_sexual") if self[name].data}

    def refuse_reason(self) -> None:
        self.reason.errors = [gettext("Lower than the suggestion: say why.")]


class AnswerForm(OfficeForm):
    part = "jawaban"

    sort = OneOf(
        _l("What is it?"),
        [InputRequired(_CHOOSE)],
        choices=[
            Option(Sort.REPLY.value, _l("An answer")),
            Option(Sort.NEXT_STEP.value, _l("The next step")),
            Option(Sort.GET_IN_TOUCH.value, _l("Please get in touch")),
        ],
        default=Sort.REPLY.value,
    )
    text = wtforms.TextAreaField(_l("What the person will read"), [at_most(ANSWER_LENGTH)])

    def validate_text(self, field: wtforms.Field) -> None:
        if self.sort.data != Sort.GET_IN_TOUCH and not field.data:
            raise wtforms.ValidationError(gettext("Write what the person should read."))


class TryForm(OfficeForm):
    part = "upaya"

    who = OneOf(_l("Whom"), choices=[Option("", ""), Option("her_", "")], default="")
    reached = OneOf(
        _l("How did it go?"),
        [InputRequired(_CHOOSE)],
        choices=[Option("yes", _l("Reached")), Option("no", _l("Not reached"))],
    )
    note = wtforms.TextAreaField(_l("Note for colleagues"), [at_most(REASON_LENGTH)])


class ComingDay(wtforms.DateField):
    """A day from tomorrow on, and not so far that she is forgotten."""

    def __init__(self, label: str, validators=(), *, furthest: int = WAIT_DAYS, **more: object) -> None:
        super().__init__(label, validators, **more)
        self.furthest = furthest

    @property
    def bounds(self) -> tuple[str, str]:
        return tuple((clock.today() + timedelta(days=days)).isoformat() for days in (1, self.furthest))

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        with suppress(ValueError):
            self.data = date.fromisoformat(valuelist[0].strip())
        if self.data is None or not 0 < (self.data - clock.today()).days <= self.furthest:
            raise ValueError(
                gettext("A day from tomorrow to %(num)d days from now.") % {"num": self.furthest}
            )


class WaitForm(OfficeForm):
    part = "tunggu"

    until = ComingDay(_l("Look again on"), [InputRequired(_l("Choose a day."))])

    @property
    def moment(self) -> datetime:
        """The office's opening hour of that day."""
        return datetime.combine(self.until.data, time(OPENING_HOUR), clock.JAKARTA)


class HandOverForm(OfficeForm):
    part = "limpahan"
    reason = _reason()


class SpamForm(OfficeForm):
    part = "spam"
    reason = _reason()


class EndNumberForm(OfficeForm):
    part = "nomor-mati"
    reason = _reason()


class MergeForm(OfficeForm):
    part = "gabungan"

    into = wtforms.StringField(_l("Which report is it the same as?"), [InputRequired(_l("Choose a report."))])
    reason = _reason()


class CloseForm(OfficeForm):
    part = "penutupan"

    why = OneOf(
        _l("Why is it closed?"),
        [InputRequired(_CHOOSE)],
        choices=lambda: (
            [Option("", gettext("Choose"))]
            + [Option(why.value, words.CLOSE_REASONS[why]) for why in CloseReason]
        ),
    )
    reason = _reason()
