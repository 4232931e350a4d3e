"""The sealed envelope: what a person tells us, closed to the office's key before it rests anywhere.

HPKE base mode (RFC 9180), DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. P-256 because the older
browsers in people's hands have nothing newer. Bytes: version (1), key id (8), kem output (65), ciphertext.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

VERSION = 1
SCHEMA = 1  # of the fields inside; servers read this one and the two before
BLOCK = 512  # text is padded to whole blocks, so its length says little
FILE_BLOCK = 4096  # the same for a file
LARGEST = 3_200_000  # a spoken story; each door lets in much less

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Unreadable(Exception):
    """This envelope does not open: another label, another key, or bytes that were never an envelope."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """All that travels in the clear: enough to route and to alert, bound to the envelope by `canonical()`.

    Only `waited` is not bound: how many seconds it lay on the phone is known when it is sent, not when it is sealed.
    """

    id: UUID
    kind: str
    lookup: bytes  # SHA-256 of the receipt's look-up id
    kecamatan: str | None
    language: str
    danger: bool
    written_at: datetime  # what the phone's clock claimed
    schema: int = SCHEMA
    waited: int = 0

    def canonical(self) -> bytes:
        """The HPKE `info`. The browser builds the same lines: one value a line, in this order."""
        return "\n".join(
            (
                f"saling-sapa/{VERSION}",
                str(self.id),
                self.kind,
                self.lookup.hex(),
                self.kecamatan or "-",
                self.language,
                "ya" if self.danger else "tidak",
                str(int(self.written_at.timestamp())),
                str(self.schema),
            )
        ).encode()

    @classmethod
    def read(cls, canonical: bytes) -> "Label":
        """The label a browser wrote. Raises `ValueError` for anything that is not exactly such lines."""
        _, id, kind, lookup, kecamatan, language, danger, written_at, schema = canonical.decode().split("\n")
        label = cls(
            id=UUID(id),
            kind=kind,
            lookup=bytes.fromhex(lookup),
            kecamatan=None if kecamatan == "-" else kecamatan,
            language=language,
            danger=danger == "ya",
            written_at=datetime.fromtimestamp(int(written_at), UTC),
            schema=int(schema),
        )
        if len(label.lookup) != 32 or label.canonical() != canonical:
            raise ValueError("not a label of ours")
        return label


def seal(
    label: Label, told: Mapping[str, object], key_id: bytes, public_key: EllipticCurvePublicKey
) -> bytes:
    return seal_bytes(
        _pad(json.dumps(told, ensure_ascii=False).encode()), label.canonical(), key_id, public_key
    )


def unseal(label: Label, envelope: bytes, keys: Mapping[bytes, EllipticCurvePrivateKey]) -> dict[str, object]:
    """What was told. Raises `Unreadable`."""
    try:
        told = _speakable(json.loads(_unpad(unseal_bytes(envelope, label.canonical(), keys))))
    except (ValueError, RecursionError) as error:  # a stranger chose these bytes
        raise Unreadable("the inside is not what we seal") from error
    if not isinstance(told, dict):
        raise Unreadable("the inside is not what we seal")
    return told


def _speakable(told: object) -> object:
    """JSON may hold half characters, which no screen and no database can; the rest stays as it was written."""
    return json.loads(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"))


def seal_file(label: Label, content: bytes, key_id: bytes, public_key: EllipticCurvePublicKey) -> bytes:
    return seal_bytes(_pad(content, FILE_BLOCK), label.canonical(), key_id, public_key)


def unseal_file(label: Label, envelope: bytes, keys: Mapping[bytes, EllipticCurvePrivateKey]) -> bytes:
    """Raises `Unreadable`."""
    try:
        return _unpad(unseal_bytes(envelope, label.canonical(), keys))
    except ValueError as error:
        raise Unreadable("the inside is not what we seal") from error


def seal_bytes(plain: bytes, info: bytes, key_id: bytes, public_key: EllipticCurvePublicKey) -> bytes:
    return bytes([VERSION]) + key_id + _SUITE.encrypt(plain, public_key, info)


def unseal_bytes(envelope: bytes, info: bytes, keys: Mapping[bytes, EllipticCurvePrivateKey]) -> bytes:
    """Raises `Unreadable`."""
    private_key = keys.get(key_id_of(envelope))
    if private_key is None:
        raise Unreadable("sealed to a key this office does not hold")
    try:
        return _SUITE.decrypt(envelope[9:], private_key, info)
    except (InvalidTag, ValueError) as error:
        raise Unreadable("the label or the bytes were changed") from error


def key_id_of(envelope: bytes) -> bytes:
    """Which key closes it; raises `Unreadable` when the bytes cannot be an envelope."""
    if len(envelope) < 1 + 8 + 65 + 16 or len(envelope) > LARGEST or envelope[0] != VERSION:
        raise Unreadable("not an envelope")
    return envelope[1:9]


def _pad(plain: bytes, block: int = BLOCK) -> bytes:
    sized = len(plain).to_bytes(4, "big") + plain
    return sized + bytes(-len(sized) % block)


def _unpad(padded: bytes) -> bytes:
    size = int.from_bytes(padded[:4], "big")
    if len(padded) < 4 or size > len(padded) - 4:
        raise ValueError("padding")
    return padded[4 : 4 + size]
