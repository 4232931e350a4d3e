"""Signs of life: what runs in the background says "still here", and silence is noticed by whoever looks."""

from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db

DELIVERER = "deliverer"
COVERED = "covered"  # beats only while somebody on call holds a phone that was tested


class Pulse(db.Model):
    __tablename__ = "pulse"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)


def beat(name: str) -> None:
    """The caller commits."""
    db.session.merge(Pulse(name=name, at=clock.now()))


def hold(name: str) -> bool:
    """Until the commit nobody else may do what only one may do at a time; False when somebody else holds it."""
    query = select(Pulse.name).where(Pulse.name == name)
    return db.session.scalar(query.with_for_update(skip_locked=True)) is not None


def age(name: str) -> timedelta | None:
    """`None` before the first beat."""
    pulse = db.session.get(Pulse, name, populate_existing=True)
    return pulse and clock.now() - pulse.at


def ages() -> dict[str, timedelta]:
    """Of everything that ever beat, in one question."""
    return {pulse.name: clock.now() - pulse.at for pulse in db.session.scalars(select(Pulse))}


def is_alive(name: str, within: timedelta) -> bool:
    last = age(name)
    return last is not None and last < within
