"""WebKit, the engine of every iPhone, driven through Debian's own WebKitWebDriver: the few verbs a journey needs."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

DRIVER = shutil.which("WebKitWebDriver")
SCREEN = shutil.which("Xvfb")
BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"), None)
IS_HERE = bool(DRIVER and SCREEN and BROWSER)
PATIENCE = 60
_WANTED = {"webkitgtk:browserOptions": {"binary": str(BROWSER), "args": ["--automation"]}}


@dataclass
class WebKit:
    session: str
    site: str

    def goes(self, path: str) -> None:
        self._post("url", {"url": self.site + path})
        self.sees("h1")

    def sees(self, selector: str) -> None:
        self.until(f"return Boolean(document.querySelector('{selector}')?.getClientRects().length)", selector)

    def says(self, selector: str) -> str:
        return self.runs(f"return document.querySelector('{selector}')?.innerText ?? ''")

    def touches(self, selector: str) -> None:
        self.sees(selector)
        self.runs(f"document.querySelector('{selector}').click()")

    def writes(self, selector: str, text: str) -> None:
        self.runs(
            "const field = document.querySelector(arguments[0]); field.value = arguments[1];"
            "field.dispatchEvent(new Event('input', { bubbles: true }))", selector, text,
        )  # fmt: skip

    def back(self) -> None:
        self._post("back", {})

    def runs(self, script: str, *arguments: object) -> object:
        answer = self._post("execute/sync", {"script": script, "args": list(arguments)})
        return answer if not isinstance(answer, dict) or "error" not in answer else None

    def until(self, script: str, what: str) -> None:
        end = time.monotonic() + PATIENCE
        while self.runs(script) is not True:
            assert time.monotonic() < end, f"never came: {what}"
            time.sleep(0.2)

    def _post(self, command: str, body: dict) -> object:
        return requests.post(f"{self.session}/{command}", json=body, timeout=PATIENCE).json()["value"]


@contextmanager
def a_webkit(site: str) -> Iterator[WebKit]:
    """A window on a screen of its own, and a home folder that nothing was ever kept in."""
    with tempfile.TemporaryDirectory() as home, _running([SCREEN, "-displayfd", "1"]) as screen:
        display = screen.stdout.readline().decode().strip()
        port = _a_free_port()
        environ = os.environ | {
            "DISPLAY": f":{display}",
            "HOME": home,
            "XDG_CACHE_HOME": home,
            "XDG_DATA_HOME": home,
        }
        with _running([DRIVER, f"--port={port}"], env=environ):
            driver = f"http://127.0.0.1:{port}"
            session = _session(driver)
            yield WebKit(f"{driver}/session/{session}", site)
            requests.delete(f"{driver}/session/{session}", timeout=PATIENCE)


def _session(driver: str) -> str:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            answer = requests.post(
                f"{driver}/session", json={"capabilities": {"alwaysMatch": _WANTED}}, timeout=PATIENCE
            )
            return answer.json()["value"]["sessionId"]
        except requests.ConnectionError:
            assert time.monotonic() < end, "the driver never answered"
            time.sleep(0.2)


@contextmanager
def _running(command: list, **options) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def _a_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
