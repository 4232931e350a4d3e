"""The city's districts: six kecamatan, sixty-seven kelurahan, keyed by code because two of them share a name."""

import csv
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import db, places


class Kecamatan(db.Model):
    __tablename__ = "kecamatan"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


class Kelurahan(db.Model):
    __tablename__ = "kelurahan"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    kecamatan_code: Mapped[str] = mapped_column(ForeignKey("kecamatan.code"), index=True)


@dataclass(frozen=True)
class Place:
    """A kecamatan with its kelurahan as (code, name) pairs in the order of their names."""

    code: str
    name: str
    kelurahan: tuple[tuple[str, str], ...]


def load() -> None:
    """Bring the tables in line with `data/wilayah.csv`; the caller commits."""
    with (places.PACKAGE / "data" / "wilayah.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    for code, name in {row["kode_kecamatan"]: row["kecamatan"] for row in rows}.items():
        db.session.merge(Kecamatan(code=code, name=name))
    db.session.flush()
    for row in rows:
        db.session.merge(
            Kelurahan(code=row["kode_kelurahan"], name=row["kelurahan"], kecamatan_code=row["kode_kecamatan"])
        )


def places_of_the_city() -> tuple[Place, ...]:
    """Read once per process and database: districts change by decree, not by the hour."""
    return _places(str(db.engine().url))


def kecamatan_of(area: str | None) -> str | None:
    """The kecamatan's code for a kecamatan's or kelurahan's code; `None` for anything else."""
    known = {place.code for place in places_of_the_city()}
    head = (area or "")[:8]
    return head if head in known and is_known(area) else None


def is_known(area: str | None) -> bool:
    return area in _names(str(db.engine().url))


def full_name(area: str | None) -> str:
    """`Sukawana, Kec. Curug`: a kelurahan is never named without its kecamatan."""
    return _names(str(db.engine().url)).get(area or "", "")


def point(area: object) -> tuple[str, str] | None:
    """Latitude and longitude of a point inside this kelurahan; `None` for anything wider or unknown."""
    return _points().get(area) if isinstance(area, str) else None


@cache
def _points() -> dict[str, tuple[str, str]]:
    with (places.PACKAGE / "data" / "wilayah-padanan.csv").open(encoding="utf-8") as source:
        return {row["kode_kelurahan"]: (row["titik_lat"], row["titik_lon"]) for row in csv.DictReader(source)}


@cache
def _places(url: str) -> tuple[Place, ...]:
    within: dict[str, list[tuple[str, str]]] = {}
    for kelurahan in db.session.scalars(select(Kelurahan).order_by(Kelurahan.name)):
        within.setdefault(kelurahan.kecamatan_code, []).append((kelurahan.code, kelurahan.name))
    return tuple(
        Place(kecamatan.code, kecamatan.name, tuple(within.get(kecamatan.code, ())))
        for kecamatan in db.session.scalars(select(Kecamatan).order_by(Kecamatan.name))
    )


@cache
def _names(url: str) -> dict[str, str]:
    names = {}
    for place in _places(url):
        names[place.code] = f"Kec. {place.name}"
        names |= {code: f"{name}, Kec. {place.name}" for code, name in place.kelurahan}
    return names
