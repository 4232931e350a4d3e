"""Who goes there: what a woman may wish of her counsellor, and with whom the counsellor goes when the risk is high."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from pwa import accounts, db
from pwa.accounts import Account, StaffRole
from pwa.i18n import lazy_gettext as _l


class Sex(StrEnum):
    WOMAN = "woman"
    MAN = "man"

    @property
    def label(self) -> str:
        return str(_SEXES[self])


class Tongue(StrEnum):
    INDONESIAN = "id"
    SUNDANESE = "su"
    JAVANESE = "jv"
    SIGN = "sign"

    @property
    def label(self) -> str:
        return str(_TONGUES[self])


_SEXES = {Sex.WOMAN: _l("Woman"), Sex.MAN: _l("Man")}
_TONGUES = {
    Tongue.INDONESIAN: _l("Indonesian"), Tongue.SUNDANESE: _l("Sundanese"), Tongue.JAVANESE: _l("Banten Javanese"),
    Tongue.SIGN: _l("Sign language"),
}  # fmt: skip


class OwnPartner(Exception):
    """Nobody is her own second person."""


class Profile(db.Model):
    """`tongues` are the keys of the languages she speaks, with spaces between."""

    __tablename__ = "counsellor"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sex: Mapped[Sex | None] = mapped_column(db.words(Sex))
    tongues: Mapped[str] = mapped_column(String(80), default="")
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


@dataclass(frozen=True)
class Counsellor:
    """One who may be sent; `id` is her account's and, in the diary, hers as a resource."""

    id: UUID
    name: str
    sex: Sex | None
    tongues: frozenset[Tongue]
    partner_id: UUID | None

    def fits(self, *, sex: Sex | None = None, tongue: Tongue | None = None) -> bool:
        """Whether a wish leads to her; what nobody has noted about her yet fits no wish."""
        return (sex is None or sex == self.sex) and (tongue is None or tongue in self.tongues)


def people() -> Sequence[Account]:
    """Everybody with the role who may sign in, by name."""
    return _by_name(accounts.everybody())


def active() -> Sequence[Counsellor]:
    """The same people, with what may be wished of them."""
    return among(accounts.everybody(), db.session.scalars(select(Profile)))


def among(everybody: Iterable[Account], profiles: Iterable[Profile]) -> Sequence[Counsellor]:
    """For a page that has asked for everybody already."""
    known = {row.account_id: row for row in profiles}
    return [_counsellor(each, known.get(each.id)) for each in _by_name(everybody)]


def profile(account_id: UUID) -> Profile:
    """Hers, or an empty one that is not in the database yet."""
    return db.session.get(Profile, account_id) or Profile(account_id=account_id, tongues="")


def describe(
    account_id: UUID, *, sex: Sex | None, tongues: Iterable[Tongue], partner_id: UUID | None
) -> None:
    """Raises `OwnPartner`."""
    if partner_id == account_id:
        raise OwnPartner
    db.session.merge(
        Profile(account_id=account_id, sex=sex, tongues=" ".join(sorted(tongues)), partner_id=partner_id)
    )


def _by_name(everybody: Iterable[Account]) -> list[Account]:
    found = [each for each in everybody if each.is_active and each.role == StaffRole.KONSELOR]
    return sorted(found, key=lambda each: each.name.casefold())


def _counsellor(account: Account, found: Profile | None) -> Counsellor:
    if found is None:
        return Counsellor(account.id, account.name, None, frozenset(), None)
    tongues = frozenset(map(Tongue, found.tongues.split()))
    return Counsellor(account.id, account.name, found.sex, tongues, found.partner_id)
