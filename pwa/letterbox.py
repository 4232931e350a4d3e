"""Reports that arrive together are filed together: one turn of the database, one wait for the disk.

Whoever's turn it is files all that gathered meanwhile; nobody is answered before what was brought is on the disk.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock

from pwa import db
from pwa.filing import OtherBody
from pwa.receipts import NumberTaken

_REFUSED = (OtherBody, NumberTaken)


class NotFiled(Exception):
    """Whoever had the turn died of it; nothing was kept and the phone tries again."""


class _Letter:
    def __init__(self, file: Callable[[], None]) -> None:
        self.file = file
        self.error: Exception | None = NotFiled()


_gathered: deque[_Letter] = deque()
_turn = Lock()


def put(file: Callable[[], None]) -> None:
    """Call `file`, in this thread or another, and commit. What it raises is raised here, and nothing of it is kept."""
    letter = _Letter(file)
    _gathered.append(letter)
    with _turn:
        if letter in _gathered:
            _file([_gathered.popleft() for _ in range(len(_gathered))])
    if letter.error is not None:
        raise letter.error


def _file(letters: Sequence[_Letter]) -> None:
    """All in one transaction; when one of them is refused, each in its own."""
    error = _tried(letters)
    if isinstance(error, _REFUSED) and len(letters) > 1:
        for letter in letters:
            _file([letter])
        return
    for letter in letters:
        letter.error = error


def _tried(letters: Sequence[_Letter]) -> Exception | None:
    try:
        for letter in letters:
            letter.file()
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        return error
    return None
