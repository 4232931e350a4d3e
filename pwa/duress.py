"""The word a counsellor types when somebody stands beside her: the page looks as with any other, and help is called.

Only a mark of it is kept. Nobody in the office can read it, and no page says whether there is one.
"""

import hmac
import unicodedata
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete
from sqlalchemy.orm import Mapped, mapped_column

from pwa import db, vault


class DuressWord(db.Model):
    __tablename__ = "duress_word"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary(32))


def choose(account_id: UUID, word: str) -> None:
    """Replaces the one before; an empty one takes it back."""
    db.session.execute(delete(DuressWord).where(DuressWord.account_id == account_id))
    if _plain(word):
        db.session.add(DuressWord(account_id=account_id, mark=_mark(account_id, word)))
    db.session.flush()


def is_meant(account_id: UUID, word: str) -> bool:
    known = db.session.get(DuressWord, account_id, populate_existing=True)
    return hmac.compare_digest(known.mark if known else b"", _mark(account_id, word))


def _mark(account_id: UUID, word: str) -> bytes:
    return vault.current().mac("duress word", account_id, _plain(word))


def _plain(word: str) -> str:
    """However a trembling hand types it: case, blanks and accents mean nothing."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in letters if sign.isalnum())
