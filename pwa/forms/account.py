"""What people who work here type about themselves: to come in, to join, to change their password."""

from collections.abc import Mapping

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from pwa import accounts
from pwa.forms.base import Form, at_most
from pwa.i18n import lazy_gettext as _l

_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code"}
_NEW = {"autocomplete": "new-password"}


class StaffForm(Form):
    """A form that survives the 303 after a failed validation, without what was typed as a password."""

    @property
    def to_keep(self) -> dict[str, object]:
        typed = {field.name: field.data for field in self if not isinstance(field, PasswordField)}
        errors = {field.name: [str(error) for error in field.errors] for field in self if field.errors}
        return {"typed": typed, "errors": errors}

    @classmethod
    def as_kept(cls, kept: Mapping[str, dict] | None) -> "StaffForm":
        form = cls(data=kept["typed"] if kept else None)
        for name, errors in (kept["errors"] if kept else {}).items():
            form[name].errors = errors
        return form


class SignInForm(StaffForm):
    login = StringField(
        _l("Sign-in name"),
        [InputRequired(_l("Type your sign-in name.")), at_most(40)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Type your password.")), at_most(accounts.LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    code = StringField(
        _l("Six digits from your app"),
        [InputRequired(_l("Type the six digits.")), at_most(10)],
        render_kw=_CODE,
    )


class NewPassword(StaffForm):
    password = PasswordField(
        _l("New password"),
        [
            InputRequired(_l("Choose a password.")),
            Length(min=accounts.SHORTEST_PASSWORD, message=_l("At least 12 characters.")),
            at_most(accounts.LONGEST_PASSWORD),
        ],
        description=_l("At least 12 characters. Four unrelated words are easy to remember."),
        render_kw=_NEW,
    )
    again = PasswordField(
        _l("The same password again"),
        [EqualTo("password", message=_l("The two passwords differ."))],
        render_kw=_NEW,
    )

    def refuse_password(self) -> None:
        self.password.errors = [str(_l("Too easy to guess. Choose another one."))]


class JoinForm(NewPassword):
    code = StringField(
        _l("Six digits from your app"),
        [InputRequired(_l("Type the six digits.")), at_most(10)],
        render_kw=_CODE,
    )

    def refuse_code(self) -> None:
        self.code.errors = [str(_l("These digits do not fit. Type the ones your app shows now."))]


class ChangePasswordForm(NewPassword):
    current = PasswordField(
        _l("Password until now"),
        [InputRequired(_l("Type your password."))],
        render_kw={"autocomplete": "current-password"},
    )

    def refuse_current(self, reason: str) -> None:
        self.current.errors = [reason]
