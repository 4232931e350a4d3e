"""Puts the house together for one role: its doors, its keys, and what happens when something breaks."""

from flask import Flask, current_app, g, request
from jinja2 import StrictUndefined
from markupsafe import Markup

from pwa import (
    asking,
    assets,
    compress,
    db,
    failures,
    hotlines,
    htmx,
    i18n,
    keyring,
    keys,
    logs,
    pages,
    pushkeys,
    receipts,
    rooms,
    security,
    shell,
    site,
    values,
    vault,
    visitor,
    webpush,
    wilayah,
)  # fmt: skip
from pwa.cookies import StaffSessions
from pwa.forms import base
from pwa.settings import Settings
from pwa.telling import Sealer

LARGEST_REQUEST = 4 * 1024 * 1024


def create_app(settings: Settings, passphrase: bytes | None = None) -> Flask:
    """Raises `keys.KeyTrouble` when a key of this role is missing or wrong."""
    app = Flask("pwa", static_folder=None)
    app.config.update(
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # security.refuse_cross_site looks at the origin instead
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    db.connect(settings.database_url)
    _load_keys(app, passphrase)
    static = assets.prepare(settings.data_dir)
    _prepare_templates(app, static)
    if settings.role.serves_office:
        _prepare_office_templates(app)
    htmx.init(app)
    app.request_class = asking.Request
    app.before_request(_begin)
    security.protect(app, (static.style, static.office_style))
    app.session_interface = StaffSessions()
    visitor.register(app)
    for room in rooms.of(settings.role):
        app.register_blueprint(room)
    failures.register(app)
    if settings.role.serves_office:
        _listen_at_the_doors(app)
    compress.register(app)
    logs.register(app)
    app.teardown_request(_end)
    assets.serve(app, static)
    if settings.role.serves_residents:
        app.wsgi_app = pages.Pages(app.wsgi_app, settings)
    app.extensions["shell"] = shell.Shell(app, settings, static, key=app.config["PUSH_KEYS"].for_browsers)
    _warm_up()
    return app


def _load_keys(app: Flask, passphrase: bytes | None) -> None:
    """Each role gets its own keys and no others: the public one only what closes, never what opens."""
    settings = app.config["SETTINGS"]
    app.config["SEALER"] = Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    app.config["NETWORK_SECRET"] = keys.network_secret(settings.key_dir)
    app.config["PUSH_KEYS"] = pushkeys.outside(settings.key_dir)
    app.config["PUSH_SERVICE"] = webpush.Service.of(settings)
    if settings.role.serves_office:
        held = keys.private_keys(settings.key_dir, settings.office_key_dir, passphrase)
        keyring.use(held)
        vault.use(keys.open_vault(settings.office_key_dir, held))
        app.config["SECRET_KEY"] = vault.current().mac("form tokens")
    else:
        keyring.use({})
        vault.use(None)


def _prepare_templates(app: Flask, static: assets.Assets) -> None:
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext, npgettext=i18n.npgettext
    )
    env.filters.update(
        grouped=receipts.grouped,
        as_order_number=receipts.as_order_number,
        moment=i18n.moment,
        day=i18n.day,
        short_day=i18n.short_day,
        clock_time=i18n.clock_time,
        span=i18n.span,
        number=i18n.number,
    )
    env.globals.update(
        asset=static.url, style=static.style, office_style=static.office_style, language=i18n.current,
        languages=i18n.LANGUAGES, phone_numbers=hotlines.in_order,
        rules=base.rules, sealing_attributes=_sealing_attributes, vapid_key=app.config["PUSH_KEYS"].for_browsers,
    )  # fmt: skip


def _prepare_office_templates(app: Flask) -> None:
    from pwa import oncall, passkeys

    app.jinja_env.globals.update(
        passkey_question=_passkey_question, encoded=passkeys.encoded, on_call=oncall.MAY_STAND
    )


def _listen_at_the_doors(app: Flask) -> None:
    from pwa import doorway

    doorway.listen(app)


def _warm_up() -> None:
    """Read what every form shows while the database is there, so that a form can still be shown when it is not."""
    with db.reading():
        site.salt()
        wilayah.places_of_the_city()
        values.read_all()
    db.session.remove()


def _sealing_attributes() -> Markup:
    """What a phone needs to close a letter to this office: its key, the salt of the numbers, the language."""
    sealer = current_app.config["SEALER"]
    return Markup(' data-office="{}.{}" data-salt="{}" data-rounds="{}" data-language="{}"').format(
        sealer.key.id.hex(), sealer.key.raw.hex(), site.salt().hex(), sealer.rounds, i18n.current().folder
    )


def _passkey_question(purpose: str, reader: bytes = b"") -> Markup:
    """What a passkey is asked to sign, as attributes; nothing where browsers make no keys."""
    from pwa import challenges, passkeys

    at = passkeys.Site(current_app.config["SETTINGS"].office_url)
    if not at.can_have_keys:
        return Markup()
    challenge = passkeys.encoded(challenges.new(purpose, reader))
    return Markup(' data-challenge="{}" data-host="{}"').format(challenge, at.host)


def _begin() -> None:
    g.language = i18n.speaking(
        i18n.choose(request.cookies.get(i18n.COOKIE), list(request.accept_languages.values()))
    )
    g.language.__enter__()
    if request.method == "GET" and request.blueprint in rooms.names_of_residents():
        g.reading = db.reading()
        g.reading.__enter__()


def _end(error: BaseException | None) -> None:
    db.session.remove()
    for name in ("reading", "language"):
        if (opened := g.pop(name, None)) is not None:
            opened.__exit__(None, None, None)
