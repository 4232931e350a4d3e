"""The web server: it stops when told, works in the background only where the keys are, and spools nothing."""

import socket
import threading

import pytest
from waitress import create_server
from waitress.adjustments import Adjustments
from waitress.buffers import TempfileBasedBuffer

from pwa import jobs, serving
from pwa.app import LARGEST_REQUEST
from pwa.settings import Role
from tests.conftest import settings_for


@pytest.fixture
def settings_of(data_dir):
    def made(**others):
        return settings_for(data_dir, "sqlite://", **others)

    return made


@pytest.fixture
def served(settings_of):
    """A server on a port of its own that answers with what it was sent: `ask(bytes)`."""

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        length = len(environ["wsgi.input"].read())
        return [f"{length} {environ['REMOTE_ADDR']} {environ['wsgi.url_scheme']}".encode()]

    servers = []

    def start(**others):
        server = create_server(app, **(serving.options(settings_of(**others)) | {"port": 0}))
        thread = threading.Thread(target=server.run)
        thread.start()
        servers.append((server, thread))
        return lambda request: _ask(server.effective_port, request)

    yield start
    for server, thread in servers:
        everything = list(server._map.values())
        server.trigger.pull_trigger(server._map.clear)
        thread.join(10)
        server.task_dispatcher.shutdown()
        for each in everything:
            each.close()


def _ask(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def post(body: bytes, headers: str = "") -> bytes:
    return (
        f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode()
        + body
    )


def test_no_body_is_ever_written_to_a_temporary_file(served, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("a body went to the disk")

    monkeypatch.setattr(TempfileBasedBuffer, "newfile", refuse)
    answer = served()(post(b"x" * LARGEST_REQUEST))
    assert f"{LARGEST_REQUEST} ".encode() in answer


def test_a_body_larger_than_any_form_is_refused_at_the_door(served):
    """Only when all of it was heard: a browser that is cut off while it sends never sees the answer."""
    answer = served()(post(bytes(3 * LARGEST_REQUEST)))
    assert answer.startswith(b"HTTP/1.1 303 ")
    assert b"\r\nLocation: /maaf/413\r\n" in answer


def test_what_is_larger_than_any_photo_is_cut_off_unheard(served):
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {10**12}\r\n\r\n"
    assert served()(head.encode()).startswith(b"HTTP/1.1 303 ")


def test_nothing_of_a_form_too_large_is_kept_while_it_is_heard():
    parser = serving.Patient(Adjustments(max_request_body_size=100))
    parser.received(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
    assert not parser.completed
    for part in (b"x" * 400, b"y" * 599):
        assert parser.received(part) == len(part)
        assert not parser.completed
    assert parser.received(b"z" + b"GET / HTTP/1.1\r\n") == 1
    assert parser.completed
    assert len(parser.get_body_stream().read()) == 0


def test_the_server_does_not_introduce_itself(served):
    head = served()(post(b""))
    assert b"waitress" not in head
    assert b"Server:" not in head


def test_a_stranger_cannot_say_where_he_comes_from(served):
    forged = post(b"", "X-Forwarded-For: 10.9.8.7\r\nX-Forwarded-Proto: https\r\n")
    assert b"0 127.0.0.1 http" in served()(forged)
    assert b"0 127.0.0.1 http" in served(trusted_proxy="10.0.0.1")(forged)


def test_the_trusted_proxy_says_where_people_come_from(served):
    honest = post(b"", "X-Forwarded-For: 6.6.6.6, 10.9.8.7\r\nX-Forwarded-Proto: https\r\n")
    assert b"0 10.9.8.7 https" in served(trusted_proxy="127.0.0.1")(honest)


def test_every_option_is_one_that_waitress_knows(settings_of):
    Adjustments(**serving.options(settings_of(trusted_proxy="127.0.0.1")))


@pytest.mark.parametrize(
    ("role", "works"), [(Role.PUBLIC, False), (Role.DELIVER, False), (Role.OFFICE, True), (Role.ALL, True)]
)
def test_background_work_runs_only_where_the_keys_are(settings_of, monkeypatch, role, works):
    ran = threading.Event()

    def work(app, stop):
        ran.set()
        stop.wait()

    monkeypatch.setattr(jobs, "run_forever", work)
    with serving.background_work(None, settings_of(role=role)):
        assert ran.wait(1 if works else 0.05) is works
    assert not [thread for thread in threading.enumerate() if thread.name == "worker"]
