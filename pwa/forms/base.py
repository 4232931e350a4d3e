"""What all forms share: text made clean without losing a letter, and messages of our own."""

import re
import unicodedata
from datetime import date

import wtforms
from markupsafe import Markup
from wtforms import ValidationError
from wtforms.validators import InputRequired, Length

from pwa import clock
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l

_KEPT_CONTROLS = {"\n", "\t"}


def clean(text: str | None) -> str | None:
    """NFC, one kind of line end, and no control characters, which databases and screens choke on."""
    if not isinstance(text, str):
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(
        sign for sign in text if sign in _KEPT_CONTROLS or unicodedata.category(sign) not in ("Cc", "Cs")
    )
    return text.strip()


def at_most(characters: int) -> Length:
    return Length(max=characters, message=_l("At most %(max)d characters.", max=characters))


class Form(wtforms.Form):
    """A form whose text fields are clean and whose every message is ours."""

    class Meta:
        locales = False

        def bind_field(self, form, unbound_field, options):
            filters = [clean, *unbound_field.kwargs.get("filters", ())]
            if issubclass(unbound_field.field_class, wtforms.StringField):
                options = {**options, "filters": filters}
            return unbound_field.bind(form=form, **options)

    @property
    def given(self) -> dict[str, object]:
        """Only what was answered, ready to be sealed: an empty field is not an answer."""
        return {field.name: _plain(field.data) for field in self if field.data not in (None, "", [])}

    @property
    def errors_in_order(self) -> list[tuple[wtforms.Field, str]]:
        return [(field, str(field.errors[0])) for field in self if field.errors]


class OneOf(wtforms.SelectField):
    """A choice whose refusal speaks the reader's language; "" or nothing at all is no answer."""

    def pre_validate(self, form):
        if not self.data:
            return
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(gettext("Choose an answer from the list.")) from None


class AnyOf(wtforms.SelectMultipleField):
    def pre_validate(self, form):
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(gettext("Choose answers from the list.")) from None


class Count(wtforms.IntegerField):
    """A whole number; what was typed instead is kept and shown."""

    def __init__(self, label, validators=None, *, low: int, high: int, **kwargs):
        super().__init__(label, validators, **kwargs)
        self.low, self.high = low, high

    @property
    def refusal(self) -> str:
        return gettext("A number from %(low)d to %(high)d.") % {"low": self.low, "high": self.high}

    def process_formdata(self, valuelist):
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not text:
            return
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not self.low <= int(text) <= self.high:
            raise ValueError(self.refusal)
        self.data = int(text)


class PastDay(wtforms.DateField):
    """A day that has already come."""

    def process_formdata(self, valuelist):
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            day = date.fromisoformat(valuelist[0].strip())
        except ValueError:
            raise ValueError(gettext("The date does not look right.")) from None
        if day > clock.today():
            raise ValueError(gettext("The date cannot be after today."))
        if day.year < 1900:
            raise ValueError(gettext("The date does not look right."))
        self.data = day


class Phone(wtforms.StringField):
    """A number that can be dialled: one that cannot is worse than none, she would wait for a call in vain."""

    shape = r"(\+62|62|0)\d{6,14}"

    def pre_validate(self, form):
        if self.data and not re.fullmatch(self.shape, re.sub(r"[\s().-]", "", self.data), re.ASCII):
            raise ValidationError(gettext("The phone number does not look right. Example: 0812 3456 7890"))


def rules(field: wtforms.Field) -> Markup:
    """The field's rule and its sentence as attributes, so that the phone can check before anything is sealed."""
    length = next((each for each in field.validators if isinstance(each, Length)), None)
    needed = next((each for each in field.validators if isinstance(each, InputRequired)), None)
    match field:
        case Count():
            rule = {"data-low": field.low, "data-high": field.high, "data-wrong": field.refusal}
        case PastDay():
            rule = {
                "min": "1900-01-01",
                "max": clock.today(),
                "data-wrong": gettext("The date does not look right."),
            }
        case Phone():
            sentence = gettext("The phone number does not look right. Example: 0812 3456 7890")
            rule = {"data-shape": field.shape, "data-wrong": sentence}
        case OneOf() if needed:
            rule = {"data-wrong": needed.message}
        case _ if length:
            rule = {"data-most": length.max, "data-wrong": length.message}
        case _:
            rule = {}
    return Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in rule.items())


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value
