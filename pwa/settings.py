"""What an operator may set, read once from PWA_* variables; nonsense is refused before anything starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
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


class BadSetting(Exception):
    """A setting makes no sense; the message names the variable and never repeats a secret value."""


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
    trusted_proxy: str | None = None
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
            trusted_proxy=environ.get("PWA_TRUSTED_PROXY") or None,
            photos_free_mb=_number(environ, "PWA_PHOTOS_FREE_MB", "1024", low=0, high=1_000_000),
            worker_gone=_worker_gone(environ),
        )

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


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    url = environ.get("PWA_DATABASE_URL") or f"sqlite:///{data_dir / 'saling-sapa.db'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise BadSetting("PWA_DATABASE_URL must start with sqlite:/// or postgresql://.")
    return url
