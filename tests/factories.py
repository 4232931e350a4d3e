"""People and reports for tests: every part has a default, a test names only what matters to it."""

from itertools import count
from uuid import uuid4

from pwa import accounts, db, keys, receipts, telling
from pwa.accounts import Account
from pwa.reports import Report
from pwa.settings import Settings

PASSWORD = "a long and quiet password"
_numbers = count(1)


def an_account(role: str = "penerima", **parts) -> Account:
    """Somebody of the office who can sign in; committed."""
    number = next(_numbers)
    defaults = {"login": f"{role}{number}", "name": f"{role.title()} {number}", "password": PASSWORD}
    account = accounts.create(role=role, **(defaults | parts))
    db.session.commit()
    return account


def a_report(settings: Settings, number: str | None = None, told: dict | None = None, **more) -> Report:
    """What somebody told under `number`, sealed as the server seals it; committed."""
    told = {**(told or {}), **more}
    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    number = number or receipts.new_number()
    report = sealer.tell(uuid4(), told, number, language="id", body_key=b"body")
    db.session.commit()
    return report
