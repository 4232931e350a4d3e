"""htmx on the server's side: which answers are fragments, and what they must say.

htmx-flask reads the request headers; its `make_response` refuses half of htmx's swap words and nothing in it sends
`Vary`, so those two are ours.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, make_response, redirect, render_template, request
from htmx_flask import Htmx
from jinja2 import Template


def init(app: Flask) -> None:
    Htmx(app)
    app.after_request(_vary)


def wants_fragment() -> bool:
    return bool(request.htmx) and not request.htmx.history_restore_request


def page(template: str, *, fragment: str | None = None, status: int = 200, **context: object) -> Response:
    """The whole page, or only its block `fragment` when htmx asked and knows where to put it."""
    from flask import current_app

    if fragment and wants_fragment():
        current_app.update_template_context(context)
        body = _block(current_app.jinja_env.get_template(template), fragment, context)
    else:
        body = render_template(template, **context)
    return make_response(body, status)


def see(url: str) -> Response:
    """After a POST, go and see: a POST never answers with a page, because the browser would keep its body on disk."""
    return redirect(url, 303)


def go(url: str) -> Response:
    """Leave for another page, from htmx or from a plain form alike."""
    if not wants_fragment():
        return see(url)
    response = make_response("", 204)
    response.headers["HX-Redirect"] = url
    return response


def leave(url: str) -> Response:
    """Whoever asks may not stay here; a fragment would say so inside a page that is no longer theirs."""
    if not wants_fragment():
        return see(url)
    response = make_response("", 401)
    response.headers["HX-Redirect"] = url
    return response


def way_back() -> str | None:
    """Where she is, to lead her back to: of a fragment the page that it belongs to, of a form nothing."""
    if wants_fragment() and request.htmx.current_url:
        page = urlsplit(request.htmx.current_url)
        return f"{page.path}?{page.query}".rstrip("?")
    return request.full_path.rstrip("?") if request.method == "GET" else None


def _block(template: Template, name: str, context: dict[str, object]) -> str:
    return "".join(template.blocks[name](template.new_context(context)))


def _vary(response: Response) -> Response:
    response.vary.add("HX-Request")
    return response
