"""The deliverer's own keys, so that it needs none of the office's.

A VAPID pair speaks for this house to the push services; a box closes the addresses of devices, and only the
deliverer opens it. Both are files like the office's keys: by id, with a fingerprint that is checked.
Made by `pwa init` where there are none, and by `pwa key vapid`; a missing one is never replaced in silence.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from pwa import envelope, keys
from pwa.keys import PublicKey

_ADDRESS = b"saling-sapa/push-address"
_VAPID, _BOX = "vapid", "box"

Held = Mapping[bytes, EllipticCurvePrivateKey]


@dataclass(frozen=True)
class Outside:
    """The public halves: what a browser subscribes with, and what closes the address it gives us."""

    vapid: PublicKey
    box: PublicKey

    @property
    def for_browsers(self) -> str:
        """As `pushManager.subscribe` takes it, in URL-safe base64."""
        return urlsafe_b64encode(self.vapid.raw).rstrip(b"=").decode()

    def close(self, address: bytes) -> bytes:
        return envelope.seal_bytes(address, _ADDRESS, self.box.id, self.box.key)


@dataclass(frozen=True)
class Inside:
    """The private halves, by id; an older pair works until its last subscription has moved."""

    vapid: Held
    box: Held

    def open(self, closed: bytes) -> bytes:
        """Raises `envelope.Unreadable`."""
        return envelope.unseal_bytes(closed, _ADDRESS, self.box)


def outside(key_dir: Path) -> Outside:
    """Raises `keys.KeyTrouble`."""
    return Outside(*(_newest(key_dir / name) for name in (_VAPID, _BOX)))


def inside(key_dir: Path, deliver_key_dir: Path) -> Inside:
    """Raises `keys.KeyTrouble`."""
    outside(key_dir)
    return Inside(*(keys.private_keys(key_dir / name, deliver_key_dir / name) for name in (_VAPID, _BOX)))


def vapid_keys(key_dir: Path) -> list[PublicKey]:
    """Newest first. Raises `keys.KeyTrouble`."""
    return keys.public_keys(key_dir / _VAPID)


def make(key_dir: Path, deliver_key_dir: Path) -> None:
    """Both pairs, where there is neither."""
    for name in (_VAPID, _BOX):
        keys.new(key_dir / name, deliver_key_dir / name)


def new_vapid(key_dir: Path, deliver_key_dir: Path) -> PublicKey:
    """Phones move to it at their next visit; until then the older pair still speaks to them."""
    return keys.new(key_dir / _VAPID, deliver_key_dir / _VAPID)


def are_missing(key_dir: Path, deliver_key_dir: Path) -> bool:
    """True only where there was never any: one that got lost must be brought back, not made anew."""
    return not any(
        next(folder.glob("*/*"), None) for folder in (key_dir / _VAPID, key_dir / _BOX, deliver_key_dir)
    ) and not any((key_dir / name).exists() for name in (_VAPID, _BOX))


def _newest(folder: Path) -> PublicKey:
    try:
        return keys.sealing_key(folder)
    except keys.KeyTrouble:
        if any(folder.glob("*.pub")):
            raise
        raise keys.KeyTrouble(
            f"No public key for push in {folder}. Run `pwa init`, or copy the .pub file there."
        ) from None
