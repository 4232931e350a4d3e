"""What this house writes about itself: what was asked for and how it went, never by whom.

Error messages are left out as well: a database repeats in them what somebody typed.
"""

import logging
import sys
import traceback
from collections import deque
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from time import perf_counter, sleep

from flask import Flask, Response, current_app, request, request_started

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_WRITES_EVERY = 0.1  # seconds
_MOST_LINES = 10_000
_access = logging.getLogger("pwa.access")


class Discreet(logging.Formatter):
    """Of an exception: its type, its causes, and where in the code; not what it says."""

    def formatException(self, ei) -> str:
        lines, error = [], ei[1]
        while error is not None and len(lines) < 5:
            lines.append(f"  {type(error).__name__} at {_where(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)

    def formatStack(self, stack_info: str) -> str:
        return ""


class Gathered(logging.Handler):
    """Writes what was said a few times a second and at the end, from a thread of its own.

    Eight threads that queue for one stream hand round the interpreter instead of answering, and a writer that is
    woken for every line takes a turn of it each time. When nobody reads, the oldest lines are lost, not the memory.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lock = None  # adding to the end needs none
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)
        self._writing = Lock()
        Thread(target=self._keep_writing, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))

    def flush(self) -> None:
        """Also called by `logging` itself when the process ends."""
        with self._writing, suppress(OSError, ValueError):
            if lines := [self._lines.popleft() for _ in range(len(self._lines))]:
                sys.stderr.write("\n".join(lines) + "\n")
                sys.stderr.flush()

    def _keep_writing(self) -> None:
        while True:
            sleep(_WRITES_EVERY)
            self.flush()


class _WithoutPaths(logging.Filter):
    """waitress names the address that was asked for, and an address may hold an invitation."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info or "serving" in str(record.msg):
            record.msg, record.args = "an answer could not be finished", ()
        return True


def start(level: int = logging.INFO) -> None:
    """Everything to standard error, one line each; the service manager keeps the time."""
    gathered = Gathered()
    gathered.setFormatter(Discreet("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [gathered]
    root.setLevel(logging.WARNING)
    logging.getLogger("pwa").setLevel(level)
    logging.getLogger("waitress").addFilter(_WithoutPaths())
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def register(app: Flask) -> None:
    request_started.connect(_note_start, app)
    app.after_request(_note_answer)


def _note_start(app: Flask) -> None:
    request.environ["pwa.started"] = perf_counter()


def _note_answer(response: Response) -> Response:
    took = perf_counter() - request.environ.get("pwa.started", perf_counter())
    method = request.method if request.method in _METHODS else "other"
    rule = request.url_rule.rule if request.url_rule else "-"
    note(method, rule, response.status_code, took, current_app.config["SETTINGS"].role)
    return response


def note(method: str, rule: str, status: int, took: float, role: str) -> None:
    _access.info("%s %s %s %.0f ms %s", method, rule, status, took * 1000, role)


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return (
        " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
        or "unknown"
    )
