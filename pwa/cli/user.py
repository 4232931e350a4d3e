"""People who may sign in, from the machine itself: how the first admin comes, and a way when none can."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from pwa.settings import Settings

ROLES = click.Choice(["penerima", "manajer", "konselor", "kader", "admin"])


@contextmanager
def office() -> Iterator[Settings]:
    """The database connected and the vault open. Raises `KeyTrouble` where this machine has no keys."""
    from pwa import db, keyring, keys, models, vault  # noqa: F401 the mappings need each other
    from pwa.cli import passphrases

    settings = Settings.from_environ(os.environ)
    held = keys.private_keys(settings.key_dir, settings.office_key_dir, passphrases.ask(settings))
    db.connect(settings.database_url)
    keyring.use(held)
    vault.use(keys.open_vault(settings.office_key_dir, held))
    try:
        yield settings
    finally:
        db.session.remove()


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command()
@click.argument("login")
@click.option("--role", type=ROLES, required=True, help="What they do here.")
@click.option("--name", required=True, help="As colleagues know them.")
def add(login: str, role: str, name: str) -> None:
    """Invite somebody: prints a link that works once, within 48 hours.

    LOGIN is 3 to 40 of a-z, 0-9, dot, dash and underscore.
    """
    from pwa import accounts, audit, db, invitations

    if not accounts.LOGIN_SHAPE.fullmatch(login):
        raise click.BadParameter("3 to 40 of a-z, 0-9, dot, dash and underscore", param_hint="LOGIN")
    with office() as settings:
        try:
            invitation, token = invitations.invite(login, name=name, role=accounts.StaffRole(role), by=None)
        except accounts.LoginTaken:
            raise click.ClickException(f"Somebody already signs in as {login}.") from None
        audit.record("invited", by=None, kind="invitation", object_id=invitation.id)
        db.session.commit()
        click.echo(f"{settings.office_url}/undangan/{token}")


@user.command("list")
def list_() -> None:
    """Who may sign in, and who may not any more."""
    from pwa import accounts, db

    with office(), db.reading():
        for account in accounts.everybody():
            state = "active" if account.is_active else "disabled"
            click.echo(f"{account.login:40}  {account.role:10}  {state:8}  {account.name}")
        if forged := accounts.forged():
            raise click.ClickException(f"{forged} account rows were not written by the office.")


@user.command()
@click.argument("login")
def disable(login: str) -> None:
    """Shut somebody out, at once and everywhere."""
    from pwa import accounts, audit, db

    with office():
        account = _account(login)
        try:
            account.disable()
        except accounts.LastAdmin:
            raise click.ClickException("One active administrator must stay.") from None
        audit.record("disabled", by=None, kind="account", object_id=account.id)
        db.session.commit()
        click.echo(f"{login} may not sign in any more.")


@user.command()
@click.argument("login")
def revoke(login: str) -> None:
    """End every session of somebody: a lost phone, a forgotten computer."""
    from pwa import audit, db

    with office():
        account = _account(login)
        account.sign_out_everywhere()
        audit.record("signed-out-everywhere", by=None, kind="account", object_id=account.id)
        db.session.commit()
        click.echo(f"{login} is signed out everywhere.")


def _account(login: str):
    from pwa import accounts

    account = accounts.by_login(login)
    if account is None:
        raise click.ClickException(f"Nobody signs in as {login}.")
    return account


commands = [user]
