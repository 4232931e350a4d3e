"""Backup and restore of the whole office."""

import os
from pathlib import Path

import click

from pwa.settings import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write everything but the private keys to FILE, while people go on working.

    To restore it you also need a key's sheet of paper: prove one with `pwa key rehearse`.
    """
    from pwa import backup, db

    settings = Settings.from_environ(os.environ)
    db.connect(settings.database_url)
    backup.write(file, settings, _tell)
    click.echo(f"{file} is complete.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Bring back what FILE holds; refuses where there is already a database or a key."""
    from pwa import backup, db, keys, pushkeys
    from pwa.cli.init import make_folder

    settings = Settings.from_environ(os.environ)
    make_folder(settings.data_dir)
    db.connect(settings.database_url)
    backup.restore(file, settings, _tell)
    keys.new_network_secret(settings.key_dir)
    if pushkeys.are_missing(settings.key_dir, settings.deliver_key_dir):
        pushkeys.make(settings.key_dir, settings.deliver_key_dir)  # phones move to them at their next visit
    click.echo("Everything is back. Now type the sheet of paper: pwa key restore. Then: pwa doctor")


def _tell(table: str, rows: int) -> None:
    click.echo(f"{rows:9,}  {table}", err=True)


commands = [backup, restore]
