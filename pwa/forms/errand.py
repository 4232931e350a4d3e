"""What a kader writes for a neighbour: what was seen beside what was told, how the person agreed, and two safeties."""

import wtforms
from wtforms.fields.choices import SelectChoice as Option
from wtforms.validators import InputRequired

from pwa.errands import Consent
from pwa.forms.base import OneOf, at_most
from pwa.forms.story import STORY_LENGTH, ProxyForm, yes_no_or_skip
from pwa.i18n import lazy_gettext as _l


class ErrandForm(ProxyForm):
    consent = OneOf(
        _l("Has the person given permission?"),
        [InputRequired(_l("Choose how the person agreed."))],
        choices=[
            Option(Consent.SPOKEN.value, _l("Yes, said aloud")),
            Option(Consent.TOUCH.value, _l("Yes, touched the screen")),
            Option(Consent.CANNOT_ASK.value, _l("Cannot be asked yet, it is dangerous")),
        ],
    )
    story = wtforms.TextAreaField(_l("What did the person tell?"), [at_most(STORY_LENGTH)])
    saw = wtforms.TextAreaField(_l("What did you see yourself?"), [at_most(STORY_LENGTH)])
    close = OneOf(_l("Is the one reported you, or your family?"), choices=yes_no_or_skip)

    def told(self, kelurahan: str) -> dict[str, object]:
        """Who cannot be asked does not know of it either, until somebody says otherwise."""
        told = {**self.given, "variant": "proxy", "area": kelurahan}
        if self.consent.data == Consent.CANNOT_ASK:
            told.setdefault("knows", "no")
        return told

    def validate(self, extra_validators=None) -> bool:
        """Permission alone is not a report."""
        valid = super().validate(extra_validators)
        if valid and not set(self.given) - {"consent", "close"}:
            self.form_errors.append(str(_l("Nothing is filled in yet. One answer is enough.")))
            return False
        return valid
