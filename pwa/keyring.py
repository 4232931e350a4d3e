"""The private keys of this process: loaded in the office, never in the public role."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from pwa import envelope
from pwa.envelope import Label
from pwa.vault import Locked

_held: Mapping[bytes, EllipticCurvePrivateKey] = {}


def use(held: Mapping[bytes, EllipticCurvePrivateKey]) -> None:
    global _held
    _held = held


def unseal(label: Label, sealed: bytes) -> dict[str, object]:
    """What was told. Raises `envelope.Unreadable`, and `Locked` where no key was ever loaded."""
    return envelope.unseal(label, sealed, _keys())


def unseal_file(label: Label, sealed: bytes) -> bytes:
    """Raises what `unseal` raises."""
    return envelope.unseal_file(label, sealed, _keys())


def _keys() -> Mapping[bytes, EllipticCurvePrivateKey]:
    if not _held:
        raise Locked("this process holds no private key")
    return _held
