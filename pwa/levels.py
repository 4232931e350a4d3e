"""How grave something is, as a person set it or as answers suggest it."""

from enum import StrEnum


class Level(StrEnum):
    """How soon somebody must act; the order is the order of urgency."""

    DARURAT = "darurat"
    TINGGI = "tinggi"
    SEDANG = "sedang"
    RENDAH = "rendah"

    @property
    def rank(self) -> int:
        return list(Level).index(self)

    @property
    def is_high(self) -> bool:
        """Nothing about it is settled by number alone, and nobody goes there alone."""
        return self in (Level.DARURAT, Level.TINGGI)
