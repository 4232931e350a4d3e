"""What is typed about being on call: a shift of one's own, and the roster of everybody."""

from datetime import datetime, timedelta
from uuid import UUID

from wtforms import DateTimeLocalField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from pwa import accounts, clock, oncall
from pwa.accounts import Account
from pwa.forms.account import StaffForm
from pwa.forms.base import OneOf, Phone
from pwa.i18n import gettext
from pwa.i18n import lazy_gettext as _l
from pwa.oncall import Line

HOURS = (4, 8, 12)


def people() -> list[Account]:
    return [each for each in accounts.everybody() if each.is_active and each.role in oncall.MAY_STAND]


class StartForm(StaffForm):
    hours = OneOf(
        _l("How long"),
        [InputRequired(_l("Choose an answer from the list."))],
        choices=lambda: [
            SelectChoice(str(hours), gettext("%(num)d hours") % {"num": hours}) for hours in HOURS
        ],
        default="8",
    )

    @property
    def span(self) -> timedelta:
        return timedelta(hours=int(self.hours.data))


class Moment(DateTimeLocalField):
    """Day and hour in Serang."""

    def process_formdata(self, valuelist):
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = datetime.fromisoformat(valuelist[0].strip()[:16]).replace(tzinfo=clock.JAKARTA)
        except ValueError:
            raise ValueError(gettext("The date does not look right.")) from None


class ShiftForm(StaffForm):
    person = OneOf(
        _l("Who"),
        [InputRequired(_l("Choose an answer from the list."))],
        choices=lambda: [SelectChoice(str(each.id), each.name) for each in people()],
    )
    line = OneOf(
        _l("Called when"),
        [InputRequired(_l("Choose an answer from the list."))],
        choices=lambda: [SelectChoice(str(int(line)), str(label)) for line, label in LINES.items()],
        default="1",
    )
    starts_at = Moment(_l("From"), [InputRequired(_l("Type day and hour."))])
    ends_at = Moment(_l("Until"), [InputRequired(_l("Type day and hour."))])
    phone = Phone(_l("Phone, for the others on call"), render_kw={"inputmode": "tel", "autocomplete": "off"})

    @property
    def to_keep(self) -> dict[str, object]:
        kept = super().to_keep
        for name in ("starts_at", "ends_at"):
            kept["typed"][name] = kept["typed"][name] and kept["typed"][name].isoformat()
        return kept

    @classmethod
    def as_kept(cls, kept):
        if kept:
            typed = dict(kept["typed"])
            for name in ("starts_at", "ends_at"):
                typed[name] = typed[name] and datetime.fromisoformat(typed[name]).astimezone(clock.JAKARTA)
            kept = {**kept, "typed": typed}
        return super().as_kept(kept)

    @property
    def given(self) -> dict[str, object]:
        return {
            "account_id": UUID(self.person.data), "line": Line(int(self.line.data)), "starts_at": self.starts_at.data,
            "ends_at": self.ends_at.data, "phone": self.phone.data,
        }  # fmt: skip


LINES = {
    Line.FIRST: _l("At once"),
    Line.SECOND: _l("When the first does not come"),
    Line.HEAD: _l("Last, as head of the office"),
}


class DeviceForm(StaffForm):
    subscription = StringField()
