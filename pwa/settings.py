"""What an operator may set, read once from PWA_* variables; nonsense is refused before anything starts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit


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


class BadSetting(Exception):
    """A setting makes no sense; the message names the variable and never repeats a secret value."""


PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
# When "danger now" was said: at once, again, by another channel, the second line, the manajer, the head.
# The same steps when a clock ran out: slower, because nobody said that anybody is in danger.
LADDER_LATE = tuple(timedelta(minutes=minutes) for minutes in (0, 30, 60, 120, 240, 480))
_MAILBOX = re.compile(r"[A-Za-z0-9._+-]+@([a-z0-9-]+\.)+[a-z]{2,}")
_A_DAY = 24 * 60 * 60
# A counsellor who gives no sign: how long after a planned time, how long for the way home; then she, her buddy, the
# manajer, 110.
VISIT_GRACE, VISIT_HOME = timedelta(minutes=15), timedelta(minutes=60)
LADDER_VISIT = tuple(timedelta(minutes=minutes) for minutes in (0, 5, 10, 15))
LADDER = tuple(timedelta(seconds=seconds) for seconds in (0, 60, 180, 300, 600, 900))


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
        port = _number(environ, "PWA_PORT", environ.get("PORT") or "8000", low=1, high=65_535)
        key_dir = Path(environ.get("PWA_KEY_DIR") or data_dir / "keys").resolve()
        public_url = _origin(environ, "PWA_PUBLIC_URL", f"http://127.0.0.1:{port}")
        return cls(
            data_dir=data_dir,
            database_url=_database_url(environ, data_dir),
            role=_role(environ),
            host=environ.get("PWA_HOST") or "127.0.0.1",
            port=port,
            public_url=public_url,
            office_url=_origin(environ, "PWA_OFFICE_URL", public_url),
            key_dir=key_dir,
            office_key_dir=Path(environ.get("PWA_OFFICE_KEY_DIR") or key_dir / "office").resolve(),
            deliver_key_dir=Path(environ.get("PWA_DELIVER_KEY_DIR") or key_dir / "deliver").resolve(),
            trusted_proxy=environ.get("PWA_TRUSTED_PROXY") or None,
            push_hosts=PUSH_HOSTS + _hosts(environ.get("PWA_PUSH_HOSTS", "")),
            push_double=_double(environ.get("PWA_PUSH_DOUBLE"), public_url),
            push_contact=_contact(environ.get("PWA_PUSH_CONTACT"), public_url),
            ladder=_ladder(environ, "PWA_LADDER", LADDER),
            ladder_late=_ladder(environ, "PWA_LADDER_LATE", LADDER_LATE),
            visit_grace=_minutes(environ, "PWA_VISIT_GRACE", VISIT_GRACE),
            visit_home=_minutes(environ, "PWA_VISIT_HOME", VISIT_HOME),
            ladder_visit=_ladder(environ, "PWA_LADDER_VISIT", LADDER_VISIT),
            smtp_url=_smtp(environ.get("PWA_SMTP_URL")),
            mail_from=_mailbox(environ, "PWA_MAIL_FROM"),
            mail_to=_mailbox(environ, "PWA_MAIL_TO"),
            photos_free_mb=_number(environ, "PWA_PHOTOS_FREE_MB", "1024", low=0, high=1_000_000),
            worker_gone=_worker_gone(environ),
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


def _worker_gone(environ: Mapping[str, str]) -> bool:
    text = environ.get("PWA_WORKER") or "on"
    if text not in ("on", "gone"):
        raise BadSetting("PWA_WORKER must be on, or gone to take it off every phone.")
    return text == "gone"


def _number(environ: Mapping[str, str], name: str, default: str, *, low: int, high: int) -> int:
    text = environ.get(name) or default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise BadSetting(f"{name} must be a whole number from {low} to {high}.")
    return int(text)


def _origin(environ: Mapping[str, str], name: str, default: str) -> str:
    text = (environ.get(name) or default).rstrip("/")
    parts = urlsplit(text)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path
        or parts.query
        or parts.username
    ):
        raise BadSetting(f"{name} must be a bare origin such as https://sapa.example.id.")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(text.replace(",", " ").lower().split())
    if not all(re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", host) for host in hosts):
        raise BadSetting("PWA_PUSH_HOSTS must be host names with a space between them.")
    return hosts


def _double(text: str | None, public_url: str) -> str | None:
    """A push service that only pretends, on this machine, for trying out: no real house can be pointed at one."""
    if not text:
        return None
    parts = urlsplit(text)
    try:
        here = (
            ip_address(parts.hostname or "").is_loopback
            and ip_address(urlsplit(public_url).hostname).is_loopback
        )
    except ValueError:
        here = False
    if not here or parts.scheme != "http" or not parts.port or parts.path.strip("/"):
        raise BadSetting(
            "PWA_PUSH_DOUBLE is for trying out on one machine: http://127.0.0.1:PORT, public URL likewise."
        )
    return f"http://{parts.netloc}"


def _contact(text: str | None, public_url: str) -> str:
    """Whom a push service writes to when something is wrong: a role's mailbox, never a person's."""
    host = urlsplit(public_url).hostname or ""
    address = (
        text or f"postmaster@{host if '.' in host and not host[-1].isdigit() else 'localhost.localdomain'}"
    )
    if not _MAILBOX.fullmatch(address):
        raise BadSetting("PWA_PUSH_CONTACT must be a mail address such as postmaster@sapa.example.id.")
    return f"mailto:{address}"


def _ladder(environ: Mapping[str, str], name: str, default: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    steps = environ.get(name, "").replace(",", " ").split()
    if not steps:
        return default
    numbers = [int(step) for step in steps if step.isascii() and step.isdigit()]
    if (
        len(numbers) != len(steps)
        or len(steps) != len(default)
        or numbers != sorted(numbers)
        or numbers[-1] > _A_DAY
    ):
        raise BadSetting(f"{name} must be {len(default)} rising numbers of seconds, a day at most.")
    return tuple(timedelta(seconds=number) for number in numbers)


def _minutes(environ: Mapping[str, str], name: str, default: timedelta) -> timedelta:
    minutes = str(default // timedelta(minutes=1))
    return timedelta(minutes=_number(environ, name, minutes, low=1, high=240))


def _mailbox(environ: Mapping[str, str], name: str) -> str | None:
    """Of a role, such as piket@sapa.example.id; without all three mail settings no mail leaves."""
    text = environ.get(name) or None
    if text and not _MAILBOX.fullmatch(text):
        raise BadSetting(f"{name} must be a mail address such as piket@sapa.example.id.")
    return text


def _smtp(text: str | None) -> str | None:
    if text and not (text.startswith(("smtp://", "smtps://")) and urlsplit(text).hostname):
        raise BadSetting("PWA_SMTP_URL must look like smtps://name:password@mail.example.id:465.")
    return text or None


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    url = environ.get("PWA_DATABASE_URL") or f"sqlite:///{data_dir / 'saling-sapa.db'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise BadSetting("PWA_DATABASE_URL must start with sqlite:/// or postgresql://.")
    return url
