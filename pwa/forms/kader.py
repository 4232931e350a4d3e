"""What a kader answers, and what the office types about one."""

from wtforms import StringField
from wtforms.validators import InputRequired, ValidationError

from pwa import lesson, wilayah
from pwa.forms.account import StaffForm
from pwa.forms.admin import LoginField
from pwa.forms.base import OneOf, at_most
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l
from pwa.kaders import Area


def _kelurahan() -> dict[str, list[tuple[str, str]]]:
    return {f"Kec. {place.name}": list(place.kelurahan) for place in wilayah.places_of_the_city()}


class AreaForm(StaffForm):
    kelurahan = OneOf(
        _l("Kelurahan"), [InputRequired(_l("Choose an answer from the list."))], choices=_kelurahan
    )
    rt_rw = StringField(
        _l("RT/RW"),
        [InputRequired(_l("Type RT and RW, for example 003/002.")), at_most(9)],
        description=_l("For example 003/002."),
        render_kw={"autocomplete": "off", "inputmode": "text", "placeholder": "003/002"},
    )

    def validate_rt_rw(self, field: StringField) -> None:
        try:
            Area.of("", field.data)
        except ValueError:
            raise ValidationError(gettext("Type RT and RW, for example 003/002.")) from None

    @property
    def area(self) -> Area:
        return Area.of(self.kelurahan.data, self.rt_rw.data)


class InviteKaderForm(AreaForm):
    name = StringField(
        _l("Name"), [InputRequired(_l("Type the name.")), at_most(80)], render_kw={"autocomplete": "off"}
    )
    login = LoginField()


def _asked(question: lesson.Question) -> OneOf:
    return OneOf(question.asks, choices=lambda: [(key, str(said)) for key, said in question.answers.items()])


class LessonForm(StaffForm):
    """One field a question; what is still wrong carries the reason beside it."""

    def explain(self) -> None:
        for question in lesson.wrong(self.data):
            self[question.key].errors = [str(question.why)]


for _question in lesson.QUESTIONS:
    setattr(LessonForm, _question.key, _asked(_question))
