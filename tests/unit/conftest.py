"""What the verbs of a report need beside the database: the key that opens."""

import pytest

from pwa import keyring, keys


@pytest.fixture
def office(database, settings):
    """The database connected, the vault open, the office's key at hand."""
    keyring.use(keys.private_keys(settings.key_dir, settings.office_key_dir))
    yield settings
    keyring.use({})
