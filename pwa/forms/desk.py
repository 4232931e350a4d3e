"""A report written at the desk, for somebody who calls, sends a message or stands there."""

from wtforms.fields.choices import SelectChoice as Option

from pwa.forms.base import OneOf
from pwa.forms.story import ProxyForm, listed
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l


class DeskForm(ProxyForm):
    """The same questions as everywhere; `about` says whether somebody speaks for another person."""

    channel = OneOf(_l("How did it reach the desk?"), choices=listed("channel"))
    about = OneOf(
        _l("About whom?"),
        choices=[Option("own", _l("About the one who speaks")), Option("proxy", _l("About somebody else"))],
        default="own",
    )

    @property
    def told(self) -> dict[str, object]:
        """Whatever was said of another person makes it a report about that person."""
        given = {name: answer for name, answer in self.given.items() if name != "about"}
        of_another = self.about.data == "proxy" or any(name.startswith("her_") for name in given)
        return {**given, "variant": "proxy" if of_another else "own"}

    def validate(self, extra_validators=None) -> bool:
        """The channel alone is not a report."""
        valid = super().validate(extra_validators)
        if valid and not set(self.given) - {"channel", "about"}:
            self.form_errors.append(gettext("Nothing is filled in yet. One answer is enough."))
            return False
        return valid
