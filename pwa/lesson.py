"""What a kader learns before she helps: a short lesson, five questions, and what she promises."""

from collections.abc import Mapping
from dataclasses import dataclass

from pwa.i18n import Lazy
from pwa.i18n import lazy_gettext as _l

# Whoever changes what is promised gives it a new version: everybody is then asked again.
PROMISE_VERSION = "2026-11"


@dataclass(frozen=True)
class Question:
    """`why` is said, kindly, when another answer was chosen."""

    key: str
    asks: Lazy
    answers: Mapping[str, Lazy]
    right: str
    why: Lazy


LESSON: tuple[Lazy, ...] = (
    _l("Write only what is needed. Do not question the person in detail."),
    _l("Do not tell neighbours or groups."),
    _l("Do not photograph the person's face."),
    _l("Do not mediate between the parties yourself."),
    _l("A child is in danger: report even without permission"),
    _l("If somebody is in danger now, call 112 or SAPA 129 first. Then write."),
    _l("What you send is sealed. You cannot read it again, and nobody can read it on your phone."),
    _l("A lost phone is no shame. Tell the office at once: one touch there empties it."),
)

PROMISE: tuple[Lazy, ...] = (
    _l("I keep to myself what people tell me, also when I am no longer a kader."),
    _l("I write only what the person wants me to write, or what keeps a child safe."),
    _l("I keep no names, notes or photos of it, on paper or on my phone."),
    _l("I tell the office when my phone is lost, and when I know one of the people well."),
)

QUESTIONS = (
    Question(
        "ask",
        _l("A neighbour says that she is beaten at home. What do you ask?"),
        {
            "all": _l("Every detail, so that the report is complete"),
            "needed": _l("Only what is needed: is she safe now, and what does she want"),
            "why": _l("Why she did not say so earlier"),
        },
        "needed",
        _l("Trained officers ask for the details later, once. Asking again and again hurts."),
    ),
    Question(
        "talk",
        _l("Somebody in the RT group asks you what happened. What do you say?"),
        {
            "little": _l("A little, without the name"),
            "head": _l("Everything, but only to the head of the RT"),
            "nothing": _l("Nothing, to nobody but the office"),
        },
        "nothing",
        _l("In a neighbourhood even half a story has a name. Only the office may know."),
    ),
    Question(
        "peace",
        _l("The family asks you to bring the two together to make peace. What do you do?"),
        {
            "leave": _l("Leave that to the office, and tell it"),
            "both": _l("Sit down with both of them"),
            "one": _l("Speak only with the one who did it"),
        },
        "leave",
        _l("Such a talk can make it worse at home. The office knows safer ways."),
    ),
    Question(
        "child",
        _l("A child is in danger, and nobody in the family gives permission. What do you do?"),
        {
            "wait": _l("Wait until somebody agrees"),
            "parents": _l("Ask the parents once more"),
            "report": _l("Report at once; call 112 first if it happens now"),
        },
        "report",
        _l("For a child in danger no permission is needed."),
    ),
    Question(
        "phone",
        _l("Your phone is gone. What do you do?"),
        {
            "look": _l("Look for it for a few days"),
            "tell": _l("Tell the office at once"),
            "silent": _l("Buy another one and say nothing"),
        },
        "tell",
        _l("The office can sign the phone out with one touch, if it knows."),
    ),
)


def wrong(given: Mapping[str, str | None]) -> list[Question]:
    """The questions to look at once more; none when all five are right."""
    return [question for question in QUESTIONS if given.get(question.key) != question.right]
