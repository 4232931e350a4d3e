"""What an operator may set, read once from PWA_* variables; nonsense is refused before anything starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from pwa import variables
from pwa.variables import BadSetting


class Role(StrEnum):
    """Which part of the house this process is; `all` is every part at once, for trying out."""

    PUBLIC = "public"
    OFFICE = "office"
    DELIVER = "deliver"
    ALL = "all"

    @property
    def serves_residents(self) -> bool:
        return self in (Role.PUBLIC, Role.ALL)

    @property
    def serves_office(self) -> bool:
        return self in (Role.OFFICE, Role.ALL)

    @property
    def delivers(self) -> bool:
        return self in (Role.DELIVER, Role.ALL)


PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
# When "danger now" was said: at once, again, by another channel, the second line, the manajer, the head.
LADDER = tuple(timedelta(seconds=seconds) for seconds in (0, 60, 180, 300, 600, 900))
# The same steps when a clock ran out: slower, because nobody said that anybody is in danger.
LADDER_LATE = tuple(timedelta(minutes=minutes) for minutes in (0, 30, 60, 120, 240, 480))
# A counsellor who gives no sign: how long after a planned time, how long for the way home; then she, her buddy, the
# manajer, 110.
VISIT_GRACE, VISIT_HOME = timedelta(minutes=15), timedelta(minutes=60)
LADDER_VISIT = tuple(timedelta(minutes=minutes) for minutes in (0, 5, 10, 15))


@dataclass(frozen=True, kw_only=True)
class Settings:
    data_dir: Path
    database_url: str = field(repr=False)
    role: Role = Role.ALL
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    office_url: str = "http://127.0.0.1:8000"
    key_dir: Path
    office_key_dir: Path
    deliver_key_dir: Path
    trusted_proxy: str | None = None
    push_hosts: tuple[str, ...] = PUSH_HOSTS
    push_double: str | None = None
    push_contact: str = "mailto:postmaster@localhost.localdomain"
    ladder: tuple[timedelta, ...] = LADDER
    ladder_late: tuple[timedelta, ...] = LADDER_LATE
    visit_grace: timedelta = VISIT_GRACE
    visit_home: timedelta = VISIT_HOME
    ladder_visit: tuple[timedelta, ...] = LADDER_VISIT
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    mail_to: str | None = None
    photos_free_mb: int = 1024
    receipt_rounds: int = 210_000
    worker_gone: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises `BadSetting` on the first variable that makes no sense."""
        data_dir = Path(environ.get("PWA_DATA_DIR") or "data").resolve()
        port = variables.number(environ, "PWA_PORT", environ.get("PORT") or "8000", low=1, high=65_535)
        key_dir = Path(environ.get("PWA_KEY_DIR") or data_dir / "keys").resolve()
        public_url = variables.origin(environ, "PWA_PUBLIC_URL", f"http://127.0.0.1:{port}")
        return cls(
            data_dir=data_dir,
            database_url=variables.database_url(environ, data_dir),
            role=_role(environ),
            host=environ.get("PWA_HOST") or "127.0.0.1",
            port=port,
            public_url=public_url,
            office_url=variables.origin(environ, "PWA_OFFICE_URL", public_url),
            key_dir=key_dir,
            office_key_dir=Path(environ.get("PWA_OFFICE_KEY_DIR") or key_dir / "office").resolve(),
            deliver_key_dir=Path(environ.get("PWA_DELIVER_KEY_DIR") or key_dir / "deliver").resolve(),
            trusted_proxy=environ.get("PWA_TRUSTED_PROXY") or None,
            push_hosts=PUSH_HOSTS + variables.hosts(environ.get("PWA_PUSH_HOSTS", "")),
            push_double=variables.double(environ.get("PWA_PUSH_DOUBLE"), public_url),
            push_contact=variables.contact(environ.get("PWA_PUSH_CONTACT"), public_url),
            ladder=variables.ladder(environ, "PWA_LADDER", LADDER),
            ladder_late=variables.ladder(environ, "PWA_LADDER_LATE", LADDER_LATE),
            visit_grace=variables.minutes(environ, "PWA_VISIT_GRACE", VISIT_GRACE),
            visit_home=variables.minutes(environ, "PWA_VISIT_HOME", VISIT_HOME),
            ladder_visit=variables.ladder(environ, "PWA_LADDER_VISIT", LADDER_VISIT),
            smtp_url=variables.smtp(environ.get("PWA_SMTP_URL")),
            mail_from=variables.mailbox(environ, "PWA_MAIL_FROM"),
            mail_to=variables.mailbox(environ, "PWA_MAIL_TO"),
            photos_free_mb=variables.number(environ, "PWA_PHOTOS_FREE_MB", "1024", low=0, high=1_000_000),
            worker_gone=variables.worker_gone(environ),
        )

    def serves_residents_at(self, host: str) -> bool:
        return self.role.serves_residents and (self.is_one_house or host == urlsplit(self.public_url).netloc)

    def serves_office_at(self, host: str) -> bool:
        return self.role.serves_office and (self.is_one_house or host == urlsplit(self.office_url).netloc)

    @property
    def is_one_house(self) -> bool:
        """Residents and the office under one name: for trying out, and for the smallest office."""
        return self.public_url == self.office_url

    @property
    def city_url(self) -> str:
        """Where the exit leads; a path where residents live under this very name."""
        return "/kota" if self.is_one_house else f"{self.public_url}/kota"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


def _role(environ: Mapping[str, str]) -> Role:
    try:
        return Role(environ.get("PWA_ROLE") or "all")
    except ValueError:
        raise BadSetting(f"PWA_ROLE must be one of {', '.join(Role)}.") from None
