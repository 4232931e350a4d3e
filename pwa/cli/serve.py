"""Serving: the pages, and in the office the background work beside them."""

import os

import click

from pwa.cli import Trouble
from pwa.settings import Role, Settings

_GIVES_UP = """\
One process does everything here: whoever takes over its public pages also holds the office's keys.
That is for trying out and for the smallest office; docs/deployment.md says how to part them."""


@click.command()
def serve() -> None:
    """Serve the pages of this role (PWA_ROLE) until stopped."""
    from pwa import logs, serving
    from pwa.app import create_app
    from pwa.cli import passphrases

    settings = Settings.from_environ(os.environ)
    passphrase = passphrases.ask(settings)
    refuse_old_schema(settings)
    logs.start()
    app = create_app(settings, passphrase)
    _tell_where(settings)
    try:
        serving.run(app, settings)
    except OSError as error:
        raise Trouble(f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}.") from None


def refuse_old_schema(settings: Settings) -> None:
    from pwa import db, revision

    db.connect(settings.database_url)
    if revision.current() != revision.newest():
        raise Trouble("The database is not of this version. Run `pwa migrate` (or `pwa init`).")


def _tell_where(settings: Settings) -> None:
    click.echo(
        f"Open {settings.public_url} (listening on {settings.host}:{settings.port}, role {settings.role})"
    )
    if settings.role.serves_office:
        click.echo(f"Staff sign in at {settings.office_url}/masuk")
    if settings.role is Role.ALL:
        click.echo(_GIVES_UP)


commands = [serve]
