"""What people say and keep secret is nowhere at rest: not in a row, a file, a log line or a backup."""

import re
import secrets
import signal
import sqlite3
import tarfile
from base64 import b32decode
from pathlib import Path

import pytest
import requests

from pwa import db, invitations, receipts, unpacking
from pwa.accounts import StaffRole
from tests.attack.hiding import found_in, found_under
from tests.attack.people import DIGITS, PHONE, Officer, Resident, through
from tests.house import everything_in
from tests.served import a_server, browser_of, wait_until

KEPT_IN_THE_CLEAR = b"36.73."  # the label's kecamatan: where it is not found we looked in the wrong place


@pytest.fixture
def marker() -> str:
    """What residents write."""
    return f"kanari{secrets.token_hex(8)}"


@pytest.fixture
def noted() -> str:
    """What the office writes; another word, because whoever is named in a report does not get to see it."""
    return f"catatan{secrets.token_hex(8)}"


def a_whole_life(resident: Resident, one: Officer, two: Officer, unpack) -> dict[str, str]:
    """Every door once, with everything filled in; the numbers that are good at the end."""
    own = resident.tells("/cerita")
    resident.send("POST", "/cerita/lain", {})
    child = resident.tells("/cerita/sederhana")
    resident.send("POST", "/cerita/lain", {})
    proxy = resident.tells("/cerita/titip")
    resident.send("POST", "/cerita/lain", {})
    resident.send("POST", "/cerita", {"story": resident.marker * 400, "age": "200", "name": resident.marker})
    resident.adds(own)
    resident.send("POST", "/kabar/tambah", {"story": resident.marker * 400})
    resident.send("POST", "/bahasa", {"language": "ban", "back": "/cerita/titip", "story": resident.marker})
    desk = one.writes_at_the_desk(who_name=resident.marker)
    one.send("POST", "/kantor/meja/lain", {"csrf_token": token_of(one)})
    unpack()
    ids = one.finds()
    assert len(ids) == 4, ids
    for id in ids:
        one.does(id, "penanganan")
        one.weighs(id)
        one.weighs(id, level="rendah")
        one.does(id, "jawaban", **{"jawaban-sort": "get-in-touch"})
        one.opens(f"/kantor/laporan/{id}/kontak")
        one.send("POST", f"/kantor/laporan/{id}/kontak", {
            "csrf_token": token_of(one), "upaya-who": "", "upaya-reached": "no", "upaya-note": one.marker,
        })  # fmt: skip
        one.does(id, "jawaban", **{"jawaban-sort": "reply"})
        one.does(id, "tunggu", **{"tunggu-until": "1999-01-01"})
    one.does(ids[0], "gabungan", **{"gabungan-into": ids[1]})
    one.does(ids[1], "penutupan", **{"penutupan-why": "her-wish"})
    one.does(ids[2], "spam")
    two.does(ids[2], "spam/kedua")
    two.does(ids[3], "limpahan")
    two.does(ids[3], "nomor-mati")
    one.send("POST", "/masuk", {"login": one.marker, "password": one.marker, "code": "123456"})
    one.send(
        "POST", "/akun/kata-sandi", {"csrf_token": token_of(one), "current": one.marker, "password": "x"}
    )
    return {"own": own, "child": child, "proxy": proxy, "desk": desk}


def token_of(officer: Officer) -> str:
    return officer.opens("/akun").select_one("[name=csrf_token]")["value"]


def all_secrets(
    words: set[str], people: list, salt: bytes, rounds: int, cookies: set[str]
) -> set[str | bytes]:
    """Everything that must not be found, from the words themselves to what a number becomes when it is stretched."""
    found: set[str | bytes] = {*words, PHONE, DIGITS, DIGITS[1:], *cookies}
    for secret in set().union(*(person.secrets for person in people)):
        found.add(secret)
        if receipts.is_well_formed(secret):
            stretched = receipts.stretch(secret, salt, rounds)
            found |= {
                receipts.grouped(secret),
                receipts.as_order_number(secret),
                stretched.lookup_id,
                stretched.reply_key,
            }
        elif re.fullmatch(r"[A-Z2-7]{32}", secret):
            found.add(b32decode(secret))
    return found


def named(secrets_found) -> list[str]:
    return sorted(repr(each)[:60] for each in secrets_found)


# --- the search itself can fail


@pytest.mark.parametrize("code", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_the_search_finds_what_is_there_in_every_shape(tmp_path, marker, code, before):
    from base64 import b64encode, urlsafe_b64encode

    text = f"{before}{marker}!"
    shapes = [text.encode(code)]
    if code == "utf-8":
        shapes += [each(text.encode()) for each in (b64encode, urlsafe_b64encode, lambda b: b.hex().encode())]
    for shape in shapes:
        (tmp_path / "file").write_bytes(b"\x00\x01" + shape + b"\xff")
        assert found_under(tmp_path, {marker}) == {"file": {marker}}, shape
    (tmp_path / "file").write_bytes(text.encode().swapcase())
    assert found_under(tmp_path, {marker}) == {}


# --- inside one process, on both kinds of database


@pytest.fixture
def inside(app):
    """Browsers without a network."""

    return lambda: through(app.test_client())


def invited(login: str, role: StaffRole, name: str) -> str:
    _, token = invitations.invite(login, name=name, role=role, by=None)
    db.session.commit()
    return f"/undangan/{token}"


def test_no_row_of_the_database_says_what_was_told_written_or_kept_secret(app, inside, marker, noted):
    def unpack():
        unpacking.unpack_arrived()
        db.session.remove()

    resident = Resident(inside(), marker)
    one, two = Officer(inside(), noted), Officer(inside(), noted)
    one.joins(invited("petugas.satu", StaffRole.PENERIMA, noted), f"sandi {noted} satu")
    two.joins(invited("manajer.satu", StaffRole.MANAJER, noted), f"sandi {noted} dua")
    numbers = a_whole_life(resident, one, two, unpack)
    assert noted in resident.reads(numbers["own"]) + resident.reads(numbers["child"])
    from pwa import site

    people = [resident, one, two]
    cookies = set().union(*(person.send.cookies() for person in people))
    assert len(cookies) == 3
    hidden = all_secrets({marker, noted}, people, site.salt(), app.config["SETTINGS"].receipt_rounds, cookies)
    db.session.remove()
    content = everything_in(db.engine())
    assert KEPT_IN_THE_CLEAR in content
    assert not named(found_in(content, hidden))


# --- a real server, with its files, its log and its backup


@pytest.fixture
def served(tmp_path):
    """`pwa serve` as an operator starts it, watched wherever it writes."""
    with a_server(tmp_path) as home:
        yield home


def count_unopened(home) -> int:
    with sqlite3.connect(home.data / "saling-sapa.db") as base:
        tables = ("report", "addition")
        return sum(
            base.execute(f"SELECT count(*) FROM {table} WHERE unpacked_at IS NULL").fetchone()[0]
            for table in tables
        )


def link_in(said: str) -> str:
    return re.search(r"https?://\S+(/undangan/\S+)", said)[1]


def test_no_file_of_a_real_server_says_what_was_told_written_or_kept_secret(served, marker, noted, tmp_path):
    before = served.temporary.stat().st_mtime_ns
    resident = Resident(browser_of(served), marker)
    one, two = Officer(browser_of(served), noted), Officer(browser_of(served), noted)
    for officer, role in ((one, "penerima"), (two, "manajer")):
        said = served.run("user", "add", f"{role}.satu", "--role", role, "--name", noted)
        officer.joins(link_in(said), f"sandi {noted} {role}")
    numbers = a_whole_life(
        resident, one, two, lambda: wait_until(lambda: not count_unopened(served), "everything is unpacked")
    )
    assert noted in resident.reads(numbers["own"]) + resident.reads(numbers["child"])
    a_file_that_nobody_asked_for(served, marker)
    people = [resident, one, two]
    cookies = set().union(*(person.send.cookies() for person in people))
    with sqlite3.connect(served.data / "saling-sapa.db") as base:
        salt = base.execute("SELECT value FROM site_fact WHERE name = 'receipt-salt'").fetchone()[0]
    hidden = all_secrets({marker, noted}, people, salt, receipts.ROUNDS, cookies)

    assert {path.name for path in served.data.glob("saling-sapa.db*")} >= {
        "saling-sapa.db",
        "saling-sapa.db-wal",
    }
    assert not hits(served.data, hidden), "while it runs"
    assert not written_elsewhere(served), "nothing is written outside the data directory"
    assert served.temporary.stat().st_mtime_ns == before, "something was put into the temporary folder"
    served.run("backup", str(tmp_path / "backup.tar.gz"))
    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert not hits(tmp_path / "unpacked", hidden), "in the backup"
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(30) == 0
    assert not hits(served.data, hidden), "after it stopped"
    assert KEPT_IN_THE_CLEAR in b"".join(path.read_bytes() for path in served.data.glob("saling-sapa.db*"))
    log = served.log.read_bytes()
    assert b"/cerita" in log or b"report.tell" in log, "the log says what was asked for"
    assert not named(found_in(log, hidden))


def a_file_that_nobody_asked_for(home, marker: str) -> None:
    """A large part with a file's name, which tools like to put into a temporary file."""
    large = (marker * 40_000).encode()
    requests.post(f"http://127.0.0.1:{home.port}/cerita", files={"story": ("a.txt", large)}, timeout=30)


def hits(folder: Path, hidden: set) -> dict[str, list[str]]:
    return {name: named(found) for name, found in found_under(folder, hidden).items()}


def written_elsewhere(home) -> set[str]:
    """Files the processes opened for writing that are neither the data, nor the log, nor compiled code."""
    paths = set(home.written.read_text().splitlines())
    assert any(path.startswith(str(home.data)) for path in paths), "the watcher saw nothing at all"
    allowed = (str(home.data), str(home.written), "/dev/null")
    return {path for path in paths if not path.startswith(allowed) and "__pycache__" not in path}
