"""Invented people and invented stories, for looking around. Nobody in here exists.

Their passwords come from this installation's own secret, so a demo that somebody forgets online has no known one.
"""

from base64 import b32encode
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

import pyotp
from sqlalchemy import func, select

from pwa import (
    accounts,
    answers,
    appointments,
    clock,
    counsellors,
    db,
    freetimes,
    handling,
    hours,
    kaders,
    receipts,
    resources,
    unpacking,
    vault,
)
from pwa.accounts import Account, StaffRole
from pwa.answers import Sort
from pwa.appointments import Crew, Slot
from pwa.counsellors import Sex, Tongue
from pwa.hours import Stretch
from pwa.invented import AGREED, OFFERED, STORIES, WISHES, Story, Wish
from pwa.kaders import Area
from pwa.levels import Level
from pwa.receipts import Receipt
from pwa.reports import Channel, Report
from pwa.resources import Kind
from pwa.telling import Sealer
from pwa.visits import Visit

_DEMO = UUID("5a9a0000-0000-4000-8000-000000000000")
_AN_HOUR = timedelta(hours=1)
_PEOPLE = {
    StaffRole.PENERIMA: "Sari Contoh",
    StaffRole.MANAJER: "Rahmat Contoh",
    StaffRole.KONSELOR: "Ratna Contoh",
    StaffRole.KADER: "Yanti Contoh",
    StaffRole.ADMIN: "Dewi Contoh",
}


class NotEmpty(Exception):
    """There are people here already; invented ones must not be mixed in among them."""


@dataclass(frozen=True)
class SignIn:
    login: str
    password: str
    code: str


def fill(sealer: Sealer) -> bool:
    """Make everybody and everything, once; False when it was done before. Raises `NotEmpty`. Commits."""
    if accounts.by_login("penerima") and accounts.by_login("manajer"):
        return False
    if db.session.scalar(select(func.count()).select_from(Account)) or db.session.scalar(
        select(Report.id).limit(1)
    ):
        raise NotEmpty
    for role, name in _PEOPLE.items():
        accounts.create(role.value, name=name, role=role, password=_password(role), totp_secret=_secret(role))
    _plan_weeks()
    _ready_kader()
    db.session.commit()
    for place, story in enumerate(STORIES):
        _tell(sealer, place, story)
    for wish in WISHES:
        _ask(sealer, wish)
    unpacking.unpack_arrived()
    _answer_one()
    _meet(OFFERED)
    appointments.confirm(_meet(AGREED), at=clock.now())
    db.session.commit()
    return True


def sign_ins() -> list[SignIn]:
    """One a role, with the code of this half minute."""
    return [SignIn(role.value, _password(role), pyotp.TOTP(_secret(role)).now()) for role in _PEOPLE]


def number() -> str:
    """Of the story that already has an answer."""
    return _number(1)


def _plan_weeks() -> None:
    """Two counsellors who go together when the risk is high, a car, a room."""
    first = accounts.by_login("konselor")
    second = accounts.create(
        "konselor2", name="Budi Contoh", role=StaffRole.KONSELOR, password=_password(StaffRole.KONSELOR),
        totp_secret=_secret(StaffRole.KONSELOR),
    )  # fmt: skip
    for each, sex, partner in ((first, Sex.WOMAN, second), (second, Sex.MAN, first)):
        tongues = (Tongue.INDONESIAN, Tongue.SUNDANESE)
        counsellors.describe(each.id, sex=sex, tongues=tongues, partner_id=partner.id)
    hours.plan(first.id, [Stretch(weekday, 8 * 60, 15 * 60) for weekday in range(5)])
    hours.plan(second.id, [Stretch(weekday, 9 * 60, 17 * 60) for weekday in range(4)])
    resources.add(Kind.VEHICLE, "Mobil Contoh")
    resources.add(Kind.ROOM, "Ruang Contoh")


def _ready_kader() -> None:
    """With an area, the lesson learned and the promise given; a PIN she chooses herself."""
    kader = kaders.settle(accounts.by_login("kader"), Area("36.73.01.1001", "003/002"))
    kader.learn()
    kader.promise()


def _tell(sealer: Sealer, place: int, story: Story) -> None:
    told = {"variant": "own"} | story.told
    penerima = accounts.by_login("penerima")
    report = sealer.tell(
        uuid5(_DEMO, str(place)), told, _number(place), language=story.language, body_key=b"demo", channel=story.channel,
        filed_by=penerima.id if story.channel is Channel.DESK else None,
    )  # fmt: skip
    report.received_at = clock.now() - timedelta(hours=story.hours_ago)
    report.due_at -= timedelta(hours=story.hours_ago)
    db.session.commit()


def _ask(sealer: Sealer, wish: Wish) -> None:
    told, number = {"variant": "visit"} | wish.told, sealer.stretch(_number(wish.place))
    sealer.ask_for_visit(
        _visit_id(wish), told, number, language=STORIES[wish.place].language, body_key=b"demo"
    )
    db.session.commit()


def _meet(wish: Wish) -> Visit:
    """The first time from tomorrow on when both counsellors are free, her own safe hours first."""
    visit = db.session.get(Visit, _visit_id(wish))
    crew = Crew(accounts.by_login("konselor").id, accounts.by_login("konselor2").id)
    free = [each for each in freetimes.find(visit, crew.everything, _AN_HOUR) if each.day > clock.today()]
    start = [*free[0].safe, *free[0].other][0]
    appointments.offer(visit, Slot(start, start + _AN_HOUR), crew, by=accounts.by_login("konselor"))
    return visit


def _visit_id(wish: Wish) -> UUID:
    return uuid5(_DEMO, f"visit {wish.place}")


def _answer_one() -> None:
    penerima = accounts.by_login("penerima")
    report = db.session.get(Report, uuid5(_DEMO, "1"))
    handling.open_(report, ())
    weighed = dict.fromkeys(("worse", "near"), "yes")
    handling.weigh(report, weighed, suggested=Level.SEDANG, level=Level.TINGGI, reason="", by=penerima)
    receipt = db.session.get(Receipt, report.receipt_id)
    answers.answer(
        receipt, "Terima kasih sudah bercerita. Ini bukan salah Anda.", sort=Sort.REPLY, by=penerima.id
    )
    answers.answer(
        receipt, "Petugas menelepon Senin pagi, antara jam 6 dan 11.", sort=Sort.NEXT_STEP, by=penerima.id
    )


def _number(place: int) -> str:
    return receipts.derived_number(vault.current().mac("demo number"), uuid5(_DEMO, str(place)))


def _password(role: StaffRole) -> str:
    return vault.current().mac("demo password", role).hex()[:16]


def _secret(role: StaffRole) -> str:
    return b32encode(vault.current().mac("demo code", role)[:20]).decode()
