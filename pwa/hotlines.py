"""Phone numbers people may call; only those two independent sources agree on are ever shown.

Read from the file, not from the database: they must still be there when the database is not.
"""

import csv
from dataclasses import dataclass
from functools import cache

from pwa import places


@dataclass(frozen=True)
class Hotline:
    """`dial` is what the link carries, `shown` what people read; `whatsapp` tells which kind of link."""

    key: str
    shown: str
    dial: str
    whatsapp: bool = False

    @property
    def href(self) -> str:
        return f"https://wa.me/{self.dial}" if self.whatsapp else f"tel:{self.dial}"


@cache
def in_order() -> tuple[Hotline, ...]:
    """112, SAPA 129, its WhatsApp, 110: the order in which somebody in danger should try them."""
    with (places.PACKAGE / "data" / "kontak-darurat.csv").open(encoding="utf-8") as source:
        certain = [row for row in csv.DictReader(source) if row["tingkat_kepastian"] == "pasti"]
    phones = {row["nomor"] for row in certain if row["nomor"]}
    whatsapp = next(row["whatsapp"] for row in certain if row["whatsapp"])
    lines = [Hotline(number, number, number) for number in ("112", "129", "110") if number in phones]
    lines.insert(
        2, Hotline("129-wa", f"{whatsapp[:4]} {whatsapp[4:8]} {whatsapp[8:]}", f"62{whatsapp[1:]}", True)
    )
    return tuple(lines)
