"""What is done with reports from the machine itself: opening what arrived, forgetting what may be forgotten."""

import click

from pwa.cli.user import office


@click.command()
def unpack() -> None:
    """Open what has arrived, as the office's background work does every second."""
    from pwa import unpacking

    with office():
        count = 0
        while done := unpacking.unpack_arrived():
            count += done
            click.echo(f"{count} opened", err=True)
    click.echo(f"{count} envelopes opened")


@click.command()
def purge() -> None:
    """Delete spam that two people named and that is older than 30 days, and whatever has expired.

    Leaves one line in the notes that says how many reports went.
    """
    from pwa import db, limits, logins, spam, stash

    with office():
        reports = spam.purge()
        db.session.commit()
        for expired in (stash, limits, logins):
            expired.purge()
        db.session.commit()
    click.echo(f"{reports} spam reports deleted for good")
    click.echo("expired texts, counters and sessions deleted")


commands = [unpack, purge]
