"""Delivering: alerts on their way to phones, beside the pages or on a machine of its own."""

import os
import signal
import threading

import click

from pwa.settings import Settings


@click.command()
def deliver() -> None:
    """Send what is due until stopped. Any number of these may run at once."""
    from pwa import db, logs
    from pwa.cli.serve import refuse_old_schema
    from pwa.deliver import Deliverer

    settings = Settings.from_environ(os.environ)
    deliverer = Deliverer(settings)
    refuse_old_schema(settings)
    logs.start()
    db.connect(settings.database_url)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    click.echo("Delivering.")
    deliverer.run(stop)


commands = [deliver]
