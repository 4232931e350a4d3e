"""Other ways than push: tried when a ring goes unanswered, and no wiser than a push."""

import logging
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from pwa import channels, db, pulse
from pwa.deliver import Deliverer
from pwa.settings import Settings
from pwa.variables import BadSetting
from tests.factories import a_report, an_account, on_call

MAILBOXES = {"PWA_MAIL_FROM": "sapa@example.id", "PWA_MAIL_TO": "piket@example.id"}


@contextmanager
def a_mail_server():
    """Takes one letter after the other, and keeps what was said."""
    letters = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            inside, lines = False, []
            for line in self.rfile:
                if inside and line == b".\r\n":
                    letters.append(b"".join(lines).decode())
                    inside = False
                elif inside:
                    lines.append(line)
                    continue
                inside = line.upper().startswith(b"DATA")
                self.wfile.write(b"354 go on\r\n" if inside else b"250 good\r\n")
                if line.upper().startswith(b"QUIT"):
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{server.server_address[1]}", letters
        finally:
            server.shutdown()
            thread.join()


def test_mail_is_off_until_every_setting_for_it_is_there(settings):
    assert channels.of(settings) == []
    environ = {"PWA_SMTP_URL": "smtps://name:secret@mail.example.id", **MAILBOXES}
    for name in environ:
        assert channels.of(Settings.from_environ({**environ, name: ""})) == []
    (mail,) = channels.of(Settings.from_environ(environ))
    assert "secret" not in repr(mail)


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [("PWA_SMTP_URL", "relay.example.net"), ("PWA_MAIL_TO", "nobody"), ("PWA_MAIL_FROM", "a@b\nTo: c@d.id")],
)
def test_a_mail_setting_that_makes_no_sense_is_refused_without_repeating_it(name, nonsense):
    with pytest.raises(BadSetting, match=name) as refusal:
        Settings.from_environ({name: nonsense})
    assert nonsense not in str(refusal.value)


@pytest.mark.parametrize("anybody", [True, False])
def test_a_ring_that_nobody_answers_is_mailed_once_in_the_same_dull_words(settings, database, anybody):
    with a_mail_server() as (url, letters), time_machine.travel("2026-11-25 10:00Z") as now:
        here = replace(settings, smtp_url=url, mail_from="sapa@example.id", mail_to="piket@example.id")
        pulse.beat(pulse.DELIVERER)
        if anybody:
            on_call(an_account())
        a_report(settings, danger="yes", story="rahasia", name="Siti")
        deliverer = Deliverer(here)
        deliverer.look_round()
        assert len(letters) == (0 if anybody else 1), "with nobody on call it does not wait"
        for _ in range(3):
            now.shift(timedelta(seconds=61))
            deliverer.look_round()
        (letter,) = letters
    assert "Subject: Tugas baru / Tugas anyar" in letter
    assert "Buka dasbor. Perlu segera dibaca." in letter
    for secret in ("rahasia", "Siti", "bahaya", "laporan"):
        assert secret not in letter


def test_a_mail_server_that_is_away_holds_up_nobody_and_is_named_in_the_log(settings, database, caplog):
    caplog.set_level(logging.WARNING)
    channels.call([channels.Mail("smtp://name:secret@127.0.0.1:1", "a@b.id", "c@d.id")])
    assert "channel mail failed" in caplog.text
    assert "secret" not in caplog.text
    db.session.rollback()
