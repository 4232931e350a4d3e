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


class InviteForm(StaffForm):
    name = StringField(
        _l("Name"),
        [InputRequired(_l("Type the name.")), at_most(80)],
        render_kw={"autocomplete": "off"},
    )
    login = StringField(
        _l("Sign-in name"),
        [
            InputRequired(_l("Type a sign-in name.")),
            Regexp(
                rf"(?:{accounts.LOGIN_SHAPE.pattern})\Z",
                message=_l("3 to 40 of these: a-z, 0-9, dot, dash, underscore."),
            ),
        ],
        description=_l("3 to 40 of these: a-z, 0-9, dot, dash, underscore."),
        filters=[_lower],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    role = RoleField(_l("Role"), default=StaffRole.PENERIMA.value)

    def validate_login(self, field: StringField) -> None:
        if accounts.is_taken(field.data):
            raise ValidationError(gettext("Somebody already has this sign-in name."))


class RoleForm(StaffForm):
    role = RoleField(_l("Role"))
