"""People and reports for tests: every part has a default, a test names only what matters to it."""

import os
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid4

from pwa import (
    accounts,
    clock,
    db,
    kaders,
    keys,
    logins,
    oncall,
    pushkeys,
    receipts,
    subscriptions,
    telling,
    unpacking,
    visits,
)
from pwa.accounts import Account
from pwa.devices import Device
from pwa.envelope import Label
from pwa.filing import Kind
from pwa.kaders import Area, Kader
from pwa.oncall import Line
from pwa.passkeys import Passkey
from pwa.reports import Report
from pwa.settings import Settings
from pwa.visits import Visit
from pwa.webpush import Service
from tests.push_double import Phone

PASSWORD = "a long and quiet password"
_numbers = count(1)


def an_account(role: str = "penerima", **parts) -> Account:
    """Somebody of the office who can sign in; committed."""
    number = next(_numbers)
    defaults = {"login": f"{role}{number}", "name": f"{role.title()} {number}", "password": PASSWORD}
    account = accounts.create(role=role, **(defaults | parts))
    db.session.commit()
    return account


def a_phone_of(account: Account, settings: Settings, endpoint: str | None = None) -> Phone:
    """A browser this person is signed in on and may be called on; committed."""
    service = Service.of(settings)
    phone = Phone(endpoint or f"https://fcm.googleapis.com/fcm/send/{next(_numbers)}")
    login, _ = logins.find(logins.start(account))
    subscriptions.keep_for_login(
        phone.device, login, service=service, keys=pushkeys.outside(settings.key_dir)
    )
    db.session.commit()
    return phone


def a_listening_phone(receipt_id: UUID, settings: Settings, endpoint: str | None = None) -> Phone:
    """Somebody's own phone that is told when there is news behind this number; committed."""
    phone = Phone(endpoint or f"https://fcm.googleapis.com/fcm/send/{next(_numbers)}")
    keys_ = pushkeys.outside(settings.key_dir)
    subscriptions.keep_for_receipt(phone.device, receipt_id, service=Service.of(settings), keys=keys_)
    db.session.commit()
    return phone


def on_call(account: Account, line: Line = Line.FIRST, *, hours: int = 8) -> None:
    """Standing now; committed."""
    now = clock.now()
    oncall.put(account.id, line=line, starts_at=now, ends_at=now + timedelta(hours=hours), by=account.id)
    db.session.commit()


def a_device_of(account_id: UUID, pin: str = "258036") -> Device:
    """A phone enrolled for this account, on which nobody is signed in; committed."""
    now = clock.now()
    device = Device(
        id=uuid4(), token_hash=os.urandom(32), account_id=account_id, name="HP", created_at=now, seen_at=now,
        lost_at=None, wiped_at=None,
    )  # fmt: skip
    db.session.add(device)
    device.change_pin(pin)
    db.session.commit()
    return device


def a_ready_kader(account_id: UUID, rt_rw: str = "003/002") -> Kader:
    """She has an area, has learned and has promised; committed."""
    kader = kaders.settle(accounts.find(account_id), Area("36.73.01.1001", rt_rw))
    kader.learn()
    kader.promise()
    db.session.commit()
    return kader


def a_passkey_of(account_id: UUID) -> Passkey:
    """A row as enrolling leaves it, whose key nobody holds; committed."""
    passkey = Passkey(
        id=uuid4(), credential_id=os.urandom(32), account_id=account_id, public_key=b"", sign_count=0, name="HP",
        created_at=clock.now(), used_at=None,
    )  # fmt: skip
    passkey.rename("HP")
    db.session.add(passkey)
    db.session.commit()
    return passkey


def a_report(settings: Settings, number: str | None = None, told: dict | None = None, **more) -> Report:
    """What somebody told under `number`, sealed as the server seals it; committed."""
    told = {**(told or {}), **more}
    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    number = number or receipts.new_number()
    report = sealer.tell(uuid4(), told, number, language="id", body_key=b"body")
    db.session.commit()
    return report


def a_closed_visit() -> UUID:
    """One that nobody has opened: enough for whatever only hangs on a visit. Not committed."""
    label = Label(
        id=uuid4(), kind=Kind.VISIT, lookup=os.urandom(32), kecamatan=None, language="id", danger=False,
        written_at=clock.now(),
    )  # fmt: skip
    visits.ask(label, b"", body_hash=os.urandom(32))
    return label.id


def a_visit(settings: Settings, number: str | None = None, told: dict | None = None, **more) -> Visit:
    """What somebody asked for under `number`, opened once by the office; committed."""
    told = {"meeting": "home", "address": "Jalan Melati 7", **(told or {}), **more}
    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    id, stretched = uuid4(), sealer.stretch(number or receipts.new_number())
    sealer.ask_for_visit(id, told, stretched, language="id", body_key=b"body")
    db.session.commit()
    unpacking.unpack_arrived()
    return db.session.get(Visit, id)
