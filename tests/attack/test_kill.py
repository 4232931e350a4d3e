"""The server dies at any moment under load, again and again: what somebody holds a receipt for is there, once.

`PWA_KILLS` sets how often on each kind of database (a few by default, a hundred in `make prove`).
"""

import os
import threading
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from itertools import islice
from random import Random
from time import sleep

import pytest
from sqlalchemy import select

from bench import letters
from bench.house import HOST, House, Server
from pwa import db
from pwa.receipts import Receipt
from pwa.reports import Report

KILLS = int(os.environ.get("PWA_KILLS", "3"))
SEALING, TYPING = 6, 2
LETTERS_EACH = 60  # more than one life of the server can take from one browser
LIFE = (0.05, 0.6)


@pytest.fixture
def house(tmp_path, database_url) -> House:
    yield House(tmp_path / "house", database_url)
    db.connect(database_url)


class Browser:
    """Sends letters and keeps those for which it has seen no receipt, as a phone does."""

    def __init__(self, unsent: list[letters.Letter]) -> None:
        self.unsent, self.received = unsent, []

    def sends(self, port: int) -> None:
        """Until everything is received or nobody answers any more."""
        with suppress(OSError, HTTPException), closing(HTTPConnection(HOST, port, timeout=20)) as connection:
            while self.unsent and self.shows_receipt(connection, self.unsent[0]):
                self.received.append(self.unsent.pop(0))

    def shows_receipt(self, connection: HTTPConnection, letter: letters.Letter) -> bool:
        connection.request("POST", "/kirim", letter.body, {"Content-Type": "application/octet-stream"})
        answer = connection.getresponse()
        return str(letter.id) in answer.read().decode() and answer.status == 200


class OldBrowser(Browser):
    """Without JavaScript: one session a letter, and the receipt is the page she is sent on to."""

    def __init__(self, unsent: list[letters.Letter]) -> None:
        super().__init__(unsent)
        self.cookies = {}

    def shows_receipt(self, connection: HTTPConnection, letter: letters.Letter) -> bool:
        cookie = self.cookies.get(letter.id) or self.opens_form(connection, letter)
        kind = "application/x-www-form-urlencoded"
        connection.request("POST", "/cerita", letter.body, {"Content-Type": kind, "Cookie": cookie})
        connection.getresponse().read()
        connection.request("GET", "/cerita", headers={"Cookie": cookie})
        return 'id="nomor"' in connection.getresponse().read().decode()

    def opens_form(self, connection: HTTPConnection, letter: letters.Letter) -> str:
        connection.request("GET", "/cerita")
        answer = connection.getresponse()
        answer.read()
        return self.cookies.setdefault(letter.id, answer.headers["Set-Cookie"].partition(";")[0])


def test_no_receipted_report_is_lost_or_doubled_when_the_server_is_killed(house):
    rng = Random("kill")
    sealed, typed = letters.sealed(house.settings), letters.typed()
    sent = set()
    for _ in range(KILLS):
        browsers = [Browser(list(islice(sealed, LETTERS_EACH))) for _ in range(SEALING)]
        browsers += [OldBrowser(list(islice(typed, LETTERS_EACH))) for _ in range(TYPING)]
        ids = [letter.id for browser in browsers for letter in browser.unsent]
        dies_under_load(house.serve(), browsers, after=rng.uniform(*LIFE))
        received = [letter for browser in browsers for letter in browser.received]
        assert received, "premise: something was received"
        assert any(browser.unsent for browser in browsers), "premise: it died while they were sending"
        reports = in_database(house)
        assert {letter.id for letter in received} <= reports, "a receipted report is lost"
        sent.update(ids)
        assert reports <= sent
    again(house, browsers)
    assert not any(browser.unsent for browser in browsers), "the same bytes, sent again, are received"
    assert {letter.id for browser in browsers for letter in browser.received} <= in_database(house)


def dies_under_load(server: Server, browsers: list[Browser], *, after: float) -> None:
    threads = [threading.Thread(target=browser.sends, args=(server.port,)) for browser in browsers]
    for thread in threads:
        thread.start()
    try:
        while not any(browser.received for browser in browsers):
            sleep(0.01)
        sleep(after)
    finally:
        server.kill()
        for thread in threads:
            thread.join()


def again(house: House, browsers: list[Browser]) -> None:
    """What is left of the last life, two letters a browser: those that were under way are among them."""
    for browser in browsers:
        del browser.unsent[2:]
    server = house.serve()
    try:
        for browser in browsers:
            browser.sends(server.port)
    finally:
        server.stop()


def in_database(house: House) -> set:
    """The ids of all reports; each hangs on a receipt of its own."""
    db.connect(house.settings.database_url)
    rows = db.session.execute(select(Report.id, Report.receipt_id)).all()
    receipts = set(db.session.scalars(select(Receipt.id)))
    db.session.rollback()
    ids = [id for id, _ in rows]
    assert len(ids) == len(set(ids)), "a report is doubled"
    assert {receipt for _, receipt in rows} == receipts, "half a report was written"
    assert len(receipts) == len(rows), "half a report was written"
    return set(ids)
