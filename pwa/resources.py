"""What the office takes along or sits in: vehicles and rooms. They are retired, never deleted: old visits name them.

A counsellor is a resource as well, under the id of her account, and needs no row here.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import clock, db
from pwa.i18n import lazy_gettext as _l
from pwa.vault import Sealed


class Kind(StrEnum):
    VEHICLE = "vehicle"
    ROOM = "room"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {Kind.VEHICLE: _l("Vehicle"), Kind.ROOM: _l("Room")}


class Resource(db.Model):
    """Its name is sealed: a number plate before her door would tell a finder where the office has been."""

    __tablename__ = "resource"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[Kind] = mapped_column(db.words(Kind))
    name: Mapped[str] = mapped_column(Sealed("resource.name"))
    retired_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)

    @property
    def is_active(self) -> bool:
        return self.retired_at is None

    def rename(self, name: str) -> None:
        self.name = name

    def retire(self) -> None:
        """Nothing new is booked on it; what is booked already stands until somebody moves it."""
        self.retired_at = self.retired_at or clock.now()

    def bring_back(self) -> None:
        self.retired_at = None


def add(kind: Kind, name: str) -> Resource:
    resource = Resource(id=uuid4(), kind=kind, name=name)
    db.session.add(resource)
    return resource


def everything() -> Sequence[Resource]:
    """Vehicles before rooms, each by its name; the retired ones at the end."""
    found = db.session.scalars(select(Resource)).all()
    return sorted(found, key=lambda each: (not each.is_active, each.kind is Kind.ROOM, each.name.casefold()))


def active() -> Sequence[Resource]:
    return [resource for resource in everything() if resource.is_active]
