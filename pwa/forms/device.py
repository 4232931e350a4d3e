"""What people type to make a browser theirs, and to open it again."""

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Regexp, ValidationError

from pwa import accounts, devices
from pwa.forms.account import StaffForm
from pwa.forms.base import at_most
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l

_PIN = {"inputmode": "numeric", "maxlength": devices.DIGITS, "pattern": "[0-9]*"}
_SIX = Regexp(rf"[0-9]{{{devices.DIGITS}}}\Z", message=_l("Six digits."))


class UnlockForm(StaffForm):
    device = HiddenField()
    ke = HiddenField(validators=[at_most(200)])
    pin = PasswordField(_l("Enter PIN"), [_SIX], render_kw={**_PIN, "autocomplete": "off"})


class ProofForm(StaffForm):
    """A form that asks for the password, unless whoever fills it in has just proved who they are."""

    current = PasswordField(
        _l("Password"), [at_most(accounts.LONGEST_PASSWORD)], render_kw={"autocomplete": "current-password"}
    )

    def refuse_current(self, reason: str) -> None:
        self.current.errors = [reason]


class EnrolForm(ProofForm):
    name = StringField(
        _l("Name of this device"),
        [InputRequired(_l("Type a name.")), at_most(40)],
        description=_l("So that you know it in the list, for example: my phone."),
        render_kw={"autocomplete": "off"},
    )
    pin = PasswordField(
        _l("Create a PIN"),
        [InputRequired(_l("Type six digits.")), _SIX],
        description=_l("Six digits. Do not use a date of birth."),
        render_kw={**_PIN, "autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("Repeat PIN"),
        [EqualTo("pin", message=_l("The PINs do not match."))],
        render_kw={**_PIN, "autocomplete": "new-password"},
    )

    def validate_pin(self, field: PasswordField) -> None:
        if devices.is_weak(field.data):
            raise ValidationError(gettext("Too easy to guess. Choose other digits."))


class PasskeyForm(ProofForm):
    answer = HiddenField(validators=[InputRequired(_l("The passkey was not made. Try again."))])
    name = StringField(
        _l("Name of this passkey"),
        [InputRequired(_l("Type a name.")), at_most(40)],
        render_kw={"autocomplete": "off"},
    )

    @property
    def to_keep(self) -> dict[str, object]:
        """The answer was good once; sending it again proves nothing."""
        kept = super().to_keep
        kept["typed"].pop("answer")
        return kept

    def refuse_answer(self, reason: str) -> None:
        self.answer.errors = [reason]


class NameForm(StaffForm):
    name = StringField(_l("Name"), [InputRequired(_l("Type a name.")), at_most(40)])
