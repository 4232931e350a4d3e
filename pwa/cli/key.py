"""Keys: making, printing, proving and bringing back."""

import os
import sys
from pathlib import Path

import click

from pwa.settings import Settings


@click.group()
def key() -> None:
    """The office's keys: what seals, what opens, and the sheet of paper that brings everything back."""


@key.command()
@click.option(
    "--passphrase", "wants_passphrase", is_flag=True, help="Ask for a passphrase for the first key."
)
def new(wants_passphrase: bool) -> None:
    """Make the next sealing key.

    The keys before it keep opening what was sealed to them. All private keys share one passphrase.
    """
    from pwa import keys
    from pwa.cli import passphrases

    settings = _settings()
    is_first = not any(settings.key_dir.glob("*.pub"))
    if is_first:
        passphrase = passphrases.choose() if wants_passphrase else None
        made = keys.new(settings.key_dir, settings.office_key_dir, passphrase)
        keys.new_vault(settings.key_dir, settings.office_key_dir)
    else:
        passphrase = passphrases.ask(settings)
        held = keys.private_keys(settings.key_dir, settings.office_key_dir, passphrase)
        made = keys.new(settings.key_dir, settings.office_key_dir, passphrase)
        keys.move_vault(settings.key_dir, settings.office_key_dir, held)
    click.echo(f"made  {made.id.hex()}")
    click.echo(
        "Restart every `pwa serve`, then print the key and prove the sheet: pwa key paper, pwa key rehearse"
    )


@key.command("list")
def list_() -> None:
    """Show every key, the newest first; only that one seals."""
    from pwa import db, keys, paper

    settings = _settings()
    db.connect(settings.database_url)
    publics = keys.public_keys(settings.key_dir)
    click.echo(f"{'key':18}{'made':12}{'state':10}{'private half':14}sheet proved")
    with db.reading():
        for public in publics:
            state = "seals" if public is publics[0] else "opens"
            half = "here" if (settings.office_key_dir / f"{public.id.hex()}.pem").exists() else "not here"
            proved = paper.rehearsed_on(public.id) or "never"
            click.echo(f"{public.id.hex():18}{public.created_at:%Y-%m-%d}  {state:10}{half:14}{proved}")


@key.command()
@click.argument("key_id", required=False)
@click.option(
    "--html", "target", type=click.Path(path_type=Path), help="Write a page to print to this file instead."
)
def paper(key_id: str | None, target: Path | None) -> None:
    """Show a private key as it goes on paper; the newest when no KEY_ID is given.

    Whoever reads the sheet can read everything told to this office. Keep it in a safe, away from here.
    """
    from pwa import keys, sheet
    from pwa.cli import passphrases

    settings = _settings()
    held = keys.private_keys(settings.key_dir, settings.office_key_dir, passphrases.ask(settings))
    public = _chosen(keys.public_keys(settings.key_dir), key_id)
    if public.id not in held:
        raise keys.KeyTrouble(f"The key {public.id.hex()} no longer opens anything; it needs no sheet.")
    if target is None:
        click.echo(sheet.as_text(public, held[public.id]))
        return
    with os.fdopen(
        os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(sheet.as_page(public, held[public.id]))
    click.echo(f"{target} is readable by you alone. Print it, then delete it.")


@key.command()
def rehearse() -> None:
    """Type a sheet's four lines (on standard input) and prove that they bring everything back."""
    from pwa import db, paper

    settings = _settings()
    db.connect(settings.database_url)
    public = paper.rehearse(_typed(), settings)
    db.session.commit()
    click.echo(f"The sheet of {public.id.hex()} opens everything sealed to it. Noted.")


@key.command()
@click.option(
    "--passphrase", "wants_passphrase", is_flag=True, help="Close the restored file with a passphrase."
)
def restore(wants_passphrase: bool) -> None:
    """Type a sheet's four lines (on standard input) and write the private key's file again."""
    from pwa import paper
    from pwa.cli import passphrases

    settings = _settings()
    text = _typed()
    passphrase = passphrases.choose() if wants_passphrase else None
    public = paper.restore(text, settings, passphrase)
    click.echo(f"restored  {public.id.hex()}")


@key.group()
def vapid() -> None:
    """The pair that speaks for this house to push services; it opens nothing that was told."""


@vapid.command("new")
def new_vapid() -> None:
    """Make the next VAPID pair.

    Phones move to it at their next visit; the pair before it keeps reaching those that have not come yet.
    """
    from pwa import pushkeys

    settings = _settings()
    made = pushkeys.new_vapid(settings.key_dir, settings.deliver_key_dir)
    click.echo(f"made  {made.id.hex()}")
    click.echo(
        "Copy the .pub file to every machine that serves pages, then restart `pwa serve` and `pwa deliver`."
    )


@vapid.command("list")
def list_vapid() -> None:
    """Show every VAPID pair, the newest first; browsers subscribe with that one."""
    from pwa import pushkeys

    settings = _settings()
    publics = pushkeys.vapid_keys(settings.key_dir)
    click.echo(f"{'key':18}{'made':12}{'state':12}private half")
    for public in publics:
        state = "subscribes" if public is publics[0] else "sends"
        half = (
            "here" if (settings.deliver_key_dir / "vapid" / f"{public.id.hex()}.pem").exists() else "not here"
        )
        click.echo(f"{public.id.hex():18}{public.created_at:%Y-%m-%d}  {state:12}{half}")


def _settings() -> Settings:
    return Settings.from_environ(os.environ)


def _chosen(publics, key_id: str | None):
    for public in publics:
        if key_id in (None, public.id.hex()):
            return public
    raise click.UsageError("There is no such key; see `pwa key list`.")


def _typed() -> str:
    if sys.stdin.isatty():
        click.echo("Type the four lines, then press Ctrl-D:", err=True)
    return sys.stdin.read()


commands = [key]
