"""What every answer carries and every unsafe request must show."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden, NotFound

from pwa import rooms, shell

csrf = CSRFProtect()  # the second wall; guarded blueprints call `csrf.protect()` themselves

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

ON_EVERY_HOST = {None, "language", "leaving", "offline", "push", "system"}
# Beside the residents' rooms, these use no authority: whoever forges them gains nothing, and browsers too old to say where
# a request comes from must still be able to ask for help. A browser that does say "cross-site" is refused here too.
_WITHOUT_AUTHORITY = {"activity", "language", "leaving", "push"}

# Residents' pages change in place, so any of them may be the document in which somebody tells by voice.
ONE_DOCUMENT = {"appointment", "home", "news", "report", "visit"}

_SHUT = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "identity-credentials-get", "idle-detection", "local-fonts", "magnetometer", "midi", "payment", "screen-wake-lock",
    "serial", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip
_OPEN = "publickey-credentials-create=(self), publickey-credentials-get=(self)"


def content_security_policy(inline_styles: Iterable[str]) -> str:
    digests = (b64encode(sha256(style.encode()).digest()).decode() for style in inline_styles)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' {allowed}; "
        "img-src 'self' data: blob:; font-src 'none'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )


def protect(app: Flask, inline_styles: Iterable[str]) -> None:
    app.config["CONTENT_SECURITY_POLICY"] = content_security_policy(inline_styles)
    csrf.init_app(app)
    app.before_request(keep_origins_apart)
    app.before_request(refuse_cross_site)
    app.after_request(add_headers)


def keep_origins_apart() -> None:
    """Residents' pages answer on the public host only, the office's on its own. Raises `NotFound`.

    A script that got into one of them then runs on an origin where the other has no cookie and no page.
    """
    settings = current_app.config["SETTINGS"]
    is_here = settings.serves_residents_at if _is_for_residents() else settings.serves_office_at
    if request.blueprint not in ON_EVERY_HOST and not is_here(request.host):
        raise NotFound


def is_of_the_office() -> bool:
    return not _is_for_residents() and request.blueprint not in ON_EVERY_HOST


def refuse_cross_site() -> None:
    """Raises `Forbidden` for an unsafe request that another site made, or that does not say who made it."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        allowed = site == "same-origin"
    elif origin is not None:
        allowed = origin in _own_origins()
    else:
        allowed = _is_for_residents() or request.blueprint in _WITHOUT_AUTHORITY
    if not allowed:
        raise Forbidden


def add_headers(response: Response) -> Response:
    headers = response.headers
    heard = _may_record()
    policy = current_app.config["CONTENT_SECURITY_POLICY"]
    headers.setdefault("Content-Security-Policy", f"{policy}; media-src blob:" if heard else policy)
    headers["Referrer-Policy"] = "same-origin"  # with no-referrer browsers hide where a form came from
    headers["Permissions-Policy"] = _permissions(microphone="(self)" if heard else "()")
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["X-DNS-Prefetch-Control"] = "off"
    headers["X-Robots-Tag"] = "noindex"
    headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SETTINGS"].https:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response


def _is_for_residents() -> bool:
    return request.blueprint in rooms.names_of_residents()


def _may_record() -> bool:
    """Also a page that a phone of one's own has kept: it stands for the page itself."""
    kept = (
        request.endpoint == "offline.kept_page" and f"/{request.view_args['page']}" not in shell.OFFICE_PATHS
    )
    return request.method == "GET" and (request.blueprint in ONE_DOCUMENT or kept)


def _permissions(**some: str) -> str:
    shut = dict.fromkeys(_SHUT, "()") | some
    return ", ".join(f"{name}={who}" for name, who in shut.items()) + f", {_OPEN}"


def _own_origins() -> set[str]:
    settings = current_app.config["SETTINGS"]
    return {settings.public_url, settings.office_url, request.host_url.rstrip("/")}
