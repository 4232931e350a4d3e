"""A furnished house: something real behind every door, and somebody in every role who may or may not come in."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from bs4 import BeautifulSoup
from sqlalchemy import select

from pwa import (
    accounts,
    appointments,
    attachments,
    clock,
    conflicts,
    db,
    devices,
    diary,
    hours,
    invitations,
    ladder,
    moves,
    oncall,
    pulse,
    receipts,
    resources,
    telling,
    trips,
    unpacking,
)
from pwa.accounts import StaffRole
from pwa.appointments import Crew, Slot
from pwa.hours import Span
from pwa.ladder import Cause, Ring
from pwa.oncall import Line
from pwa.outreach import Agreement, Outreach, OutreachTry
from pwa.reports import Report
from pwa.resources import Kind
from pwa.settings import LADDER, LADDER_LATE
from tests.client import Client
from tests.factories import a_closed_visit, a_device_of, a_passkey_of, a_ready_kader, a_visit, an_account

NOBODY = "nobody"
ROLES = (NOBODY, *(role.value for role in StaffRole))
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}

# Who may come through the doors of a room; whoever is not named finds nothing there.
EVERYBODY = set(ROLES)
SIGNED_IN = EVERYBODY - {NOBODY}
_INTAKE = {"penerima", "manajer"}
_ON_CALL = {"penerima", "konselor", "manajer"}
ROOMS = {
    None: EVERYBODY, "home": EVERYBODY, "language": EVERYBODY, "leaving": EVERYBODY, "letters": EVERYBODY,
    "listening": EVERYBODY, "news": EVERYBODY, "offline": EVERYBODY, "files": EVERYBODY, "pieces": EVERYBODY,
    "renewal": EVERYBODY, "report": EVERYBODY, "system": EVERYBODY, "account": EVERYBODY,
    "lock": EVERYBODY, "devices": SIGNED_IN, "phones": {"manajer", "admin"}, "kaders": {"manajer", "admin"},
    "triage": _INTAKE, "weighing": _INTAKE, "replying": _INTAKE, "closing": _INTAKE, "reach": _INTAKE, "outreach": _INTAKE,
    "visit": EVERYBODY, "appointment": EVERYBODY, "office_visits": _INTAKE, "counsellor_visits": {"konselor"},
    "office_planning": _INTAKE, "counsellor_planning": {"konselor"},
    "office_moving": _INTAKE, "counsellor_moving": {"konselor"},
    "office_freetimes": _INTAKE, "counsellor_freetimes": {"konselor"},
    "attachments": _INTAKE, "desk": _INTAKE, "counsellor": {"konselor"}, "kader": {"kader"}, "admin": {"admin"},
    "neighbour": {"kader"}, "carrying": {"kader"}, "errands": _INTAKE,
    "agenda": _INTAKE | {"konselor"}, "own_plan": {"konselor"}, "calendar": {"konselor"},
    "trips": {"konselor"}, "watch": {"manajer", "konselor"}, "activity": EVERYBODY,
    "plans": {"manajer"}, "resources": {"manajer"}, "holidays": {"manajer"},
    "push": EVERYBODY, "oncall": _ON_CALL, "ringing": _ON_CALL, "roster": {"manajer"}, "health": {"admin"},
}  # fmt: skip
ENDS_SESSION = {
    "account.sign_out", "account.sign_out_everywhere", "account.change_password", "lock.lock", "devices.lose",
    "devices.forget", "phones.lose", "leaving.leave", "leaving.leave_by_link", "leaving.erase",
}  # fmt: skip
OWN_PAGE = {"account.show", "account.change_password", "account.sign_out_everywhere"}


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def room(self) -> str | None:
        return self.endpoint.rpartition(".")[0] or None

    @property
    def is_safe(self) -> bool:
        return self.method in ("GET", "HEAD", "OPTIONS")

    @property
    def is_guarded(self) -> bool:
        return self.endpoint in OWN_PAGE or ROOMS[self.room] != EVERYBODY

    @property
    def may_enter(self) -> set[str]:
        return SIGNED_IN if self.endpoint in OWN_PAGE else ROOMS[self.room]


@dataclass
class House:
    """What stands behind the doors, and keys for all of them."""

    app: object
    ids: dict[str, object]
    people: dict[str, object]
    number: str
    report: UUID
    own: list[dict[str, str]]
    browsers: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def doors(self, *methods: str) -> list[Door]:
        """Every method of every rule, with real ids in it; only `methods` if they are named."""
        found = [
            Door(method, self._path(rule.rule), rule.endpoint)
            for rule in self.app.url_map.iter_rules()
            for method in sorted(rule.methods)
        ]
        return [door for door in found if door.method in methods] if methods else found

    def visitor(self, role: str) -> Client:
        """This role's browser, signed in unless it is nobody's."""
        if role not in self.browsers:
            self.browsers[role] = self.app.test_client()
            if role != NOBODY:
                self._sign_in(self.browsers[role], role)
        return self.browsers[role]

    def token_of(self, role: str) -> str:
        """What a form of this reader would carry against forgery; good as long as the sign-in is."""
        if role == NOBODY:
            return ""
        if role not in self.tokens:
            form = BeautifulSoup(self.visitor(role).get("/akun").text, "html.parser")
            self.tokens[role] = form.select_one("[name=csrf_token]")["value"]
        return self.tokens[role]

    def goes_through(self, door: Door, role: str, **request):
        """One request by this role's browser, with everything an honest form would carry."""
        visitor, path = self.visitor(role), self._own_path(door.path, role)
        if door.is_safe:
            answer = visitor.open(path, method=door.method, **request)
        else:
            data = {"csrf_token": self.token_of(role), **request.pop("data", {})}
            answer = visitor.open(path, method=door.method, data=data, headers=SAME_SITE, **request)
            assert role == NOBODY or answer.location != "/maaf/400", (
                f"{role}: {door} was asked with a dead token"
            )
        if door.endpoint in ENDS_SESSION:
            del self.browsers[role]
            self.tokens.pop(role, None)
        return answer

    def revive(self, role: str) -> None:
        """Somebody took this person's key away; give it back."""
        with self.app.app_context():
            account = accounts.find(self.people[role])
            account.enable()
            db.session.commit()
        db.session.remove()

    def _sign_in(self, client: Client, role: str) -> None:
        with self.app.app_context():
            account = accounts.find(self.people[role])
            device = devices.find(UUID(self.own[0][role])) if role == "kader" else None  # she needs a PIN
            db.session.commit()
        client.sign_in(account, device and device.id)
        db.session.remove()

    def _own_path(self, path: str, role: str) -> str:
        """Where only one's own may be opened, each role is led to its own."""
        for things in self.own:
            path = path.replace(things["penerima"], things.get(role, things["penerima"]))
        return path

    def _path(self, rule: str) -> str:
        """Fails for a converter nobody has furnished: a new kind of door must be walked too."""
        for before, value in self.ids.items():
            start, _, _ = before.partition("<")
            if rule.startswith(before):
                rule = rule.replace(before, f"{start}{value}", 1)
        assert "<" not in rule, f"what stands behind {rule}?"
        return rule


def a_house(app) -> House:
    with app.app_context():
        people = {role.value: an_account(role.value).id for role in StaffRole}
        own = [{role: str(make(people[role]).id) for role in people} for make in (a_device_of, a_passkey_of)]
        a_ready_kader(people["kader"])
        other = an_account("penerima").id
        others_phone = a_device_of(other).id
        boss = accounts.find(people["admin"])
        invitation, token = invitations.invite("tamu.baru", name="Tamu", role=StaffRole.PENERIMA, by=boss)
        db.session.commit()
        planned = a_planned_week(people["konselor"])
        number = receipts.new_number()
        report = some_reports(app, 1, number=number)[0]
        a_photo_for(app, number)
        visit, move = a_confirmed_visit(app, people["konselor"])
        shift, ring = a_ringing_house(people["manajer"], report)
        greeting = a_planned_contact(report, by=people["penerima"])
    ids = {
        "/kantor/piket/<uuid:id>": shift, "/kantor/panggilan/<uuid:id>": ring,
        "/kantor/laporan/<uuid:id>": report,
        f"/kantor/laporan/{report}/<any(foto, suara):name>/<int(max=10):position>": "foto/1",
        "/kantor/sapaan/<uuid:id>": greeting,
        "/kantor/kunjungan/<uuid:id>": visit, f"/kantor/kunjungan/{visit}/usul/<uuid:move>": move,
        "/konselor/kunjungan/<uuid:id>": visit, f"/konselor/kunjungan/{visit}/usul/<uuid:move>": move,
        "/kelola/pengguna/<uuid:id>": other, "/kantor/perangkat/<uuid:id>": others_phone,
        "/kantor/kader/<uuid:id>": people["kader"],
        "/akun/perangkat/<uuid:id>": own[0]["penerima"], "/akun/perangkat/kunci-sandi/<uuid:id>": own[1]["penerima"],
        "/kelola/undangan/<uuid:id>": invitation.id, "/undangan/<token>": token,
        **planned, "/icons/<name>": "icon-192.png", "/maaf/<int:status>": 503,
        "/kirim/suara/<uuid:id>": uuid4(), "/luring/<language>/<path:page>": "id/cerita", "/luring/<language>/": "id/",
    }  # fmt: skip
    db.session.remove()
    return House(app, ids, people, number, report, own)


def a_planned_week(counsellor: UUID) -> dict[str, object]:
    """A visit, an hour away, a vehicle: what stands behind the doors of the diary."""
    start, visit = clock.now() + timedelta(days=2), a_closed_visit()
    car = resources.add(Kind.VEHICLE, "Mobil 1")
    away = hours.exempt(counsellor, Span.LEAVE, start, start + timedelta(hours=1))
    end, watched = start + timedelta(hours=1), a_closed_visit()
    diary.book(visit, [counsellor, car.id], start, end, buffer=timedelta(minutes=30))
    when = {"start": start, "end": end, "grace": timedelta(minutes=15)}
    trips.plan(visit, counsellor_id=counsellor, buddy_id=None, **when)
    trips.plan(watched, counsellor_id=an_account("konselor").id, buddy_id=counsellor, **when)
    db.session.commit()
    return {
        "/konselor/perjalanan/<uuid:id>": visit, "/kantor/perjalanan/<uuid:id>": watched,
        "/kantor/jadwal/<uuid:id>": counsellor, f"/kantor/jadwal/{counsellor}/khusus/<uuid:exemption_id>": away.id,
        "/konselor/jadwal/khusus/<uuid:exemption_id>": away.id, "/konselor/jadwal/<uuid:visit_id>": visit,
        "/kantor/sarana/<uuid:id>": car.id, "/kantor/libur/<day>": "2026-12-25",
    }  # fmt: skip


def open_rings() -> list[Ring]:
    return list(db.session.scalars(select(Ring).where(Ring.taken_at.is_(None))))


def a_ringing_house(manajer: UUID, report: UUID) -> tuple[UUID, UUID]:
    """Somebody on the roster, and a ring that nobody has taken; the ids."""
    now = clock.now()
    pulse.beat(pulse.DELIVERER)
    shift = oncall.put(manajer, line=Line.FIRST, starts_at=now, ends_at=now + timedelta(hours=8), by=manajer)
    ladder.call(report, Cause.DANGER)
    db.session.commit()
    ladder.climb(LADDER, LADDER_LATE)
    return shift.id, open_rings()[0].id


def some_reports(app, count: int, number: str | None = None) -> list:
    """Told, sealed and already opened once by the office; the ids."""
    sealer: telling.Sealer = app.config["SEALER"]
    told = {"variant": "own", "story": "cerita", "area": "36.73.01", "way": "phone", "number": "081234567890"}
    ids = []
    for at in range(count):
        report = sealer.tell(
            uuid4(), told | {"age": at % 60}, number or receipts.new_number(), language="id", body_key=b"k"
        )  # fmt: skip
        db.session.flush()
        unpacking.unpack(report)
        ids.append(report.id)
    db.session.commit()
    return ids


def a_confirmed_visit(app, counsellor: UUID) -> tuple[UUID, UUID]:
    """Agreed with her, and another time that she asks for."""
    visit = a_visit(app.config["SETTINGS"])
    start = clock.now() + timedelta(days=3)
    slot = Slot(start, start + timedelta(hours=1))
    appointments.offer(visit, slot, Crew(counsellor), by=accounts.find(counsellor))
    appointments.confirm(visit, at=clock.now())
    move = moves.propose_by_her(visit, Slot(slot.start + timedelta(days=1), slot.end + timedelta(days=1)))
    db.session.commit()
    return visit.id, move.id


def a_photo_for(app, number: str) -> None:
    """One photo behind this number, sealed as her phone would."""
    sealer: telling.Sealer = app.config["SEALER"]
    attachments.put(
        uuid4(), attachments.Kind.PHOTO, b"\xff\xd8\xff", sealer.stretch(number).lookup, sealer.key,
        language="id", body_hash=bytes(32), room=True,
    )  # fmt: skip
    db.session.commit()


def a_planned_contact(report: UUID, *, by: UUID) -> UUID:
    """With one try behind it; her hours are any, so that the doors differ by nothing but the clock."""
    planned = Outreach(
        id=uuid4(), report_id=report, who="", agreement=Agreement.BY_PHONE, agreed_on=clock.now(), due_at=clock.now(),
        purpose="sapa", by_id=by,
    )  # fmt: skip
    db.session.add_all([planned, OutreachTry(outreach_id=planned.id, reached=False, by_id=by)])
    db.session.commit()
    return planned.id


def everything_in(engine) -> bytes:
    """Every value of every row of every table as bytes; in an order that the history of the rows does not change."""
    from sqlalchemy import MetaData

    found, parts = MetaData(), []
    with engine.connect() as connection:
        found.reflect(connection)
        for table in found.sorted_tables:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            rows = connection.exec_driver_sql(f'SELECT {columns} FROM "{table.name}"')
            parts += sorted(b"\n".join(map(_plain, row)) for row in rows)
    return b"\n".join(parts)


def _plain(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return json.dumps(value, default=str, ensure_ascii=False).encode()


def count(model: type = Report) -> int:
    from sqlalchemy import func, select

    return db.session.scalar(select(func.count()).select_from(model))


def hidden_from(report: Report) -> list[UUID]:
    return [each.account_id for each in db.session.scalars(conflicts.of(report))]
