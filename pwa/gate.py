"""What a kader does before anything else: learn, promise, and give her phone a PIN."""

from flask import Response, g, request, session, url_for

from pwa import kaders
from pwa.htmx import see
from pwa.kaders import Kader

_STEPS = {"kader.show_lesson", "kader.answer", "kader.show_promise", "kader.promise"}


def first_things_first() -> Response | None:
    """For `before_request`, behind the guard: her area is at hand, or she is sent to the next step."""
    g.kader = kaders.find(g.account)
    step = _next_step(g.kader)
    return see(step) if step and request.endpoint not in _STEPS else None


def _next_step(kader: Kader | None) -> str | None:
    """Without an area there is only the start page, which says that the office must give her one."""
    if kader is None:
        return None if request.endpoint == "kader.show" else url_for("kader.show")
    if not kader.is_trained:
        return url_for("kader.show_lesson")
    if not kader.has_promised:
        return url_for("kader.show_promise")
    return None if session.login.device_id else url_for("devices.show")
