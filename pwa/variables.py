"""One PWA_* variable each: which text is allowed, and what becomes of it. Raises `BadSetting`, naming the variable."""

import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

_MAILBOX = re.compile(r"[A-Za-z0-9._+-]+@([a-z0-9-]+\.)+[a-z]{2,}")
_A_DAY = 24 * 60 * 60


class BadSetting(Exception):
    """A setting makes no sense; the message names the variable and never repeats a secret value."""


def worker_gone(environ: Mapping[str, str]) -> bool:
    text = environ.get("PWA_WORKER") or "on"
    if text not in ("on", "gone"):
        raise BadSetting("PWA_WORKER must be on, or gone to take it off every phone.")
    return text == "gone"


def number(environ: Mapping[str, str], name: str, default: str, *, low: int, high: int) -> int:
    text = environ.get(name) or default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise BadSetting(f"{name} must be a whole number from {low} to {high}.")
    return int(text)


def origin(environ: Mapping[str, str], name: str, default: str) -> str:
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


def hosts(text: str) -> tuple[str, ...]:
    names = tuple(text.replace(",", " ").lower().split())
    if not all(re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", name) for name in names):
        raise BadSetting("PWA_PUSH_HOSTS must be host names with a space between them.")
    return names


def double(text: str | None, public_url: str) -> str | None:
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


def contact(text: str | None, public_url: str) -> str:
    """Whom a push service writes to when something is wrong: a role's mailbox, never a person's."""
    host = urlsplit(public_url).hostname or ""
    address = (
        text or f"postmaster@{host if '.' in host and not host[-1].isdigit() else 'localhost.localdomain'}"
    )
    if not _MAILBOX.fullmatch(address):
        raise BadSetting("PWA_PUSH_CONTACT must be a mail address such as postmaster@sapa.example.id.")
    return f"mailto:{address}"


def ladder(environ: Mapping[str, str], name: str, default: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
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
    return tuple(timedelta(seconds=seconds) for seconds in numbers)


def minutes(environ: Mapping[str, str], name: str, default: timedelta) -> timedelta:
    usual = str(default // timedelta(minutes=1))
    return timedelta(minutes=number(environ, name, usual, low=1, high=240))


def mailbox(environ: Mapping[str, str], name: str) -> str | None:
    """Of a role, such as piket@sapa.example.id; without all three mail settings no mail leaves."""
    text = environ.get(name) or None
    if text and not _MAILBOX.fullmatch(text):
        raise BadSetting(f"{name} must be a mail address such as piket@sapa.example.id.")
    return text


def smtp(text: str | None) -> str | None:
    if text and not (text.startswith(("smtp://", "smtps://")) and urlsplit(text).hostname):
        raise BadSetting("PWA_SMTP_URL must look like smtps://name:password@mail.example.id:465.")
    return text or None


def database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    url = environ.get("PWA_DATABASE_URL") or f"sqlite:///{data_dir / 'saling-sapa.db'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise BadSetting("PWA_DATABASE_URL must start with sqlite:/// or postgresql://.")
    return url
