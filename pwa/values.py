"""Lists of values with stable keys: the office may reword them, reports keep the key.

Each value carries its own words in every language we speak, and its place in the ministry's SIMFONI lists.
"""

import json
from dataclasses import dataclass
from functools import cache

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import db, i18n, places


class Value(db.Model):
    __tablename__ = "value"

    list: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    labels: Mapped[dict[str, str]] = mapped_column(JSON)
    simfoni: Mapped[str | None] = mapped_column(String(60))


@dataclass(frozen=True)
class Choice:
    key: str
    labels: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        labels = dict(self.labels)
        return labels.get(i18n.current().folder) or labels[i18n.DEFAULT.folder]


def load() -> None:
    """Bring the table in line with `data/values.json` and the SIMFONI lists; the caller commits."""
    data = places.PACKAGE / "data"
    ours = json.loads((data / "values.json").read_text(encoding="utf-8"))["lists"]
    for name, entries in ours.items():
        for position, entry in enumerate(entries):
            labels = {"id": entry["id"], "ban": entry["ban"]}
            db.session.merge(
                Value(
                    list=name,
                    key=entry["key"],
                    position=position,
                    labels=labels,
                    simfoni=entry.get("simfoni"),
                )
            )
    ministry = json.loads((data / "kategori.json").read_text(encoding="utf-8"))["kategori"]
    for name, entries in ministry.items():
        for position, entry in enumerate(entries):
            code = entry.get("petakan_ke_simfoni", entry["key"])
            labels = {"id": entry["label_id"]}
            db.session.merge(
                Value(
                    list=f"simfoni/{name}", key=entry["key"], position=position, labels=labels, simfoni=code
                )
            )


def choices(name: str) -> tuple[Choice, ...]:
    return read_all()[name]


def label(name: str, key: str | None) -> str:
    """The words for a key; a key nobody knows any more is shown as it was written, never dropped."""
    return next((choice.label for choice in choices(name) if choice.key == key), key or "")


def read_all() -> dict[str, tuple[Choice, ...]]:
    """Read once per process and database."""
    return _lists(str(db.engine().url))


@cache
def _lists(url: str) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, list[Choice]] = {}
    for value in db.session.scalars(select(Value).order_by(Value.list, Value.position)):
        lists.setdefault(value.list, []).append(Choice(value.key, tuple(value.labels.items())))
    return {name: tuple(choices) for name, choices in lists.items()}
