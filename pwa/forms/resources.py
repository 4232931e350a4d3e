"""What is typed about a vehicle or a room: its name, and which of the two it is."""

import wtforms
from wtforms.fields.choices import SelectChoice as Option
from wtforms.validators import DataRequired, InputRequired

from pwa.forms.account import StaffForm
from pwa.forms.base import OneOf, at_most
from pwa.i18n import lazy_gettext as _l
from pwa.resources import Kind


class RenameForm(StaffForm):
    name = wtforms.StringField(_l("Name"), [DataRequired(_l("Type the name.")), at_most(80)])


class AddForm(RenameForm):
    kind = OneOf(
        _l("Kind"),
        [InputRequired(_l("Choose an answer from the list."))],
        choices=lambda: [Option(each.value, each.label) for each in Kind],
        default=Kind.VEHICLE.value,
    )
