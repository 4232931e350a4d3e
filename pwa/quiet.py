"""When a phone may make a sound: never at night, and hers only in the hours she called safe."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pwa import clock, contact
from pwa.contact import SafeContact

QUIET_FROM, QUIET_UNTIL = time(21), time(6)
_HOUR = timedelta(hours=1)
_LOOKED_AHEAD = 8 * 24  # a week of hers, whatever day she chose


def is_quiet(at: datetime) -> bool:
    local = at.astimezone(clock.JAKARTA).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


@dataclass(frozen=True)
class Hours:
    """Hers, without the night."""

    windows: SafeContact

    @classmethod
    def of(cls, days: int, hours: int) -> "Hours":
        """As they are kept beside what she told; two zeros are any hour that is not quiet."""
        return cls(contact.windows(days, hours))

    def allow(self, at: datetime) -> bool:
        return not is_quiet(at) and self.windows.is_open(at)

    def next(self, after: datetime) -> datetime | None:
        """This moment or the next that is allowed; `None` where none ever is."""
        return next(filter(self.allow, _from(after)), None)

    def end(self, at: datetime) -> datetime:
        """When the allowed moments end that are running then: a phone that was off must not ring after it."""
        evening = datetime.combine(at.astimezone(clock.JAKARTA).date(), QUIET_FROM, clock.JAKARTA)
        return min(evening, self.windows.open_until(at) or at)


def _from(start: datetime) -> Iterator[datetime]:
    """Then, and each full hour after it: her hours begin on the hour, and so does the day."""
    yield start
    hour = start.replace(minute=0, second=0, microsecond=0)
    yield from (hour + ahead * _HOUR for ahead in range(1, _LOOKED_AHEAD))
