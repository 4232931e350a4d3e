"""Sealing on the server, for browsers without JavaScript and for the office's own desk: at once, before anything rests."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from pwa import answers, clock, db, envelope, receipts, replies, reports, site, visits, wilayah
from pwa.envelope import Label
from pwa.filing import Kind
from pwa.keys import PublicKey
from pwa.receipts import Receipt, Stretched
from pwa.reports import Channel, Report


@dataclass(frozen=True)
class Sealer:
    """The key everything is closed to, and how slowly numbers are stretched here."""

    key: PublicKey
    rounds: int

    def stretch(self, number: str) -> Stretched:
        return receipts.stretch(number, site.salt(), self.rounds)

    def tell(
        self, id: UUID, told: Mapping[str, object], number: str, *, language: str, body_key: bytes,
        channel: Channel = Channel.APP, filed_by: UUID | None = None,
    ) -> Report:  # fmt: skip
        """File what was told under `number`; the caller commits. Raises what `reports.receive` raises."""
        stretched = self.stretch(number)
        label = _label(id, Kind.REPORT, stretched, told, language)
        sealed = self._seal(label, {**told, "reply_key": stretched.reply_key.hex()})
        reports.receive(
            label, sealed, body_hash=_hash(body_key, told), channel=channel, filed_by=filed_by,
            handover=channel is not Channel.APP,
        )  # fmt: skip
        return db.session.get_one(Report, id)

    def add(self, id: UUID, text: str, number: Stretched, *, language: str, body_key: bytes) -> None:
        """Add to what this number told; the caller commits. Raises `filing.OtherBody`."""
        told = {"story": text}
        label = _label(id, Kind.ADDITION, number, told, language)
        sealed = self._seal(label, {**told, "reply_key": number.reply_key.hex()})
        reports.add(label, sealed, body_hash=_hash(body_key, told))

    def ask_for_visit(
        self, id: UUID, told: Mapping[str, object], number: Stretched, *, language: str, body_key: bytes,
        handover: bool = False,
    ) -> None:  # fmt: skip
        """File a request under this number, new or old; the caller commits. Raises what `visits.ask` raises."""
        label = _label(id, Kind.VISIT, number, told, language)
        sealed = self._seal(label, {**told, "reply_key": number.reply_key.hex()})
        visits.ask(label, sealed, body_hash=_hash(body_key, told), handover=handover)

    def reply(
        self, id: UUID, told: Mapping[str, object], number: Stretched, *, language: str, body_key: bytes
    ) -> None:
        """File what was said about a visit; the caller commits. Raises `filing.OtherBody`."""
        label = _label(id, Kind.REPLY, number, told, language)
        sealed = self._seal(label, {**told, "reply_key": number.reply_key.hex()})
        replies.say(label, sealed, body_hash=_hash(body_key, told))

    def change_number(
        self, id: UUID, receipt: Receipt, old: Stretched, new: Stretched, *, language: str
    ) -> None:
        """Move everything to the new number and tell the office its key, all in the caller's transaction."""
        label = _label(id, Kind.NEW_NUMBER, old, {}, language)
        told = {"reply_key": new.reply_key.hex(), "key_version": receipt.key_version + 1}
        reports.add(label, self._seal(label, told), body_hash=_hash(new.reply_key, {}))
        answers.change_number(receipt, old, new)

    def _seal(self, label: Label, told: Mapping[str, object]) -> bytes:
        return envelope.seal(label, told, self.key.id, self.key.key)


def _label(id: UUID, kind: Kind, number: Stretched, told: Mapping[str, object], language: str) -> Label:
    return Label(
        id=id, kind=kind, lookup=number.lookup, kecamatan=wilayah.kecamatan_of(told.get("area")), language=language,
        danger=told.get("danger") == "yes", written_at=clock.now().replace(microsecond=0),
    )  # fmt: skip


def _hash(key: bytes, told: Mapping[str, object]) -> bytes:
    """Keyed, so the stored hash of a short text cannot be guessed from the database."""
    return hmac.digest(key, json.dumps(told, sort_keys=True).encode(), sha256)
