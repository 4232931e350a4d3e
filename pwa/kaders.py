"""Kader: neighbours who carry the service to those without a phone or the courage. Where each one helps, and
whether she has learned and promised what comes before helping."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db, lesson, vault, wilayah
from pwa.accounts import Account, StaffRole

RT_RW = re.compile(r"([0-9]{1,3})\s*/\s*([0-9]{1,3})")


@dataclass(frozen=True)
class Area:
    """A kelurahan by its code, and the RT and RW within it as people write them: `003/002`."""

    kelurahan: str
    rt_rw: str

    @classmethod
    def of(cls, kelurahan: str, rt_rw: str) -> "Area":
        """Raises `ValueError` for what is no RT and RW."""
        found = RT_RW.fullmatch(rt_rw.strip())
        if not found or "0" in (found[1].lstrip("0") or "0", found[2].lstrip("0") or "0"):
            raise ValueError("RT/RW")
        return cls(kelurahan, f"{int(found[1]):03}/{int(found[2]):03}")

    def __str__(self) -> str:
        rt, rw = self.rt_rw.split("/")
        return f"RT {rt}/RW {rw}, {wilayah.full_name(self.kelurahan)}"


class Kader(db.Model):
    """`since` is when she came to this area: what she sent before belongs to the one before."""

    __tablename__ = "kader"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kelurahan: Mapped[str] = mapped_column(String(13), index=True)
    rt_rw: Mapped[str] = mapped_column(String(7))
    since: Mapped[datetime] = mapped_column(db.UtcDateTime)
    trained_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    promised_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    promise_version: Mapped[str | None] = mapped_column(String(10))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    @property
    def is_genuine(self) -> bool:
        return hmac.compare_digest(self.mac, self._expected_mac())

    @property
    def area(self) -> Area:
        return Area(self.kelurahan, self.rt_rw)

    @property
    def is_trained(self) -> bool:
        return self.trained_at is not None

    @property
    def has_promised(self) -> bool:
        """What is promised today; an older wording must be promised anew."""
        return self.promised_at is not None and self.promise_version == lesson.PROMISE_VERSION

    @property
    def may_help(self) -> bool:
        return self.is_trained and self.has_promised

    def learn(self) -> None:
        self.trained_at = self.trained_at or clock.now()
        self._mark()

    def promise(self) -> None:
        self.promised_at, self.promise_version = clock.now(), lesson.PROMISE_VERSION
        self._mark()

    def move(self, area: Area) -> bool:
        """Whether that is another area; if so, what she sent from the old one is no longer hers to see."""
        if area == self.area:
            return False
        self.kelurahan, self.rt_rw, self.since = area.kelurahan, area.rt_rw, clock.now()
        self._mark()
        return True

    def _mark(self) -> None:
        self.mac = self._expected_mac()

    def _expected_mac(self) -> bytes:
        return vault.current().mac(
            "kader", self.account_id, self.kelurahan, self.rt_rw, self.since, self.trained_at or "",
            self.promised_at or "", self.promise_version or "",
        )  # fmt: skip


def settle(account: Account, area: Area) -> Kader:
    """Give her a first area."""
    kader = Kader(
        account_id=account.id, kelurahan=area.kelurahan, rt_rw=area.rt_rw, since=clock.now(), trained_at=None,
        promised_at=None, promise_version=None,
    )  # fmt: skip
    kader._mark()
    db.session.add(kader)
    db.session.flush()
    return kader


def find(account: Account) -> Kader | None:
    kader = db.session.get(Kader, account.id)
    return kader if kader is not None and kader.is_genuine else None


def everybody() -> Sequence[tuple[Account, Kader | None]]:
    """All who may help, with or without an area yet."""
    query = select(Account, Kader).outerjoin(Kader, Kader.account_id == Account.id)
    rows = db.session.execute(query.where(Account.role == StaffRole.KADER).order_by(Account.login)).all()
    return [
        (account, kader if kader is not None and kader.is_genuine else None)
        for account, kader in rows
        if account.is_genuine
    ]
