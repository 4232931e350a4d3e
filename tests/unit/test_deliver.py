"""From a promise to a phone: what each answer of a push service does to the row and to the next try."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import func, select

from pwa import (
    circuits,
    claims,
    clock,
    db,
    deliver,
    logins,
    oncall,
    pulse,
    push,
    pushkeys,
    receipts,
    sendings,
    subscriptions,
)
from pwa.deliver import Deliverer
from pwa.push import Subject
from pwa.sendings import Sending, State
from pwa.subscriptions import Subscription
from pwa.webpush import Answer, Outcome
from tests.factories import a_listening_phone, a_phone_of, an_account, on_call
from tests.push_double import a_double


@pytest.fixture
def double():
    with a_double() as double:
        yield double


@pytest.fixture
def here(settings, double, database):
    """Settings that reach the double."""
    return replace(settings, push_double=double.url)


@pytest.fixture
def deliverer(here) -> Deliverer:
    return Deliverer(here)


def send_all(deliverer: Deliverer) -> int:
    """Everything that is due now; how many left."""
    deliverer.look_round()
    sent = 0
    while some := deliverer.send_some():
        sent += some
    return sent


def tell(account, subject: Subject = Subject.TASK, **more) -> None:
    push.promise(subject, to=account.id, path="/kantor/laporan", **more)
    db.session.commit()


def only(model):
    db.session.expire_all()
    return db.session.scalars(select(model)).one()


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_promise_reaches_every_device_a_person_is_signed_in_on_and_nobody_elses(deliverer, here, double):
    her, other = an_account(), an_account()
    for path in ("/a", "/b"):
        a_phone_of(her, here, double.url + path)
    a_phone_of(other, here, double.url + "/other")
    tell(her)
    assert send_all(deliverer) == 2
    assert sorted(double.paths()) == ["/a", "/b"]
    assert send_all(deliverer) == 0


def test_nothing_leaves_before_its_time_nor_after_what_it_was_about(deliverer, here, double):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    with time_machine.travel("2026-11-25 10:00Z", tick=False) as now:
        a_phone_of(her, here, double.url + "/b")
        tell(her, at=clock.now() + timedelta(hours=1), until=clock.now() + timedelta(hours=2))
        assert send_all(deliverer) == 0
        now.shift(timedelta(hours=2, minutes=1))
        assert send_all(deliverer) == 0
    assert double.received == []


def test_what_was_taken_back_stays_here_even_when_it_was_addressed_already(deliverer, here, double):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    tell(her)
    assert deliver.address_due() == 1
    push.cancel(Subject.TASK, to=her.id)
    db.session.commit()
    assert send_all(deliverer) == 0


@pytest.mark.parametrize("how", ["signed out", "everywhere", "disabled", "twelve hours"])
def test_a_device_is_silent_once_its_owner_is_no_longer_signed_in_on_it(deliverer, here, double, how):
    boss, her = an_account("admin"), an_account()
    a_phone_of(her, here, double.url + "/a")
    match how:
        case "signed out":
            db.session.scalars(select(logins.Login)).one().revoke()
        case "everywhere":
            her.sign_out_everywhere()
        case "disabled":
            her.disable()
        case "twelve hours":
            login = db.session.scalars(select(logins.Login)).one()
            login.created_at -= timedelta(hours=12)
    db.session.commit()
    tell(her)
    assert send_all(deliverer) == 0
    assert boss.is_active


def test_what_is_for_whoever_is_on_call_reaches_them_and_without_anybody_the_intake(deliverer, here, double):
    intake, counsellor = an_account("penerima"), an_account("manajer")
    a_phone_of(intake, here, double.url + "/intake")
    a_phone_of(counsellor, here, double.url + "/on-call")
    push.promise(Subject.NEW_REPORT, path="/kantor/laporan")
    db.session.commit()
    send_all(deliverer)
    on_call(counsellor)
    push.promise(Subject.NEW_REPORT, path="/kantor/laporan")
    db.session.commit()
    send_all(deliverer)
    assert double.paths() == ["/intake", "/on-call"]


def test_a_resident_is_called_by_her_receipt_and_in_her_own_few_words(deliverer, here, double):
    receipts.issue(her := uuid4(), b"h" * 32)
    phone = a_listening_phone(her, here, double.url + "/hers")
    push.promise(Subject.VISIT_REMINDER, receipt_id=her, path="/kabar")
    db.session.commit()
    assert send_all(deliverer) == 1
    assert b'"k":"r"' in phone.reads(double.received[0].body)
    subscriptions.forget_receipt(her)
    push.promise(Subject.NEW_MESSAGE, receipt_id=her, path="/kabar")
    db.session.commit()
    assert send_all(deliverer) == 0


class Scripted:
    """In place of the services: answers in this order, and notes how many connections to the database are in use."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes, self.in_use = list(outcomes), []

    @contextmanager
    def line(self):
        yield self

    def send(self, *_) -> Answer:
        self.in_use.append(db.engine().pool.checkedout())
        return Answer(self.outcomes.pop(0))


def test_the_database_is_let_go_while_the_network_is_open(deliverer, here, double):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    for _ in range(3):
        tell(her)
    deliverer._service = Scripted(*[Outcome.ACCEPTED] * 3)
    assert send_all(deliverer) == 3
    assert deliverer._service.in_use == [0, 0, 0], "a slow push service would stop everybody who writes"


def test_a_device_that_goes_in_the_middle_of_a_handful_takes_only_its_own_with_it(deliverer, here, double):
    gone, other = an_account(), an_account()
    for person in (gone, other):
        a_phone_of(person, here, double.url + "/a")
    for person in (gone, gone, other):
        tell(person)
    deliverer._service = Scripted(Outcome.ACCEPTED, Outcome.GONE, Outcome.ACCEPTED)
    assert send_all(deliverer) == 3
    assert (count(Subscription), only(Sending).state) == (1, State.ACCEPTED)


def test_a_handful_that_takes_too_long_is_shared_with_the_next_sender(deliverer, here, double, monkeypatch):
    monkeypatch.setattr(deliver, "_HANDFUL_TAKES", -1)
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    for _ in range(3):
        tell(her)
    deliverer.look_round()
    assert [deliverer.send_some() for _ in range(4)] == [1, 1, 1, 0]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_accepted_is_accepted_once(deliverer, here, double, status):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    double.answers["/a"] = status
    tell(her)
    assert send_all(deliverer) == 1
    sending = only(Sending)
    assert (sending.state, sending.status) == (State.ACCEPTED, status)
    assert sending.accepted_at is not None


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten_at_once(deliverer, here, double, status):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    double.answers["/a"] = status
    tell(her)
    send_all(deliverer)
    assert (count(Subscription), count(Sending)) == (0, 0)


def test_three_malformed_answers_without_any_success_end_a_device(deliverer, here, double):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    double.answers["/a"] = 400
    for tries in range(3):
        assert only(Subscription).state is subscriptions.State.LIVE, tries
        tell(her)
        send_all(deliverer)
        assert len(double.received) == tries + 1  # none is tried twice
    assert only(Subscription).state is subscriptions.State.DISABLED
    tell(her)
    assert send_all(deliverer) == 0


def test_a_device_that_once_worked_survives_malformed_answers(deliverer, here, double):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    tell(her)
    send_all(deliverer)
    double.answers["/a"] = 400
    for _ in range(4):
        tell(her)
        send_all(deliverer)
    assert only(Subscription).state is subscriptions.State.LIVE


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_deletes_nobody_marks_the_device_and_opens_a_circuit(deliverer, here, double, status):
    her = an_account()
    with time_machine.travel("2026-11-25 10:00Z", tick=False) as now:
        a_phone_of(her, here, double.url + "/a")
        double.answers["/a"] = status
        tell(her)
        tell(her)
        assert send_all(deliverer) == 1  # the second waits behind the circuit
        device = only(Subscription)
        assert device.state is subscriptions.State.NEEDS_RESUBSCRIBE
        (circuit,) = circuits.now_open()
        assert (circuit.service, circuit.vapid_id, circuit.status) == ("double", device.vapid_id, status)
        del double.answers["/a"]
        now.shift(circuits.REFUSED_FOR + timedelta(seconds=1))
        assert send_all(deliverer) == 2
        assert circuits.now_open() == []
        assert only(Subscription).state is subscriptions.State.LIVE


def test_one_made_up_subscription_does_not_silence_the_others_of_its_service(deliverer, here, double):
    people = [an_account() for _ in range(4)]
    for number, person in enumerate(people):
        a_phone_of(person, here, f"{double.url}/{number}")
    double.answers["/0"] = 403
    for person in people:
        tell(person)
    send_all(deliverer)
    assert sorted(double.paths()) == ["/0", "/1", "/2", "/3"]
    assert circuits.now_open() == []


def test_too_large_is_our_own_mistake_and_not_tried_again(deliverer, here, double):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    double.answers["/a"] = 413
    tell(her)
    send_all(deliverer)
    assert only(Sending).state is State.FAILED
    assert only(Subscription).state is subscriptions.State.LIVE


def test_a_service_that_asks_for_time_gets_it_and_the_other_service_goes_on(
    deliverer, here, double, settings
):
    with a_double() as other, time_machine.travel("2026-11-25 10:00Z", tick=False) as now:
        slow, quick = an_account(), an_account()
        a_phone_of(slow, here, double.url + "/slow")
        a_phone_of(quick, replace(settings, push_double=other.url), other.url + "/quick")
        db.session.execute(
            Subscription.__table__.update().where(Subscription.account_id == quick.id).values(service="b")
        )
        db.session.commit()
        double.answers["/slow"] = (429, {"Retry-After": "120"})
        for person in (slow, slow, quick):
            tell(person)
            now.shift(timedelta(seconds=1))
        deliverer.look_round()
        assert deliverer.send_some() == 1
        assert double.paths() == ["/slow"]
        assert send_all(Deliverer(replace(here, push_double=other.url))) == 1, "let go at once"
        del double.answers["/slow"]
        now.shift(timedelta(seconds=121))
        assert send_all(deliverer) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 408, 307])
def test_trouble_is_tried_again_later_and_later_until_it_would_be_old_news(deliverer, here, double, status):
    her = an_account()
    with time_machine.travel("2026-11-25 10:00Z", tick=False) as now:
        a_phone_of(her, here, double.url + "/a")
        double.answers["/a"] = status
        tell(her, until=clock.now() + timedelta(minutes=30))
        waits = []
        while only_or_none() is None or only_or_none().state is State.WAITING:
            assert send_all(deliverer) == 1
            sending = only(Sending)
            waits.append((sending.due_at - clock.now()).total_seconds())
            now.move_to(sending.due_at)
        assert only(Sending).state is State.FAILED
        assert 4 < len(double.received) < 200
        assert max(waits) <= 300
        assert max(waits[:3]) <= 8


def only_or_none():
    db.session.expire_all()
    return db.session.scalars(select(Sending)).first()


def test_danger_leaves_before_what_has_waited_longer(deliverer, here, double):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    for _ in range(3):
        tell(her)
    tell(her, Subject.VISIT_MOVED, urgent=True)
    tell(her, Subject.DANGER_NOW, urgent=True)
    deliverer.look_round()
    order = []
    while claimed := claims.claim(10):
        order.append([db.session.get(Sending, each.id).priority for each in claimed])
    assert order == [[0], [1], [2, 2, 2]], (
        "what is urgent is claimed one by one, so that all senders share it"
    )


def test_the_sender_kept_for_what_is_urgent_leaves_the_rest_alone(deliverer, here, double):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    tell(her)
    deliverer.look_round()
    assert not deliverer.send_some(urgent_only=True)
    assert deliverer.send_some()


def test_what_a_killed_deliverer_held_is_let_go_after_a_while(deliverer, here, double):
    her = an_account()
    with time_machine.travel("2026-11-25 10:00Z", tick=False) as now:
        a_phone_of(her, here, double.url + "/a")
        tell(her)
        deliverer.look_round()
        assert claims.claim(10)  # and then it is killed
        assert not deliverer.send_some()
        now.shift(claims.HELD + timedelta(seconds=1))
        assert deliverer.send_some()


def test_a_sixth_device_takes_the_place_of_the_oldest(here, double):
    her = an_account()
    for number in range(7):
        a_phone_of(her, here, f"{double.url}/{number}")
    assert count(Subscription) == subscriptions.DEVICES


def test_the_next_person_on_a_shared_phone_takes_it_over_and_the_one_before_is_not_called_there(
    deliverer, here, double
):
    before, after = an_account(), an_account()
    phone = a_phone_of(before, here, double.url + "/shared")
    login, _ = logins.find(logins.start(after))
    keys = pushkeys.outside(here.key_dir)
    subscriptions.keep_for_login(phone.device, login, service=deliverer._service, keys=keys)
    db.session.commit()
    tell(before)
    tell(after)
    assert send_all(deliverer) == 1


def test_whoever_learns_an_address_can_neither_take_it_over_nor_silence_its_owner(deliverer, here, double):
    owner, thief = an_account(), an_account()
    a_phone_of(owner, here, double.url + "/known")
    a_phone_of(thief, here, double.url + "/known")  # the same address with keys of the thief's own
    tell(owner)
    assert send_all(deliverer) == 1


def test_no_column_holds_an_address_in_plain(here, double, database):
    from tests.house import everything_in

    phone = a_phone_of(an_account(), here, double.url + "/secret-capability")
    kept = everything_in(database)
    for secret in ("secret-capability", phone.device.auth, phone.device.p256dh):
        assert secret.encode() not in kept


def test_the_pulse_beats_and_says_whether_anybody_can_be_woken(deliverer, here, double):
    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    on_call(her)
    with_test = deliverer
    with_test.look_round()
    assert pulse.is_alive(pulse.DELIVERER, deliver.SILENT_AFTER)
    assert not oncall.is_covered(), "a phone nobody has tested covers nothing"
    tell(her, Subject.TEST)
    send_all(deliverer)
    sendings.acknowledge(only(Sending).id)
    db.session.commit()
    assert oncall.tested(her.id)
    with time_machine.travel(clock.now() + timedelta(seconds=21)):
        deliverer.look_round()
        assert oncall.is_covered()
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert not oncall.is_covered(), "a deliverer that died promises nothing"


def test_an_acknowledgement_counts_once_and_a_made_up_one_not_at_all(deliverer, here, double):
    from uuid import uuid4

    her = an_account()
    a_phone_of(her, here, double.url + "/a")
    tell(her)
    send_all(deliverer)
    sendings.acknowledge(uuid4())
    sending = only(Sending)
    assert sending.acked_at is None
    sendings.acknowledge(sending.id)
    first = only(Sending).acked_at
    sendings.acknowledge(sending.id)
    assert only(Sending).acked_at == first
