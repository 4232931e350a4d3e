"""The office's own secret: seals what staff write, and marks rows that only the office may have written.

A process of the `public` role has no vault; touching a sealed column there raises `Locked`.
"""

import hmac
import os
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

_VERSION = b"\x01"


class Locked(Exception):
    """This process holds no office secret, so it can neither read nor write here."""


class Secret(str):
    """Text that does not show itself when printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<secret, {len(self)} characters>"


class Vault:
    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("a vault's secret is 32 bytes")
        self._secret = secret

    @staticmethod
    def new_secret() -> bytes:
        return os.urandom(32)

    def seal(self, column: str, plain: bytes) -> bytes:
        nonce = os.urandom(12)
        return _VERSION + nonce + AESGCM(self._key("column")).encrypt(nonce, plain, column.encode())

    def unseal(self, column: str, sealed: bytes) -> bytes:
        """Raises `cryptography.exceptions.InvalidTag` for bytes sealed for another column."""
        return AESGCM(self._key("column")).decrypt(sealed[1:13], sealed[13:], column.encode())

    def mac(self, purpose: str, *parts: object) -> bytes:
        """A mark nobody outside the office can make. Parts are length-framed, so they cannot run together."""
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in map(_as_bytes, parts))
        return hmac.digest(self._key(f"mac/{purpose}"), framed, sha256)

    def _key(self, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=f"saling-sapa/{purpose}".encode()).derive(self._secret)


def _as_bytes(part: object) -> bytes:
    return part if isinstance(part, bytes) else str(part).encode()


_open: Vault | None = None


def use(vault: Vault | None) -> None:
    """The vault of this process from now on; `None` locks it."""
    global _open
    _open = vault


def current() -> Vault:
    """Raises `Locked` where the office's secret was never loaded."""
    if _open is None:
        raise Locked("this process has no vault")
    return _open


class Sealed(TypeDecorator[str]):
    """A text column closed under the vault; its name is bound in, so a value moved to another column stays shut."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str = "") -> None:
        super().__init__()
        self.column = column

    def __repr__(self) -> str:
        return f"Sealed({self.column!r})"

    def process_bind_param(self, value, dialect):
        return value if value is None else current().seal(self.column, str(value).encode())

    def process_result_value(self, value, dialect):
        return value if value is None else Secret(current().unseal(self.column, value).decode())
