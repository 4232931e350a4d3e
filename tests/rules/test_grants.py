"""On PostgreSQL a taken-over public part meets a second wall: its database account may do very little."""

from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from pwa import (
    addresses,
    answers,
    attachments,
    audit,
    clock,
    db,
    envelope,
    keyring,
    keys,
    listeners,
    oncall,
    pieces,
    places,
    push,
    pushkeys,
    receipts,
    revision,
    seen,
    sendings,
    subscriptions,
    telling,
    unpacking,
    vault,
)
from pwa.answers import Sort
from pwa.deliver import Deliverer
from pwa.envelope import Label
from pwa.push import Subject
from pwa.reports import Report
from pwa.subscriptions import Subscription
from pwa.webpush import Service
from tests.conftest import let_go, settings_for
from tests.factories import a_phone_of, an_account, on_call
from tests.push_double import Phone, a_double
from tests.sounds import AMR

VISIT, REPLY = uuid4(), uuid4()
GRANTS = places.ROOT / "deploy" / "grants.sql"
SHUT_TO_THE_PUBLIC_PART = (
    "account", "alert.due_at", "answer.said", "audit", "audit_head", "booking", "calendar_entry", "circuit",
    "conflict", "contact_try", "counsellor", "device", "errand", "holiday", "hours_exemption", "invitation", "kader",
    "ladder_call", "login", "outreach", "outreach_try", "passkey", "attachment.envelope", "reply_key", "resource", "ring",
    "sending.alert_id", "shift", "subscription.closed", "subscription.service", "task", "transition", "triage",
    "visit.counsellor_id", "visit.envelope", "visit.start_at", "visit_conflict", "visit_move.start_at", "visit_recheck",
    "visit_reply.envelope", "visit_step", "weekly_hours",
)  # fmt: skip


@pytest.fixture
def office(data_dir, postgres_url):
    """Settings for each database account: `office("sapa_public")`; the vault is open, as the owner left it."""
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(GRANTS.read_text())
        connection.execute(GRANTS.read_text())  # a second time changes nothing

    def connected_as(account: str):
        url = make_url(postgres_url).set(username=account).render_as_string(hide_password=False)
        settings = settings_for(data_dir, url)
        held = keys.private_keys(settings.key_dir, settings.office_key_dir)
        keyring.use(held)
        vault.use(keys.open_vault(settings.office_key_dir, held))
        db.connect(url)
        return settings

    yield connected_as
    vault.use(None)
    keyring.use({})
    let_go()


def refused(statement: str) -> bool:
    try:
        db.session.execute(text(statement))
    except ProgrammingError as error:
        return any(
            words in str(error.orig) for words in ("permission denied", "must be owner", "row-level security")
        )
    finally:
        db.session.rollback()
    return False


def test_a_whole_conversation_needs_no_more_than_was_granted(office):
    settings = office("sapa_public")
    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    number = receipts.new_number()
    stretched = sealer.stretch(number)
    report = sealer.tell(uuid4(), {"story": "x"}, number, language="id", body_key=b"k")
    db.session.commit()

    office("sapa_office")
    officer = an_account()
    unpacking.unpack_arrived()
    answers.answer(receipts.find(stretched.lookup), "Kami di sini.", sort=Sort.GET_IN_TOUCH, by=officer.id)
    audit.record("answered", by=officer, kind="report", object_id=report.id)
    db.session.commit()

    office("sapa_public")
    receipt = receipts.find(stretched.lookup)
    assert [opened.text for opened in answers.read(receipt, stretched.reply_key)] == ["Kami di sini."]
    sealer.add(uuid4(), "masih takut", stretched, language="id", body_key=b"k")
    db.session.commit()
    for body_hash in (b"1" * 32, b"2" * 32):
        how = {"language": "id", "body_hash": body_hash, "room": True}
        attachments.put(uuid4(), attachments.Kind.PHOTO, b"\xff\xd8\xff", stretched.lookup, sealer.key, **how)
        db.session.commit()
    _tells_aloud(sealer, stretched.lookup)
    sealer.change_number(uuid4(), receipt, stretched, sealer.stretch(receipts.new_number()), language="id")
    db.session.commit()
    assert receipts.find(stretched.lookup) is None

    office("sapa_office")
    report = db.session.get(Report, report.id)
    brought = db.session.scalars(attachments.of(report)).all()
    attachments.look_through(report, brought)
    assert [each.unreadable for each in brought] == [False] * 3


def _tells_aloud(sealer, lookup: bytes) -> None:
    """In two pieces, as over a bad link."""
    label = Label(
        id=uuid4(), kind="audio", lookup=lookup, kecamatan=None, language="id", danger=False, written_at=clock.now(),
    )  # fmt: skip
    lines = label.canonical()
    sealed = envelope.seal_file(label, AMR, sealer.key.id, sealer.key.key)
    body = len(lines).to_bytes(2, "big") + lines + sealed
    upload = pieces.begin(label.id, b"key", body[:1_000], size=len(body), room=True)
    for at in (0, 1_000):
        pieces.go_on(upload, at, body[at : at + 1_000] if at == 0 else body[at:])
        db.session.commit()
        upload = pieces.find(label.id, b"key")
    assert upload.is_whole


@pytest.mark.parametrize("what", SHUT_TO_THE_PUBLIC_PART)
def test_the_public_part_cannot_even_look(office, what):
    office("sapa_public")
    table, _, column = what.partition(".")
    assert refused(f"SELECT {column or '*'} FROM {table}")


SHUT_TO_THE_DELIVERER = (
    "account.name", "account.password_hash", "account.totp_secret", "addition", "answer", "audit", "conflict", "kelurahan",
    "login.token_hash", "attachment", "piece", "receipt", "reply_key", "report", "shift.phone", "stash", "transition",
    "triage", "upload", "value",
)  # fmt: skip


@pytest.mark.parametrize("what", SHUT_TO_THE_DELIVERER)
def test_the_deliverer_cannot_look_at_anything_that_was_told(office, what):
    office("sapa_deliver")
    table, _, column = what.partition(".")
    assert refused(f"SELECT {column or '*'} FROM {table}")


def test_alerts_leave_and_rings_climb_with_no_more_than_was_granted(office):
    settings = office("sapa_office")
    officer, manajer = an_account(), an_account("manajer")
    on_call(officer)
    with a_double() as double:
        settings = replace(settings, push_double=double.url)
        a_phone_of(officer, settings, double.url + "/officer")
        a_phone_of(manajer, settings, double.url + "/manajer")
        push.promise(Subject.TEST, to=officer.id, path="/akun")
        db.session.commit()

        office("sapa_public")
        sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
        sealer.tell(uuid4(), {"danger": "yes"}, receipts.new_number(), language="id", body_key=b"k")
        sealer.tell(uuid4(), {}, receipts.new_number(), language="id", body_key=b"k")
        push.cancel(Subject.TASK, to=officer.id)
        db.session.commit()

        url = make_url(db.engine().url).set(username="sapa_deliver")
        db.connect(url.render_as_string(hide_password=False))
        vault.use(None)
        deliverer = Deliverer(settings)
        for _ in range(2):
            deliverer.look_round()
        while deliverer.send_some():
            pass
        assert double.paths() == ["/officer"] * 3
        id = db.session.scalars(select(sendings.Sending.id)).first()
        db.session.rollback()

        office("sapa_public")
        sendings.acknowledge(id)
        db.session.commit()
        assert not oncall.is_covered()


@pytest.mark.parametrize(
    "table", ["account", "login", "invitation", "audit", "reply_key", "site_fact", "value"]
)
def test_the_public_part_cannot_plant_anything(office, table):
    office("sapa_public")
    assert refused(f"INSERT INTO {table} DEFAULT VALUES")


def test_the_public_part_can_neither_change_nor_remove_what_was_told(office):
    office("sapa_public")
    assert refused("UPDATE report SET envelope = ''")
    assert refused("DELETE FROM report")
    assert refused("DELETE FROM receipt")
    assert refused("DELETE FROM addition")
    assert refused("DELETE FROM attachment")
    assert refused("UPDATE attachment SET receipt_id = receipt_id")


def test_the_public_part_files_what_she_asks_and_answers_but_moves_no_visit(office):
    settings = office("sapa_public")
    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    number = sealer.stretch(receipts.new_number())
    for _ in range(2):
        sealer.ask_for_visit(VISIT, {"meeting": "home"}, number, language="id", body_key=b"k")
        sealer.reply(REPLY, {"said": "yes"}, number, language="id", body_key=b"k")
        db.session.commit()
    receipt = receipts.find(number.lookup)
    assert [(each.state, each.said_id) for each in seen.of(receipt)] == [("asked", REPLY)]
    for statement in ("UPDATE visit SET state = 'confirmed'", "DELETE FROM visit", "DELETE FROM visit_reply"):
        assert refused(statement)
    for table in ("visit_move", "visit_step", "task", "booking"):
        assert refused(f"INSERT INTO {table} DEFAULT VALUES")


def test_the_public_part_keeps_and_forgets_the_phones_of_residents(office):
    settings = office("sapa_public")
    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    number = sealer.stretch(receipts.new_number())
    sealer.ask_for_visit(VISIT, {"meeting": "home"}, number, language="id", body_key=b"k")
    db.session.commit()
    receipt, how = (
        receipts.find(number.lookup),
        {"service": Service.of(settings), "keys": pushkeys.outside(settings.key_dir)},
    )
    old, new = (Phone(f"https://fcm.googleapis.com/{name}").device for name in ("old", "new"))
    for _ in range(2):
        listeners.add(old, receipt, **how)
        db.session.commit()
    subscriptions.move(old, new, **how)
    db.session.commit()
    assert listeners.of(receipt).marks == [addresses.mark_of(new)[:8].hex()]
    answers.move(receipt, b"n" * 32, {}, phone=addresses.mark_of(new))
    db.session.commit()
    assert len(listeners.of(receipt).marks) == 1
    subscriptions.forget_as_listener(new)
    db.session.commit()
    assert listeners.of(receipt).marks == []


def test_the_public_part_can_neither_see_silence_nor_plant_a_phone_that_wakes_somebody_at_work(office):
    settings = office("sapa_office")
    officer = an_account()
    phone = a_phone_of(officer, settings)
    row = db.session.scalars(select(Subscription)).one()
    parts = f"'{uuid4()}', '\\x01', 's', '\\x01', '\\x01', 'live', 0, now()"
    columns = "id, mark, service, vapid_id, closed, state, failures, kept_at"

    office("sapa_public")
    assert db.session.scalar(text("SELECT count(id) FROM subscription")) == 0
    assert refused(
        f"INSERT INTO subscription ({columns}, account_id, login_id) VALUES ({parts}, '{officer.id}', '{row.login_id}')"
    )
    assert refused(f"INSERT INTO subscription ({columns}) VALUES ({parts})")
    assert refused(f"UPDATE subscription SET mark = mark WHERE id = '{row.id}'")
    db.session.execute(text("DELETE FROM subscription"))
    thief = Phone("https://fcm.googleapis.com/thief").device
    how = {"service": Service.of(settings), "keys": pushkeys.outside(settings.key_dir)}
    subscriptions.move(phone.device, thief, **how)
    db.session.commit()

    office("sapa_office")
    assert db.session.scalars(select(Subscription.mark)).all() == [addresses.mark_of(phone.device)]


def test_not_even_the_office_can_rewrite_the_audit(office):
    office("sapa_office")
    assert refused("UPDATE audit SET action = 'nothing'")
    assert refused("DELETE FROM audit")
    assert refused("DELETE FROM audit_head")


@pytest.mark.parametrize("account", ["sapa_public", "sapa_office", "sapa_deliver"])
def test_no_account_of_a_process_can_change_the_tables(office, account):
    office(account)
    assert refused("DROP TABLE report")
    assert refused("ALTER TABLE report ADD COLUMN x int")
    assert refused("CREATE TABLE intruder (x int)")
    assert revision.current() == revision.newest()
