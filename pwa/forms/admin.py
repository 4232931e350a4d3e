"""What an admin types: whom to invite, and which role somebody has."""

from wtforms import StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Regexp, ValidationError

from pwa import accounts
from pwa.accounts import StaffRole
from pwa.forms.account import StaffForm
from pwa.forms.base import OneOf, at_most
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l


def _lower(text: str | None) -> str | None:
    return text.lower() if text else text


class RoleField(OneOf):
    """The roles in the reader's language, read anew for each form."""

    def __init__(self, *args, **options) -> None:
        super().__init__(
            *args,
            validators=[InputRequired(_l("Choose an answer from the list."))],
            choices=lambda: [SelectChoice(role.value, role.label) for role in StaffRole],
            **options,
        )


class LoginField(StringField):
    """A sign-in name that nobody has yet."""

    def __init__(self, *args, **options) -> None:
        shape = _l("3 to 40 of these: a-z, 0-9, dot, dash, underscore.")
        super().__init__(
            _l("Sign-in name"),
            [
                InputRequired(_l("Type a sign-in name.")),
                Regexp(rf"(?:{accounts.LOGIN_SHAPE.pattern})\Z", message=shape),
            ],
            description=shape,
            filters=[*options.pop("filters", ()), _lower],
            render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
            **options,
        )

    def post_validate(self, form, validation_stopped):
        if not validation_stopped and accounts.is_taken(self.data):
            raise ValidationError(gettext("Somebody already has this sign-in name."))


class InviteForm(StaffForm):
    name = StringField(
        _l("Name"),
        [InputRequired(_l("Type the name.")), at_most(80)],
        render_kw={"autocomplete": "off"},
    )
    login = LoginField()
    role = RoleField(_l("Role"), default=StaffRole.PENERIMA.value)


class RoleForm(StaffForm):
    role = RoleField(_l("Role"))
