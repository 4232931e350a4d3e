"""What a kader writes for somebody else: what she saw apart from what she was told, and two people's safety."""

import wtforms
from wtforms.fields.choices import SelectChoice as Option
from wtforms.validators import InputRequired

from pwa.forms.base import AnyOf, Form, OneOf, at_most
from pwa.forms.story import ProxyForm, listed, yes_no_or_skip
from pwa.forms.visit import VisitForHerForm
from pwa.i18n import lazy_gettext as _l

TEXT_LENGTH = 3_000


class Carried(Form):
    """Only one answer is asked for: whether she may. In danger "could not be asked yet" is an answer."""

    consent = OneOf(
        _l("Has the person given permission?"), [InputRequired(_l("Choose one of the three."))],
        choices=listed("consent"),
    )  # fmt: skip
    touched = AnyOf(
        _l("Give the phone to the person, who touches here:"),
        choices=[Option("yes", _l("I agree to my data being used to help me."))],
    )
    own_family = OneOf(_l("Is the one who did it you, or your family?"), choices=yes_no_or_skip)


class NeighbourForm(Carried, ProxyForm):
    variant = "kader"

    her_safe = OneOf(_l("Is the person safe now?"), choices=yes_no_or_skip)
    saw = wtforms.TextAreaField(_l("What did you see yourself?"), [at_most(TEXT_LENGTH)])
    heard = wtforms.TextAreaField(_l("What were you told?"), [at_most(TEXT_LENGTH)])
    who_name = wtforms.StringField(_l("Name of the one who did it, if you know it"), [at_most(80)])


class NeighbourVisitForm(Carried, VisitForHerForm):
    variant = "kader-visit"
