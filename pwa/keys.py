"""The office's keys on disk: a public half for everybody who seals, a private half for the office alone.

Never made except by `pwa key new`, `pwa init` and `pwa demo`. The newest key seals; a retired one still opens
for 400 days. The private half may carry a passphrase. What staff write is sealed under a secret of its own,
which lies beside the private keys, itself sealed to them: so one sheet of paper brings everything back.
"""

import json
import os
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from pwa import clock, envelope
from pwa.vault import Vault

OPENS_FOR = timedelta(days=400)
_VAULT_INFO = b"saling-sapa/vault"


class KeyTrouble(Exception):
    """A key is missing, too open, or not the one its name says; the message tells the operator which."""


@dataclass(frozen=True)
class PublicKey:
    """What seals. `id` is the head of the key's own fingerprint, so a swapped file is noticed."""

    id: bytes
    created_at: datetime
    key: ec.EllipticCurvePublicKey

    @property
    def raw(self) -> bytes:
        return self.key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def fingerprint(key: ec.EllipticCurvePublicKey) -> bytes:
    return sha256(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).digest()[:8]


def public_keys(key_dir: Path) -> list[PublicKey]:
    """Newest first. Raises `KeyTrouble`."""
    found = sorted((_read_public(path) for path in key_dir.glob("*.pub")), key=lambda key: key.created_at)
    if not found:
        raise KeyTrouble(f"No office public key in {key_dir}. Run `pwa init`, or copy the .pub file there.")
    return found[::-1]


def sealing_key(key_dir: Path) -> PublicKey:
    return public_keys(key_dir)[0]


def private_keys(
    key_dir: Path, office_key_dir: Path, passphrase: bytes | None = None
) -> dict[bytes, ec.EllipticCurvePrivateKey]:
    """Every private key that may still open something, by id. Raises `KeyTrouble`."""
    held = {}
    newest, *older = public_keys(key_dir)
    successor = newest
    for public in (newest, *older):
        if public is newest or clock.now() - successor.created_at < OPENS_FOR:
            held[public.id] = _read_private(office_key_dir / f"{public.id.hex()}.pem", public.id, passphrase)
        successor = public
    return held


def has_passphrase(office_key_dir: Path) -> bool:
    return any(b"ENCRYPTED" in path.read_bytes().splitlines()[0] for path in office_key_dir.glob("*.pem"))


def new(key_dir: Path, office_key_dir: Path, passphrase: bytes | None = None) -> PublicKey:
    """Make the next sealing key; what was sealed before still opens."""
    return keep(ec.generate_private_key(ec.SECP256R1()), key_dir, office_key_dir, passphrase)


def keep(
    private_key: ec.EllipticCurvePrivateKey,
    key_dir: Path,
    office_key_dir: Path,
    passphrase: bytes | None = None,
) -> PublicKey:
    """Write both halves of `private_key`; a public half that is already there keeps its date."""
    key_dir.mkdir(parents=True, exist_ok=True)
    office_key_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = private_key.public_key()
    name = fingerprint(key).hex()
    locked = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    _write_private(
        office_key_dir / f"{name}.pem", private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)
    )
    if not (key_dir / f"{name}.pub").exists():
        raw = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        text = json.dumps({"id": name, "created_at": clock.now().isoformat(), "public": raw.hex()}, indent=1)
        (key_dir / f"{name}.pub").write_text(text + "\n")
    return _read_public(key_dir / f"{name}.pub")


def new_vault(key_dir: Path, office_key_dir: Path) -> None:
    """Make the secret under which staff's notes are sealed; never over an existing one."""
    keep_vault(Vault.new_secret(), key_dir, office_key_dir)


def keep_vault(secret: bytes, key_dir: Path, office_key_dir: Path) -> None:
    """Seal the vault's secret to the newest key."""
    public = sealing_key(key_dir)
    _write_private(
        office_key_dir / "vault.sealed", envelope.seal_bytes(secret, _VAULT_INFO, public.id, public.key)
    )


def move_vault(key_dir: Path, office_key_dir: Path, held: dict[bytes, ec.EllipticCurvePrivateKey]) -> None:
    """After a new key was made: seal the vault's secret to that one. Raises `KeyTrouble`."""
    keep_vault(_vault_secret(office_key_dir, held), key_dir, office_key_dir)


def open_vault(office_key_dir: Path, held: dict[bytes, ec.EllipticCurvePrivateKey]) -> Vault:
    """Raises `KeyTrouble`."""
    return Vault(_vault_secret(office_key_dir, held))


def vault_key_id(office_key_dir: Path) -> bytes:
    """Which key the vault's secret is sealed to. Raises `KeyTrouble`."""
    path = office_key_dir / "vault.sealed"
    try:
        return envelope.key_id_of(path.read_bytes())
    except (OSError, envelope.Unreadable) as error:
        raise KeyTrouble(f"{path} is missing or damaged. Bring it back from a backup.") from error


def _vault_secret(office_key_dir: Path, held: dict[bytes, ec.EllipticCurvePrivateKey]) -> bytes:
    path = office_key_dir / "vault.sealed"
    try:
        _refuse_too_open(path)
        return envelope.unseal_bytes(path.read_bytes(), _VAULT_INFO, held)
    except FileNotFoundError:
        raise KeyTrouble(
            f"{path} is missing. Bring it back from a backup; without it staff's notes stay shut."
        ) from None
    except envelope.Unreadable as error:
        raise KeyTrouble(f"{path} does not open with the keys in {office_key_dir}: {error}.") from error


def network_secret(key_dir: Path) -> bytes:
    """Under which the networks of callers are hashed, so that a copy of the database names none of them."""
    try:
        return (key_dir / "network.secret").read_bytes()
    except OSError as error:
        raise KeyTrouble(f"{key_dir / 'network.secret'} cannot be read. Run `pwa init`.") from error


def new_network_secret(key_dir: Path) -> None:
    """Never over an existing one."""
    if not (key_dir / "network.secret").exists():
        _write_private(key_dir / "network.secret", os.urandom(32))


def _read_public(path: Path) -> PublicKey:
    try:
        entry = json.loads(path.read_text())
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(entry["public"]))
        created_at = datetime.fromisoformat(entry["created_at"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyTrouble(f"{path} is not a public key of ours ({type(error).__name__}).") from error
    if fingerprint(key).hex() != path.stem:
        raise KeyTrouble(f"{path} holds another key than its name says.")
    return PublicKey(fingerprint(key), created_at, key)


def _read_private(path: Path, key_id: bytes, passphrase: bytes | None) -> ec.EllipticCurvePrivateKey:
    try:
        _refuse_too_open(path)
        key = load_pem_private_key(path.read_bytes(), passphrase)
    except FileNotFoundError:
        raise KeyTrouble(
            f"The private key {path} is missing. Restore it from paper with `pwa key restore`."
        ) from None
    except (ValueError, TypeError) as error:
        raise KeyTrouble(f"{path} does not open: wrong or missing passphrase, or a damaged file.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or fingerprint(key.public_key()) != key_id:
        raise KeyTrouble(f"{path} is not the private half of {key_id.hex()}.")
    return key


def _refuse_too_open(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyTrouble(f"{path} can be read by others on this machine. Run: chmod 600 {path}")


def _write_private(path: Path, data: bytes) -> None:
    """Born with mode 600 and renamed into place, so it is never half there nor readable for a moment."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
