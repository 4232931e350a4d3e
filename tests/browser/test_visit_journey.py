"""The whole journey of a visit in two real browsers: told offline on her own phone, until it is over and closed.

The office runs as it does every day: its background work and its deliverer, on a clock that the test turns forward.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
import time_machine
from playwright.sync_api import expect
from sqlalchemy import select

from pwa import accounts, clock, db, i18n, jobs, logins, places
from pwa.deliver import Deliverer
from pwa.push import Alert, Subject
from pwa.sendings import Sending
from tests.browser.calling import LINES, Screen
from tests.browser.own import KEPT, SENT, an_own_phone
from tests.browser.people import Hands
from tests.browser.profile import Site, everything_shown, sees, until
from tests.browser.serving import a_site
from tests.browser.visiting import Asker, Counsellor
from tests.conftest import settings_for
from tests.factories import a_phone_of, an_account, on_call
from tests.push_double import Double, Phone, a_double

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

ADDRESS = "Gang Kenanga 12"
NAME = "Ratna Contoh"
A_FEW_TRIES = 80  # a phone tries again every half minute
WIDE = {"width": 1280, "height": 800}


@pytest.fixture(autouse=True)
def _real_words(monkeypatch):
    monkeypatch.setattr(places, "LOCALES", places.ROOT / "locales")


@dataclass
class Office:
    """At work, with one counsellor on call."""

    site: Site
    double: Double
    language: i18n.Language
    counsellor: UUID
    phone: Phone

    def signs_in(self, page) -> None:
        """Again on each day: a session lasts half a day, and so does its phone's subscription."""
        with self.site.app.app_context():
            account = accounts.find(self.counsellor)
            self.phone = a_phone_of(account, self.site.settings, f"{self.double.url}/{clock.now():%d%H%M%S}")
            token = logins.start(account)
            db.session.commit()
            db.session.remove()
        page.context.add_cookies([{"name": "m", "value": token, "url": self.site.url}])

    def calls(self, screen: Screen, about: Subject) -> None:
        """Her phone is called because of this, and shows one dull line that does not say so."""
        letter = until(lambda: next((each for each in self.letters() if subject_of(each) == about), None), 20)
        assert letter, f"nobody called her about {about}"
        assert set(letter) == {"v", "id", "k", "p"}
        (shown,) = screen.receives(json.dumps(letter))
        assert (shown["title"], shown["body"]) == LINES[self.language.folder]["t"]

    def letters(self) -> list[dict[str, object]]:
        mine = [each for each in self.double.received if self.phone.endpoint.endswith(each.path)]
        return [json.loads(self.phone.reads(each.body)) for each in mine]


def subject_of(letter: dict[str, object]) -> Subject:
    """What the office knows of it; the letter itself holds nothing but a random id."""
    query = select(Alert.subject).join(Sending, Sending.alert_id == Alert.id)
    with db.reading():
        subject = db.session.scalar(query.where(Sending.id == UUID(letter["id"])))
    db.session.remove()
    return subject


@contextmanager
def at_work(app_for, settings, double: Double, language: i18n.Language) -> Iterator[Office]:
    with a_site(app_for, settings) as site:
        with site.app.app_context():
            account = an_account("konselor", name=NAME)
            on_call(account)
            db.session.remove()
        stop = threading.Event()
        work = [
            threading.Thread(target=jobs.run_forever, args=(site.app, stop)),
            threading.Thread(target=Deliverer(settings).run, args=(stop,)),
        ]
        for each in work:
            each.start()
        try:
            yield Office(site, double, language, account.id, Phone(""))
        finally:
            stop.set()
            for each in work:
                each.join()


@pytest.fixture
def now():
    with time_machine.travel(clock.now()) as now:
        yield now


@pytest.fixture(params=[("id", "sqlite_url"), ("ban", "postgres_url")], ids=["id, sqlite", "ban, postgresql"])
def office(request, now, app_for, data_dir) -> Iterator[Office]:
    folder, url = request.param
    with a_double() as double:
        settings = settings_for(data_dir, request.getfixturevalue(url), push_double=double.url)
        with at_work(app_for, settings, double, i18n.by_folder(folder)) as office:
            yield office


@contextmanager
def her_own_phone(chromium, folder, office: Office) -> Iterator[Asker]:
    tag = {"locale": "id-ID"} if office.language is i18n.DEFAULT else {"locale": "su-ID"}
    with an_own_phone(chromium, folder, office.site, **tag) as page:
        yield Asker(Hands(page), office.language)


@contextmanager
def the_counsellor(chromium, office: Office) -> Iterator[Counsellor]:
    context = chromium.new_context(
        base_url=office.site.url, viewport=WIDE, permissions=["notifications"], locale="id-ID"
    )
    context.add_cookies([{"name": "b", "value": office.language.folder, "url": office.site.url}])
    context.set_default_timeout(10_000)
    page = context.new_page()
    office.signs_in(page)
    page.goto("/konselor")
    yield Counsellor(page, office.language, NAME)
    context.close()


def asks_without_signal(her: Asker) -> None:
    her.page.context.set_offline(True)
    her.asks(ADDRESS)
    sees(her.page, KEPT)
    her.page.context.set_offline(False)
    assert until(her.page.locator(SENT).first.is_visible, A_FEW_TRIES), "what waited did not go by itself"


def test_from_a_request_without_signal_to_the_closed_visit(chromium, tmp_path, office, now):
    with (
        her_own_phone(chromium, tmp_path / "hp", office) as her,
        the_counsellor(chromium, office) as konselor,
    ):
        screen = Screen(konselor.page)
        first = clock.today() + timedelta(days=2)
        asks_without_signal(her)
        office.calls(screen, Subject.VISIT_ASKED)
        konselor.takes_the_newest()
        konselor.offers(first, "09:00")
        her.finds("Staff suggest a time. It is kept for you for a while.")
        her.see(her.day(first))
        her.presses("Yes, this time")
        office.calls(screen, Subject.VISIT_CONFIRMED)
        her.finds("Confirmed")
        her.asks_for(first + timedelta(days=1), "14:00")
        office.calls(screen, Subject.VISIT_MOVED)
        konselor.agrees()
        her.finds("Confirmed")
        her.see(her.day(first + timedelta(days=1)))
        assert ADDRESS not in everything_shown(her.page)
        assert NAME not in everything_shown(her.page)

        now.move_to(at(first, "13:50"))  # the day before the new time; she is there when she is reminded
        office.signs_in(konselor.page)
        now.move_to(at(first, "14:01"))
        office.calls(screen, Subject.VISIT_REMINDER)
        now.move_to(at(first + timedelta(days=1), "13:15"))
        office.signs_in(konselor.page)
        konselor.sets_out()
        for kind in ("departed", "arrived", "under-way", "finished"):
            konselor.signals(kind)
        her.finds("Finished")
        konselor.signals("home")
        konselor.writes_how_it_ended(notes="Tenang, mau bertemu lagi.", reason="Cukup untuk sekarang.")
        konselor.page.goto("/konselor/kunjungan?saring=selesai")
        expect(konselor.page.locator("ol.rows a")).to_have_count(1)
        her.finds("Finished")
        assert "Tenang" not in everything_shown(her.page)


def at(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), clock.JAKARTA)
