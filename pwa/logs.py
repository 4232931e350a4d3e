"""What this house writes about itself: what was asked for and how it went, never by whom.

Error messages are left out as well: a database repeats in them what somebody typed.
"""

import atexit
import logging
import sys
import traceback
from logging.handlers import QueueHandler, QueueListener
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter

from flask import Flask, Response, current_app, request, request_started

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
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


class _WithoutPaths(logging.Filter):
    """waitress names the address that was asked for, and an address may hold an invitation."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info or "serving" in str(record.msg):
            record.msg, record.args = "an answer could not be finished", ()
        return True


def start(level: int = logging.INFO) -> None:
    """Everything to standard error, one line each; the service manager keeps the time.

    A thread of its own writes: eight that queue for one stream hand the interpreter round instead of answering.
    """
    lines: SimpleQueue[logging.LogRecord] = SimpleQueue()
    door = QueueHandler(lines)
    door.setFormatter(Discreet("%(levelname)s %(name)s: %(message)s"))
    door.lock = None  # the queue needs none, and waiting for one costs a turn of the interpreter each time
    writer = QueueListener(lines, logging.StreamHandler(sys.stderr))
    writer.start()
    atexit.register(writer.stop)
    root = logging.getLogger()
    root.handlers[:] = [door]
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
