"""Keys that live in somebody's phone or computer and sign instead of a password. A row without the office's mark
is nobody's."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from sqlalchemy import ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import challenges, clock, db, vault
from pwa.accounts import Account

MOST = 10
LONGEST_ANSWER = 20_000
_JUNK = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class Refused(Exception):
    """This answer does not prove who is there."""


class Cloned(Refused):
    """The right key, but it counts backwards: somebody may have copied it."""


class Enough(Exception):
    """Nobody needs more than ten; an old one must go first."""


@dataclass(frozen=True)
class Site:
    """Where a key counts: its browser binds it to `host` and says in each answer that it stood at `origin`."""

    origin: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""

    @property
    def can_have_keys(self) -> bool:
        """Browsers make keys for names, never for a bare address."""
        try:
            ip_address(self.host)
        except ValueError:
            return True
        return False


class Passkey(db.Model):
    """`sign_count` stays 0 for keys that do not count; for the others it only ever grows."""

    __tablename__ = "passkey"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(vault.Sealed("passkey.name"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    @property
    def is_genuine(self) -> bool:
        return hmac.compare_digest(self.mac, self._expected_mac())

    def rename(self, name: str) -> None:
        self.name = name
        self._mark()

    def remove(self) -> None:
        db.session.delete(self)

    def _use(self, sign_count: int) -> None:
        self.sign_count, self.used_at = sign_count, clock.now()
        self._mark()

    def _mark(self) -> None:
        self.mac = self._expected_mac()

    def _expected_mac(self) -> bytes:
        return vault.current().mac(
            "passkey", self.id, self.credential_id, self.account_id, self.public_key, self.sign_count, self.name,
            self.created_at, self.used_at or "",
        )  # fmt: skip


def enrol(account: Account, answer: str, *, name: str, at: Site) -> Passkey:
    """Keep the key that this browser has just made. Raises `Refused` and `Enough`."""
    if len(of(account)) >= MOST:
        raise Enough
    try:
        challenge = _asked(answer, "enrol", account.id.bytes)
        proven = _verified("verify_registration_response", answer, challenge, at)
    except _JUNK:
        raise Refused from None
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == proven.credential_id)):
        raise Refused
    passkey = Passkey(
        id=uuid4(), credential_id=proven.credential_id, account_id=account.id, public_key=proven.credential_public_key,
        sign_count=proven.sign_count, name=name, created_at=clock.now(), used_at=None,
    )  # fmt: skip
    passkey._mark()
    db.session.add(passkey)
    db.session.flush()
    return passkey


def prove(answer: str, purpose: str, *, at: Site, reader: bytes = b"") -> Account:
    """Whose key signed this challenge. Raises `Refused`, and `Cloned` for a key that counts backwards."""
    try:
        challenge = _asked(answer, purpose, reader)
        passkey, account = _key_of(answer)
        key = {"credential_public_key": passkey.public_key, "credential_current_sign_count": 0}
        proven = _verified("verify_authentication_response", answer, challenge, at, **key)
    except _JUNK:
        raise Refused from None
    counts = proven.new_sign_count or passkey.sign_count
    if counts and proven.new_sign_count <= passkey.sign_count:
        raise Cloned
    passkey._use(proven.new_sign_count)
    return account


def of(account: Account) -> Sequence[Passkey]:
    """What this person may sign in with, oldest first."""
    query = select(Passkey).where(Passkey.account_id == account.id).order_by(Passkey.created_at)
    return [passkey for passkey in db.session.scalars(query) if passkey.is_genuine]


def find(account: Account, id: UUID) -> Passkey | None:
    """Somebody else's is not there."""
    return next((passkey for passkey in of(account) if passkey.id == id), None)


def encoded(raw: bytes) -> str:
    """As browsers write bytes in what they answer."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _verified(verify: str, answer: str, challenge: bytes, at: Site, **key: object):
    """What webauthn says of this answer. Raises `Refused`, and anything for junk. The library is loaded when the first key
    signs: every start would wait for it otherwise."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return getattr(webauthn, verify)(
            credential=answer, expected_challenge=challenge, expected_rp_id=at.host, expected_origin=at.origin,
            require_user_verification=True, **key,
        )  # fmt: skip
    except WebAuthnException:
        raise Refused from None


def _asked(answer: str, purpose: str, reader: bytes) -> bytes:
    """The challenge this answer signed, spent by looking at it. Raises `Refused`, and anything for junk."""
    if len(answer) > LONGEST_ANSWER:
        raise Refused
    said = json.loads(_decoded(json.loads(answer)["response"]["clientDataJSON"]))
    challenge = _decoded(said["challenge"])
    if not challenges.spend(challenge, purpose, reader):
        raise Refused
    return challenge


def _key_of(answer: str) -> tuple[Passkey, Account]:
    """Held until the commit, so that two answers of one key are counted one after the other."""
    given = json.loads(answer)
    query = select(Passkey, Account).join(Account, Account.id == Passkey.account_id)
    query = query.where(Passkey.credential_id == _decoded(given["rawId"])).with_for_update(of=Passkey)
    try:
        found = db.session.execute(query.execution_options(populate_existing=True)).first()
    except InvalidTag:  # a value that nobody of ours can have written
        raise Refused from None
    if found is None:
        raise Refused
    passkey, account = found
    belongs = given["response"].get("userHandle") in (None, "", encoded(account.id.bytes))
    if not (belongs and passkey.is_genuine and account.is_genuine and account.is_active):
        raise Refused
    return passkey, account
