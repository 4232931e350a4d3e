"""A look at the whole installation."""

import os
import sys

import click

from pwa.settings import Settings


@click.command()
def doctor() -> None:
    """Check keys, paper, database, clock and disk; exit code 1 when something is to be put right."""
    from pwa import db, doctor
    from pwa.cli import passphrases

    settings = Settings.from_environ(os.environ)
    passphrase = passphrases.ask(settings)
    db.connect(settings.database_url)
    well = True
    for finding in doctor.examine(settings, passphrase):
        well &= finding.ok
        click.echo(f"{'ok' if finding.ok else 'FAIL':6}{finding.name:16}{finding.sentence}")
    sys.exit(0 if well else 1)


commands = [doctor]
