"""What she wished for when she asked for a visit: the few columns that lists, clocks and reminders need, and no more.

Strangers choose what is inside: whatever does not look like our form is unknown.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from pwa import appointments, contact, rechecks
from pwa.contact import SafeContact
from pwa.counsellors import Sex, Tongue
from pwa.visits import Place, Visit

Word = TypeVar("Word", bound=StrEnum)


def derive(visit: Visit, told: Mapping[str, object]) -> None:
    visit.place = _one_of(Place, told.get("meeting"))
    visit.wished_sex = _one_of(Sex, told.get("counsellor_sex"))
    visit.wished_tongue = _one_of(Tongue, told.get("tongue"))
    visit.safe_days, visit.safe_hours = contact.masks(SafeContact.of(told))
    visit.level = min(visit.level, rechecks.suggest(told), key=lambda level: level.rank)
    visit.due_at = appointments.propose_by(visit.level, visit.received_at)


def _one_of(kind: type[Word], answer: object) -> Word | None:
    return next((each for each in kind if each == answer), None)
