"""The `pwa` command: thin like routes, one module a noun; nothing heavy is imported before it is needed."""

import os
import sys
from importlib import import_module

import click

# Where each command lives: `pwa --help` and `pwa key list` must not wait for Flask.
_COMMANDS = {
    "init": "init",
    "serve": "serve",
    "deliver": "deliver",
    "key": "key",
    "doctor": "doctor",
    "backup": "backup",
    "restore": "backup",
    "migrate": "init",
    "user": "user",
    "audit": "audit",
    "unpack": "reports",
    "purge": "reports",
    "demo": "demo",
}


class Trouble(click.ClickException):
    """What an operator can put right, said in one line."""

    exit_code = 2

    def show(self, file=None) -> None:
        click.echo(f"pwa: {self.message}", err=True)


class _Lazily(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module = import_module(f"pwa.cli.{_COMMANDS[name]}")
        return next(command for command in module.commands if command.name == name)


@click.group(cls=_Lazily, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="saling-sapa", prog_name="pwa")
def root() -> None:
    """Saling Sapa: keeps what people tell an office, and nothing else.

    Settings come from PWA_* environment variables; see docs/deployment.md.
    """


def main() -> None:
    """One line instead of a traceback for whatever the operator can put right."""
    os.umask(0o077)  # whatever is written here is nobody else's to read
    try:
        root()
    except Exception as error:
        line = _one_line(error)
        if line is None:
            raise
        click.echo(f"pwa: {line}", err=True)
        sys.exit(2)


def _one_line(error: Exception) -> str | None:
    from sqlalchemy.exc import OperationalError

    from pwa.backup import Refused
    from pwa.keys import KeyTrouble
    from pwa.paper import Mistyped
    from pwa.variables import BadSetting

    if isinstance(error, BadSetting | KeyTrouble | Mistyped | Refused):
        return str(error)
    if isinstance(error, OperationalError):
        return "The database does not answer, or was never made. Check PWA_DATABASE_URL, then run `pwa init`."
    if isinstance(error, OSError):
        return f"{error.filename or 'The machine'}: {error.strerror}."
    return None
