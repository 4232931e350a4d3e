"""What is typed on the way: a sign with how much longer, why an alarm is over, the word for the worst case."""

import wtforms
from wtforms.fields.choices import SelectChoice as Option
from wtforms.validators import DataRequired, InputRequired

from pwa.checkpoints import EXTENSIONS, LONGEST_WORD, Kind
from pwa.forms.account import StaffForm
from pwa.forms.base import OneOf, at_most
from pwa.i18n import lazy_gettext as _l
from pwa.i18n import ngettext


def _minutes(number: int) -> str:
    return ngettext("%(num)d minute", "%(num)d minutes", number) % {"num": number}


class SignForm(StaffForm):
    """One sign, given where there is signal."""

    id = wtforms.StringField(validators=[at_most(36)])
    kind = OneOf(validators=[InputRequired()], choices=[Option(kind.value, kind.value) for kind in Kind])
    minutes = OneOf(
        _l("How much longer"),
        choices=lambda: [Option(str(number), _minutes(number)) for number in EXTENSIONS],
        default=str(EXTENSIONS[1]),
    )
    word = wtforms.StringField(_l("Word"), [at_most(LONGEST_WORD)])

    @property
    def longer(self) -> int:
        return int(self.minutes.data or EXTENSIONS[1])


class ClearForm(StaffForm):
    reason = wtforms.TextAreaField(
        _l("How do you know that it is over?"), [DataRequired(_l("Say why in a few words.")), at_most(500)]
    )


class WordForm(StaffForm):
    word = wtforms.StringField(_l("My word"), [at_most(LONGEST_WORD)])
