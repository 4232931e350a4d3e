"""What leaves the building, looked at from the other side of the wire."""

import base64
import json
import logging
import socket
import time
from datetime import timedelta
from email.utils import format_datetime
from uuid import uuid4

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec

from pwa import clock, endpoints
from pwa.settings import PUSH_HOSTS
from pwa.webpush import Answer, Note, Outcome, Service
from tests.push_double import Phone, a_double

KEY = ec.generate_private_key(ec.SECP256R1())
DAY = timedelta(days=1)


@pytest.fixture
def double():
    with a_double() as double:
        yield double


@pytest.fixture
def service(double):
    """A line to the double."""
    with Service(PUSH_HOSTS, "mailto:postmaster@sapa.example.id", double.url).line() as line:
        yield line


def send(note: Note, phone: Phone, double: str | None = None) -> Answer:
    """Over a line of its own; without a `double` to the services of real browsers."""
    with Service(PUSH_HOSTS, "mailto:a@b.id", double).line() as line:
        return line.send(note, phone.device, KEY)


def a_note(kind: str = "t", **parts) -> Note:
    return Note(**{"id": uuid4(), "kind": kind, "lasts": DAY, "urgent": False, **parts})


def a_phone(double, path: str = "/one") -> Phone:
    return Phone(double.url + path)


def claims(headers) -> dict[str, object]:
    token = headers["Authorization"].split("t=")[1].split(",")[0].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(token + "=="))


@pytest.mark.parametrize("kind", list("ntmrw"))
def test_every_push_has_the_same_length_whatever_it_says(service, double, kind):
    phone, note = a_phone(double), a_note(kind)
    assert service.send(note, phone.device, KEY).outcome is Outcome.ACCEPTED
    (got,) = double.received
    assert len(got.body) == 615
    inside = json.loads(phone.reads(got.body))
    assert inside == {"v": 1, "id": note.id.hex, "k": kind, "p": inside["p"]}
    assert set(inside["p"]) == {"0"}


def test_what_wakes_somebody_says_so_and_ends_with_what_it_is_about(service, double):
    service.send(a_note(urgent=True, lasts=timedelta(minutes=15)), a_phone(double).device, KEY)
    service.send(a_note(), a_phone(double).device, KEY)
    first, second = double.received
    assert (first.headers["Urgency"], first.headers["ttl"]) == ("high", "900")
    assert (second.headers["Urgency"], second.headers["ttl"]) == ("normal", "86400")


def test_a_topic_says_nothing_and_differs_from_phone_to_phone(service, double):
    one = a_phone(double)
    for kind in "tt":
        service.send(a_note(kind), one.device, KEY)
    service.send(a_note("r"), one.device, KEY)
    topics = [each.headers["Topic"] for each in double.received]
    assert topics[0] == topics[1] != topics[2]
    assert all(len(topic) == 32 for topic in topics)


def test_two_services_in_turn_each_see_their_own_name_in_the_claims(service, double):
    with a_double() as other:
        for each in (double, other, double):
            send(a_note(), Phone(each.url + "/x"), each.url)
        seen = [claims(got.headers)["aud"] for got in (*double.received, *other.received)]
    assert seen == [double.url, double.url, other.url]
    token = claims(double.received[0].headers)
    assert token["sub"] == "mailto:a@b.id"
    assert time.time() < token["exp"] < time.time() + 12 * 3600


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ACCEPTED), (201, Outcome.ACCEPTED), (202, Outcome.ACCEPTED), (204, Outcome.ACCEPTED),
        (400, Outcome.MALFORMED), (401, Outcome.REFUSED), (403, Outcome.REFUSED), (404, Outcome.GONE),
        (410, Outcome.GONE), (413, Outcome.TOO_LARGE), (429, Outcome.TOO_MANY), (500, Outcome.TROUBLE),
        (503, Outcome.TROUBLE), (408, Outcome.TROUBLE),
    ],
)  # fmt: skip
def test_each_answer_of_a_service_means_one_thing(service, double, status, outcome):
    double.answers["/one"] = status
    answer = service.send(a_note(), a_phone(double).device, KEY)
    assert (answer.outcome, answer.status) == (outcome, status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_followed_anywhere(service, double, status):
    double.answers["/one"] = (status, {"Location": "/elsewhere"})
    assert service.send(a_note(), a_phone(double).device, KEY).outcome is Outcome.TROUBLE
    assert double.paths() == ["/one"]


@time_machine.travel("2026-11-25 10:00Z", tick=False)
def test_a_service_that_asks_for_time_is_given_it_within_reason(service, double):
    at = clock.now() + timedelta(seconds=90)
    for wish, pause in (("7", 7), (format_datetime(at, usegmt=True), 90), ("999999", 3600), ("soon", None)):
        double.answers["/one"] = (429, {"Retry-After": wish})
        answer = service.send(a_note(), a_phone(double).device, KEY)
        assert answer.pause == (pause and timedelta(seconds=pause))


def test_a_handful_shares_one_connection_and_the_next_one_looks_again(service, double):
    for _ in range(3):
        service.send(a_note(), a_phone(double).device, KEY)
    send(a_note(), a_phone(double), double.url)
    ports = [each.port for each in double.received]
    assert ports[0] == ports[1] == ports[2] != ports[3]


@pytest.mark.parametrize("length", [100, 100_000])
def test_a_service_that_has_much_to_say_spoils_nothing_for_the_next(service, double, length):
    double.answers["/one"] = (201, {"Content-Length": str(length)})
    answers = [service.send(a_note(), a_phone(double).device, KEY) for _ in range(3)]
    assert [each.outcome for each in answers] == [Outcome.ACCEPTED] * 3
    assert len(double.received) == 3


def test_a_service_that_says_nothing_is_not_waited_for(service, double):
    double.answers["/one"] = None
    started = time.monotonic()
    assert service.send(a_note(), a_phone(double).device, KEY).outcome is Outcome.TROUBLE
    assert time.monotonic() - started < 12


def test_a_broken_key_is_the_phones_trouble_and_no_request(service, double):
    phone = a_phone(double).device
    broken = type(phone)(phone.endpoint, "B" * 87, phone.auth)
    assert service.send(a_note(), broken, KEY).outcome is Outcome.TROUBLE
    assert double.received == []


def test_no_log_and_no_printed_device_ever_names_an_address(service, double, caplog):
    caplog.set_level(logging.DEBUG)
    phone = a_phone(double, "/secret-capability")
    double.answers["/secret-capability"] = 500
    service.send(a_note(), phone.device, KEY)
    lost = Phone("http://127.0.0.1:1/secret-capability")
    send(a_note(), lost, "http://127.0.0.1:1")
    service.send(a_note(), Phone("https://evil.example/secret-capability").device, KEY)
    said = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("pwa")
    ) + repr(phone.device)
    assert "secret-capability" not in said
    assert phone.device.auth not in said
    assert phone.device.p256dh not in said
    assert "pwa.webpush" in {record.name for record in caplog.records}


ELSEWHERE = [
    "http://fcm.googleapis.com/x", "ftp://fcm.googleapis.com/x", "file:///etc/passwd", "//fcm.googleapis.com/x",
    "https://fcm.googleapis.com:8443/x", "https://fcm.googleapis.com:80/x", "https://fcm.googleapis.com:99999/x",
    "https://user@fcm.googleapis.com/x", "https://user:pass@fcm.googleapis.com/x", "https://fcm.googleapis.com@evil.example/x",
    "https://evilfcm.googleapis.com.example/x", "https://xfcm.googleapis.com.evil.example/x",
    "https://evil-fcm.googleapis.com.", "https://notfcm-googleapis.com/x", "https://xpush.apple.com/x",
    "https://fcm.googleapis.com\\@evil.example/x", "https://fcm.googleapis.com%2eevil.example/x",
    "https://ｆcm.googleapis.com/x", "https://fcm。googleapis.com/x", "https://127.0.0.1/x", "https://[::1]/x",
    "https://2130706433/x", "https://localhost/x", "https://169.254.169.254/latest", "https://fcm.googleapis.com /x",
    "https://fcm.googleapis.com\r\nHost: x/", "https://", "", "https://fcm.googleapis.com/" + "x" * 1024,
]  # fmt: skip
CLOSED = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.254", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.88.99.1", "240.0.0.1", "::1", "::", "fe80::1",
    "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "::127.0.0.1", "2001:db8::1",
]  # fmt: skip


@pytest.fixture
def no_sockets(monkeypatch):
    """Nothing may be opened, and no name may be asked for."""

    def refuse(*args, **options):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    return monkeypatch


@pytest.mark.parametrize("endpoint", ELSEWHERE)
def test_an_address_that_is_no_known_push_service_is_refused_before_anything_opens(no_sockets, endpoint):
    no_sockets.setattr(socket, "getaddrinfo", socket.socket)
    with pytest.raises(endpoints.Unacceptable):
        Service(PUSH_HOSTS, "mailto:a@b.id").name_of(endpoint)
    assert send(a_note(), Phone(endpoint)).outcome is Outcome.MALFORMED


@pytest.mark.parametrize("address", CLOSED)
def test_a_known_name_that_leads_into_a_closed_network_is_refused_before_anything_opens(no_sockets, address):
    """Also when only one of its addresses does: rebinding hides behind a good one."""
    for found in ([address], ["142.250.4.95", address]):
        entries = [(0, 0, 0, "", (each, 443)) for each in found]
        no_sockets.setattr(socket, "getaddrinfo", lambda *_, entries=entries, **__: entries)
        phone = Phone("https://fcm.googleapis.com/fcm/send/x")
        assert send(a_note(), phone).outcome is Outcome.MALFORMED


def test_the_connection_goes_to_the_address_that_was_looked_at_and_to_no_other(monkeypatch):
    """A second answer of the name server, a moment later, is never asked for."""
    asked, opened = [], []

    def resolve(host, *_, **__):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("142.250.4.95", 443))]

    def connect(address, *_, **__):
        opened.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    phone = Phone("https://fcm.googleapis.com/fcm/send/x")
    assert send(a_note(), phone).outcome is Outcome.TROUBLE
    assert asked == ["fcm.googleapis.com"]
    assert opened == [("142.250.4.95", 443)]


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/x", "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/x", "https://fcm.googleapis.com:443/x", "https://wns2-par02p.notify.windows.com/w/?token=x",
    ],
)  # fmt: skip
def test_the_push_services_of_real_browsers_are_known(endpoint):
    assert Service(PUSH_HOSTS, "mailto:a@b.id").name_of(endpoint) in PUSH_HOSTS
