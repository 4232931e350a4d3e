"""Setting up: a data directory, keys, a database with the city's lists. Run again, it changes nothing."""

import os
from pathlib import Path

import click

from pwa.settings import Settings


@click.command()
def init() -> None:
    """Prepare the data directory, the keys and the database.

    Safe to run again: what is there stays as it is. Makes keys only when there are none at all.
    """
    settings = Settings.from_environ(os.environ)
    made_folder = make_folder(settings.data_dir)
    _say("data directory", str(settings.data_dir), made_folder)
    _make_keys(settings)
    _prepare_database(settings)


@click.command()
def migrate() -> None:
    """Bring the database's tables up to this version."""
    from pwa import db, revision, schema

    settings = Settings.from_environ(os.environ)
    db.connect(settings.database_url)
    before = revision.current()
    schema.upgrade()
    _say("database", f"schema {revision.current()}", before != revision.current())


def make_folder(path: Path) -> bool:
    """True when it was not there before. Nobody else on this machine may look in."""
    is_new = not path.exists()
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return is_new


def fill_database() -> None:
    """What an empty database needs before anybody can use it."""
    from pwa import db, site, values, wilayah

    site.make_salt()
    wilayah.load()
    values.load()
    db.session.commit()


def _make_keys(settings: Settings) -> None:
    """Only where there was never a key: a missing one is restored from paper, never replaced in silence."""
    from pwa import keys

    nothing_yet = not any(settings.key_dir.glob("*.pub")) and not any(settings.office_key_dir.glob("*"))
    makes = nothing_yet and settings.role.serves_office
    if makes:
        keys.new(settings.key_dir, settings.office_key_dir)
        keys.new_vault(settings.key_dir, settings.office_key_dir)
    _say("sealing key", keys.sealing_key(settings.key_dir).id.hex(), makes)
    keys.new_network_secret(settings.key_dir)
    _make_push_keys(settings)
    if makes:
        click.echo("Print it now and keep the sheet apart from this machine: pwa key paper")


def _make_push_keys(settings: Settings) -> None:
    """Where the deliverer lives; other machines get the two .pub files, and never replace what is missing."""
    from pwa import pushkeys

    makes = settings.role.delivers and pushkeys.are_missing(settings.key_dir, settings.deliver_key_dir)
    if makes:
        pushkeys.make(settings.key_dir, settings.deliver_key_dir)
    _say("push key", pushkeys.outside(settings.key_dir).vapid.id.hex(), makes)


def _prepare_database(settings: Settings) -> None:
    from pwa import db, revision, schema

    db.connect(settings.database_url)
    before = revision.current()
    schema.upgrade()
    fill_database()
    _say("database", f"schema {revision.current()}", before != revision.current())
    if settings.role.serves_office:
        _tell_how_to_sign_in(settings)


def _tell_how_to_sign_in(settings: Settings) -> None:
    from sqlalchemy import func, select

    from pwa import db
    from pwa.accounts import Account

    with db.reading():
        nobody = db.session.scalar(select(func.count()).select_from(Account)) == 0
        db.session.rollback()
    if nobody:
        click.echo(
            'Nobody can sign in yet. Invite the first: pwa user add NAME --role admin --name "Full name"'
        )
    else:
        click.echo(f"Staff sign in at {settings.office_url}/masuk")


def _say(what: str, which: str, is_new: bool) -> None:
    click.echo(f"{'made' if is_new else 'kept'}  {what:15} {which}")


commands = [init, migrate]
