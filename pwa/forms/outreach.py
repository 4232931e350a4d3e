"""What staff type about a planned contact: how she agreed, when it is due, how it went, why it ends."""

import wtforms
from wtforms.fields.choices import SelectChoice as Option
from wtforms.validators import DataRequired, InputRequired

from pwa import words
from pwa.forms.base import OneOf, PastDay, at_most
from pwa.forms.office import REASON_LENGTH, ComingDay, OfficeForm
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l
from pwa.outreach import FURTHEST, Agreement

_CHOOSE = _l("Choose an answer.")


class PlanForm(OfficeForm):
    part = "sapaan"

    who = OneOf(
        _l("With whom?"),
        choices=[Option("teller", _l("The one who told us")), Option("her_", _l("The person it is about"))],
        default="teller",
    )
    agreement = OneOf(
        _l("How did the person agree?"),
        [InputRequired(_CHOOSE)],
        choices=[Option(each.value, words.AGREEMENTS[each]) for each in Agreement],
    )
    agreed_on = PastDay(_l("When did the person agree?"), [InputRequired(_l("Choose a day."))])
    day = ComingDay(_l("On which day?"), [InputRequired(_l("Choose a day."))], furthest=FURTHEST)
    purpose = wtforms.TextAreaField(_l("What for?"), [at_most(REASON_LENGTH)])

    @property
    def whom(self) -> str:
        return "her_" if self.who.data == "her_" else ""


class OutreachTryForm(OfficeForm):
    """Goes on at a day, or ends with a reason; one of the two, so that nobody is quietly forgotten."""

    part = "upaya"

    reached = OneOf(
        _l("How did it go?"),
        [InputRequired(_CHOOSE)],
        choices=[Option("yes", _l("Reached")), Option("no", _l("Not reached"))],
    )
    note = wtforms.TextAreaField(_l("Note for colleagues"), [at_most(REASON_LENGTH)])
    day = ComingDay(_l("Again on"), furthest=FURTHEST)
    ending = wtforms.TextAreaField(_l("Or why it ends here"), [at_most(REASON_LENGTH)])

    def validate_ending(self, field: wtforms.Field) -> None:
        if self.day.errors:
            return
        if self.day.data is None and not (field.data or "").strip():
            raise wtforms.ValidationError(gettext("Choose the next day, or say why it ends."))
        if self.day.data and (field.data or "").strip():
            raise wtforms.ValidationError(gettext("Either a next day or an end, not both."))


class EndForm(OfficeForm):
    part = "akhir"

    reason = wtforms.TextAreaField(
        _l("Reason"), [DataRequired(_l("Say why in a few words.")), at_most(REASON_LENGTH)]
    )
