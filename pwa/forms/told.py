"""What was told, ready to be read: in the words of the form it was told in; what fits no form stays as written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wtforms import Field, Form, SelectFieldBase

from pwa import wilayah
from pwa.forms.desk import DeskForm
from pwa.forms.neighbour import NeighbourForm, NeighbourVisitForm
from pwa.forms.story import ChildForm, ProxyForm, StoryForm
from pwa.forms.visit import VisitForHerForm, VisitForm
from pwa.i18n import gettext

_FORMS = {
    form.variant: form
    for form in (
        StoryForm,
        ChildForm,
        ProxyForm,
        VisitForm,
        VisitForHerForm,
        NeighbourForm,
        NeighbourVisitForm,
    )
}
_OURS = {"reply_key", "key_version", "variant", "behind_open"}
_REACHING = ("way", "number", "days", "hours", "stranger_answers", "cover", "code_word")
REACHING = {
    *_REACHING,
    *(f"her_{name}" for name in _REACHING),
}  # stands on the page that guards her safe hours
_ROBOTS = "website"


@dataclass(frozen=True)
class Line:
    label: str
    text: str


def lines(told: Mapping[str, object]) -> Iterator[Line]:
    """Everything but how to reach anybody, in the order of the form."""
    form = form_of(told)
    left = {name: answer for name, answer in told.items() if name not in _hidden(told) and answer}
    if left.pop(_ROBOTS, None):
        yield Line(gettext("Note"), gettext("A field that only robots see was filled in."))
    for field in form:
        if field.name in left:
            yield Line(str(field.label.text), in_words(field, left.pop(field.name)))
    for name, answer in left.items():
        yield Line(as_text(name), as_text(answer))


def _hidden(told: Mapping[str, object]) -> set[str]:
    """A visit is planned with her hours before the eyes; its address opens only at need."""
    if str(told.get("variant")) in (VisitForm.variant, VisitForHerForm.variant):
        return _OURS | REACHING - {"days", "hours"} | {"address"}
    return _OURS | REACHING


def form_of(told: Mapping[str, object]) -> Form:
    form = _FORMS.get(str(told.get("variant")), StoryForm)()
    return DeskForm() if "channel" in told and not isinstance(form, ChildForm | VisitForm) else form


def in_words(field: Field, answer: object) -> str:
    """The chosen words; an answer the list does not have is shown as it was written."""
    labels = _labels(field)
    answers = answer if isinstance(answer, list) else [answer]
    said = map(_key, answers)
    return ", ".join(str(labels.get(each) or wilayah.full_name(each) or as_text(each)) for each in said)


def as_text(value: object) -> str:
    """Text that every screen can show, whatever a stranger put into the envelope."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()


def _labels(field: Field) -> dict[object, object]:
    if not isinstance(field, SelectFieldBase):
        return {}
    return {choice.value: choice.label for choice in field.iter_choices() if choice.value}


def _key(answer: object) -> str:
    return answer if isinstance(answer, str) else as_text(answer)
