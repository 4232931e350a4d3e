"""What staff write about a visit that is over, and what comes next."""

import wtforms
from wtforms.fields.choices import SelectChoice as Option
from wtforms.validators import InputRequired

from pwa.forms.base import OneOf, at_most
from pwa.forms.office import REASON_LENGTH, OfficeForm
from pwa.forms.visits import NearDay, near_days
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l
from pwa.outcomes import Ending, Next

AGREED_LENGTH, NOTES_LENGTH = 2_000, 4_000


class NotesForm(OfficeForm):
    """What was written about a visit."""

    part = "catatan"

    agreed = wtforms.TextAreaField(_l("What was agreed"), [at_most(AGREED_LENGTH)])
    notes = wtforms.TextAreaField(_l("Notes, for the office only"), [at_most(NOTES_LENGTH)])


class EndForm(NotesForm):
    """How a visit ended: nothing ends without a reason, and nothing goes on without a day and, for a visit, a goal."""

    part = "lanjutan"

    met = OneOf(
        _l("Did you meet?"),
        choices=[Option("yes", _l("Yes")), Option("no", _l("Not met yet"))],
        default="yes",
    )
    next = OneOf(
        _l("What comes next?"),
        [InputRequired(_l("Choose an answer."))],
        choices=lambda: [Option("", _l("Choose one")), *(Option(each.value, each.label) for each in Next)],
        default="",
    )
    day = NearDay(_l("On which day"))
    words = wtforms.TextAreaField(
        _l("The goal of the next one, or the reason to end"), [at_most(REASON_LENGTH)]
    )

    def validate_day(self, field: wtforms.Field) -> None:
        if self.next.data not in ("", Next.NONE) and field.data is None and not field.errors:
            raise wtforms.ValidationError(gettext("Choose a date."))

    def validate_words(self, field: wtforms.Field) -> None:
        if self.next.data in (Next.VISIT, Next.NONE) and not (field.data or "").strip():
            raise wtforms.ValidationError(gettext("Say why in a few words."))

    @property
    def ending(self) -> Ending:
        return Ending(
            Next(self.next.data), self.day.data, self.words.data or "", self.agreed.data or "", self.notes.data or "",
            met=self.met.data != "no",
        )  # fmt: skip

    @property
    def bounds(self) -> tuple[str, str]:
        return near_days()
