"""People and reports for tests: every part has a default, a test names only what matters to it."""

from itertools import count

from pwa import db

_numbers = count(1)


def an_account(role: str = "penerima", **parts):
    """Somebody of the office who can sign in; committed."""
    from pwa import accounts

    number = next(_numbers)
    account = accounts.create(
        login=parts.pop("login", f"{role}{number}"),
        name=parts.pop("name", f"{role.title()} {number}"),
        role=role,
        password=parts.pop("password", "a long and quiet password"),
        **parts,
    )
    db.session.commit()
    return account
