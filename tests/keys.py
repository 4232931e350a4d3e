"""A phone that makes passkeys and signs with them, without a browser around it."""

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as text_of

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """`flags`, `host` and `origin` are what a dishonest one would change."""

    host: str = "localhost"
    origin: str = "http://localhost:8000"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    user: bytes | None = None
    id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def makes(self, challenge: str, user: bytes | None = None) -> str:
        """What the browser answers to `navigator.credentials.create`."""
        self.user = user
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        authenticator = self._authenticator(self.flags | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": authenticator})
        client = self._client("webauthn.create", challenge)
        return self._answer({"attestationObject": text_of(attestation), "clientDataJSON": text_of(client)})

    def signs(self, challenge: str, **instead: str) -> str:
        """What the browser answers to `navigator.credentials.get`."""
        client = self._client("webauthn.get", challenge)
        authenticator = self._authenticator(self.flags)
        signature = self.key.sign(authenticator + sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "authenticatorData": text_of(authenticator),
            "clientDataJSON": text_of(client),
            "signature": text_of(signature),
            "userHandle": text_of(self.user) if self.user else None,
        }
        return self._answer(response | instead)

    def _authenticator(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, str | None]) -> str:
        id = text_of(self.id)
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})
