"""The passphrase of the private keys: typed by somebody, or from a file the service manager hands over."""

import os
import sys
from pathlib import Path

import click

from pwa import keys
from pwa.settings import Settings


def ask(settings: Settings) -> bytes | None:
    """`None` when no key needs one. Raises `keys.KeyTrouble` when there is nobody to ask."""
    if not settings.role.serves_office or not keys.has_passphrase(settings.office_key_dir):
        return None
    if path := os.environ.get("PWA_KEY_PASSPHRASE_FILE"):
        return _from_file(Path(path))
    if not sys.stdin.isatty():
        raise keys.KeyTrouble(
            "The private keys have a passphrase. Set PWA_KEY_PASSPHRASE_FILE or start by hand."
        )
    return click.prompt("Passphrase of the private keys", hide_input=True).encode()


def choose() -> bytes:
    if path := os.environ.get("PWA_KEY_PASSPHRASE_FILE"):
        return _from_file(Path(path))
    return click.prompt("New passphrase", hide_input=True, confirmation_prompt=True).encode()


def _from_file(path: Path) -> bytes:
    try:
        text = path.read_bytes().strip()
    except OSError as error:
        raise keys.KeyTrouble(f"PWA_KEY_PASSPHRASE_FILE cannot be read ({type(error).__name__}).") from None
    if not text:
        raise keys.KeyTrouble("PWA_KEY_PASSPHRASE_FILE is empty.")
    return text
