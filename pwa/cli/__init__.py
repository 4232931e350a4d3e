"""The `pwa` command: thin like routes, one module a noun; nothing heavy is imported before it is needed."""

import sys
from importlib import import_module

import click

# Where each command lives: `pwa --help` and `pwa key list` must not wait for Flask.
_COMMANDS = {
    "init": "init",
    "serve": "serve",
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
    from pwa.keys import KeyTrouble
    from pwa.settings import BadSetting

    try:
        root()
    except (BadSetting, KeyTrouble) as error:
        click.echo(f"pwa: {error}", err=True)
        sys.exit(2)
