"""The one clock: UTC inside, Asia/Jakarta on screens."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """Today where the people are: an evening in Serang is already tomorrow in a UTC night."""
    return now().astimezone(JAKARTA).date()


def day_of(moment: datetime) -> date:
    return moment.astimezone(JAKARTA).date()


def end_of_day(moment: datetime) -> datetime:
    """Midnight in Serang, the next one."""
    return datetime.combine(day_of(moment) + timedelta(days=1), time(), tzinfo=JAKARTA)


def working_days_after(start: datetime, days: int) -> datetime:
    """The end of the office day, so many Mondays-to-Fridays later."""
    day = day_of(start)
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return datetime.combine(day, time(16), tzinfo=JAKARTA)
