"""The form of a report: nothing is mandatory, everything may be skipped, and one answer is already a report.

The same fields read what was sealed when the office opens it; what does not fit is shown there as it was written.
"""

from collections.abc import Callable

import wtforms
from wtforms.fields.choices import SelectChoice as Option

from pwa import values, wilayah
from pwa.forms.base import AnyOf, Count, Form, OneOf, PastDay, Phone, at_most
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l
from pwa.i18n import lazy_pgettext as _pl

STORY_LENGTH = 5_000
YES_NO = (("yes", _l("Yes")), ("no", _l("No")), ("unknown", _l("I do not know")))
DAY_NAMES = (
    ("mon", _l("Mon")), ("tue", _l("Tue")), ("wed", _l("Wed")), ("thu", _l("Thu")), ("fri", _l("Fri")),
    ("sat", _l("Sat")), ("sun", _l("Sun")),
)  # fmt: skip


def days() -> list[Option]:
    return [Option(*each) for each in DAY_NAMES]


def listed(name: str) -> Callable[[], list[Option]]:
    """Choices of a value list for a select, with "no answer" first."""
    return lambda: [_skip(), *ticked(name)()]


def ticked(name: str) -> Callable[[], list[Option]]:
    return lambda: [Option(each.key, each.label) for each in values.choices(name)]


def yes_no_or_skip() -> list[Option]:
    return [_skip(), *(Option(*each) for each in YES_NO)]


def sexes() -> list[Option]:
    return [_skip(), Option("female", gettext("Female")), Option("male", gettext("Male"))]


def areas() -> list[Option]:
    """The kecamatan is enough to send the right people; all else she may write beside it in her own words."""
    kecamatan = [Option(place.code, f"Kec. {place.name}") for place in wilayah.places_of_the_city()]
    elsewhere = [
        Option("outside", gettext("Outside Kota Serang")),
        Option("unknown", gettext("I do not know")),
    ]
    return [_skip(), *kecamatan, *elsewhere]


class Told(Form):
    """The three questions that already make a report, and the story in her own words."""

    variant = "own"

    safe = OneOf(_l("Are you safe now?"), choices=yes_no_or_skip)
    danger = OneOf(_l("Is somebody hurt or threatened right now?"), choices=yes_no_or_skip)
    area = OneOf(_l("Where, roughly?"), choices=areas)
    village = wtforms.StringField(_l("Kelurahan, kampung or a place nearby"), [at_most(80)])
    story = wtforms.TextAreaField(_l("What happened?"), [at_most(STORY_LENGTH)])
    age = Count(_l("Age"), low=0, high=120)
    name = wtforms.StringField(_l("What should we call you?"), [at_most(80)])
    way = OneOf(_l("Safe way to reach you"), choices=listed("way"))
    number = Phone(_l("Phone number"), [at_most(40)])
    days = AnyOf(_l("Safe days"), choices=days)
    hours = AnyOf(_l("Safe hours"), choices=ticked("hours"))
    stranger_answers = OneOf(_l("If someone else answers, staff should"), choices=listed("stranger-answers"))
    cover = wtforms.StringField(_l("The story staff should tell then"), [at_most(200)])
    code_word = wtforms.StringField(_l("Code word to recognise staff"), [at_most(60)])
    website = wtforms.StringField(_l("Leave this empty"))  # only a robot sees it; it marks, it never refuses

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if not self.given:
            self.form_errors.append(gettext("Nothing is filled in yet. One answer is enough."))
            return False
        return valid


class StoryForm(Told):
    """A grown-up about herself or himself, or a parent about a child."""

    when = OneOf(_l("When did it happen?"), choices=listed("when"))
    date = PastDay(_l("The day, if you know it"))
    place = OneOf(_l("Where did it happen?"), choices=listed("place"))
    who = OneOf(_l("Who did this?"), choices=listed("who"))
    who_name = wtforms.StringField(_l("That person's name, if you want to say it"), [at_most(80)])
    lives_with = OneOf(_l("Does that person live with you?"), choices=yes_no_or_skip)
    opens_phone = OneOf(_l("Can that person open your phone?"), choices=yes_no_or_skip)
    hurt = OneOf(_l("Is anyone hurt or in need of a doctor?"), choices=yes_no_or_skip)
    threat = OneOf(_l("Is there a threat or a weapon?"), choices=yes_no_or_skip)
    sex = OneOf(_l("Female or male"), choices=sexes)
    needs = AnyOf(_l("What help do you need?"), choices=ticked("need"))
    support = AnyOf(_l("Do you need special support (disability)?"), choices=ticked("support"))


class ChildForm(Told):
    """The same in a child's words, and fewer questions."""

    variant = "child"

    safe = OneOf(_pl("anak", "Are you safe now?"), choices=yes_no_or_skip)
    danger = OneOf(_pl("anak", "Is somebody hurting you right now?"), choices=yes_no_or_skip)
    area = OneOf(_pl("anak", "Where are you now?"), choices=areas)
    story = wtforms.TextAreaField(_pl("anak", "Tell us what happened."), [at_most(STORY_LENGTH)])
    age = Count(_pl("anak", "How old are you?"), low=0, high=120)
    who = OneOf(_pl("anak", "Who did this?"), choices=listed("who"))
    lives_with = OneOf(_pl("anak", "Does that person live in your house?"), choices=yes_no_or_skip)
    with_whom = wtforms.StringField(_pl("anak", "Who is with you now?"), [at_most(80)])
    trusted = wtforms.StringField(_pl("anak", "Which grown-up do you trust?"), [at_most(80)])
    name = wtforms.StringField(_pl("anak", "What should we call you?"), [at_most(80)])
    way = OneOf(_pl("anak", "How can we reach you?"), choices=listed("way"))


class ProxyForm(StoryForm):
    """Somebody writes about somebody else: two people, two kinds of safety."""

    variant = "proxy"

    safe = OneOf(_l("Are you, who are writing, safe now?"), choices=yes_no_or_skip)
    age = Count(_l("Age of that person"), low=0, high=120)
    relation = wtforms.StringField(_l("How do you know the person?"), [at_most(80)])
    source = OneOf(_l("How did you find out?"), choices=listed("source"))
    knows = OneOf(_l("Does the person know that you are telling us?"), choices=yes_no_or_skip)
    lives_with = OneOf(_l("Do the two live in one house?"), choices=yes_no_or_skip)
    opens_phone = OneOf(_l("Can the one who did it open your phone?"), choices=yes_no_or_skip)
    her_name = wtforms.StringField(_l("What should staff call the person?"), [at_most(80)])
    her_way = OneOf(_l("Safe way to reach the person"), choices=listed("her-way"))
    her_number = Phone(_l("Phone number of the person"), [at_most(40)])
    her_days = AnyOf(_l("Safe days for the person"), choices=days)
    her_hours = AnyOf(_l("Safe hours for the person"), choices=ticked("hours"))


def _skip() -> Option:
    return Option("", gettext("Choose or skip"))
