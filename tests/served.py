"""A real `pwa serve` in a process of its own, as an operator starts it, and people who visit it without a browser."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.attack.people import SAME_SITE, Answer

PWA = Path(sys.executable).with_name("pwa")
# Notes every file the server opens for writing, also those without a name of their own.
WATCHER = """
import os, sys
_log = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
def _note(event, args):
    if event == "open" and isinstance(args[0], str) and isinstance(args[2], int) and args[2] & _WRITES:
        os.write(_log, f"{args[0]}\\n".encode("utf-8", "replace"))
    elif event.startswith("tempfile."):
        os.write(_log, f"{event} {args[0]}\\n".encode())
sys.addaudithook(_note)
"""


@dataclass
class Served:
    """Where it keeps what, and `run("user", "add", …)` for the operator.

    `host` is what visitors call it: browsers make passkeys for names, never for a bare address.
    """

    base: Path
    port: int
    host: str = "127.0.0.1"
    process: subprocess.Popen | None = None
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def temporary(self) -> Path:
        return self.base / "tmp"

    @property
    def log(self) -> Path:
        return self.base / "log"

    @property
    def written(self) -> Path:
        return self.base / "written"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"], "PWA_DATA_DIR": str(self.data), "PORT": str(self.port),
            "PYTHONPATH": str(self.base / "hook"), "TMPDIR": str(self.temporary), "WATCHED": str(self.written),
            "PYTHONUNBUFFERED": "1", "PWA_PUBLIC_URL": self.url, **self.settings,
        }  # fmt: skip

    def run(self, *words: str) -> str:
        return subprocess.run(
            [PWA, *words],
            env=self.environ,
            cwd=self.base,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    def responds(self) -> bool:
        try:
            return requests.get(self.url, timeout=5).ok
        except requests.ConnectionError:
            return False


@contextmanager
def a_server(base: Path, host: str = "127.0.0.1", **settings: str) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        home = Served(base, free.getsockname()[1], host, settings=settings)
    home.temporary.mkdir()
    (base / "hook").mkdir()
    (base / "hook" / "sitecustomize.py").write_text(WATCHER)
    home.run("init")
    with home.log.open("wb") as log:
        home.process = subprocess.Popen([PWA, "serve"], env=home.environ, cwd=base, stdout=log, stderr=log)
    try:
        wait_until(home.responds, "the server answers")
        yield home
    finally:
        if home.process.poll() is None:
            home.process.send_signal(signal.SIGTERM)
            home.process.wait(30)


def browser_of(home: Served) -> Callable[..., Answer]:
    session = requests.Session()

    def send(method: str, path: str, data: dict | None = None) -> Answer:
        answer = session.request(
            method, home.url + path, data=data, headers=SAME_SITE, allow_redirects=False, timeout=30
        )
        return Answer(answer.status_code, answer.text, answer.headers.get("Location"))

    send.cookies = lambda: {cookie.value for cookie in session.cookies if len(cookie.value) > 20}
    return send


def wait_until(true: Callable[[], object], what: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"waited in vain until {what}"
        time.sleep(0.05)
