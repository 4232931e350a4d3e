"""The one clock: UTC inside, Asia/Jakarta on screens."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """Today where the people are: an evening in Serang is already tomorrow in a UTC night."""
    return now().astimezone(JAKARTA).date()
