"""The chain of what was done, checked from the machine itself."""

import sys

import click

from pwa.cli.user import office


@click.group()
def audit() -> None:
    """What was done, by whom, and whether somebody changed that story."""


@audit.command()
def verify() -> None:
    """Walk the whole chain; exit code 1 when an entry was changed or is missing.

    Compare the end with what the manager noted: a database put back to an older state looks whole.
    """
    from pwa import audit as chain
    from pwa import db

    with office(), db.reading():
        verdict = chain.verify()
    click.echo(f"{verdict.count} entries checked, end {verdict.head}")
    if not verdict.ok:
        click.echo(f"Changed or missing from entry {verdict.broken_at} on.", err=True)
        sys.exit(1)


commands = [audit]
