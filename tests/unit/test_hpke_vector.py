"""The published vector of RFC 9180 for our suite: what this office opens is HPKE, not something of our own.

Its messages carry associated data and ours never do, so only the tag differs; `tests/browser/test_sealing.py`
runs the same vector through the script on the phone.
"""

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pwa import envelope

KEY_ID = b"k" * 8
PATH = Path(__file__).parents[1] / "vectors" / "hpke.json"


def the_vector() -> dict:
    """Hex read as bytes; `plain` and `closed` are its first message, closed without associated data."""
    written = json.loads(PATH.read_text())
    read = {
        name: bytes.fromhex(written[name]) for name in ("info", "skRm", "skEm", "pkRm", "pkEm", "enc", "key")
    }
    message = written["encryptions"][0]
    plain, nonce = bytes.fromhex(message["pt"]), bytes.fromhex(message["nonce"])
    published = bytes.fromhex(message["ct"])
    assert AESGCM(read["key"]).encrypt(nonce, plain, bytes.fromhex(message["aad"])) == published
    closed = AESGCM(read["key"]).encrypt(nonce, plain, b"")
    assert closed[:-16] == published[:-16]
    return read | {"plain": plain, "closed": closed}


def the_office(vector: dict) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(vector["skRm"], "big"), ec.SECP256R1())


def test_the_vector_is_the_one_of_our_suite():
    """Base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM."""
    written = json.loads(PATH.read_text())
    assert [written[name] for name in ("mode", "kem_id", "kdf_id", "aead_id")] == [0, 16, 1, 2]


def test_the_office_opens_the_published_message():
    vector = the_vector()
    bytes_ = bytes([envelope.VERSION]) + KEY_ID + vector["enc"] + vector["closed"]
    assert envelope.unseal_bytes(bytes_, vector["info"], {KEY_ID: the_office(vector)}) == vector["plain"]


def test_what_the_office_seals_the_published_key_opens():
    vector = the_vector()
    sealed = envelope.seal_bytes(vector["plain"], vector["info"], KEY_ID, the_office(vector).public_key())
    assert envelope.unseal_bytes(sealed, vector["info"], {KEY_ID: the_office(vector)}) == vector["plain"]
