"""A visitor who checks the house rules on every page she opens."""

import re

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

RESIDENT = {
    "/",
    "/cerita",
    "/temu",
    "/kabar",
    "/kota",
    "/kontak",
    "/keluar",
    "/bahasa",
    "/tentang-data",
    "/coba",
}
_TELLING = re.compile(
    "lapor|report|kekerasan|violence|korban|victim|kasus|case|cerita|story|aduan|sealed", re.I
)
_GLUED = re.compile(r"\w+[a-z][.?!][A-Z][a-z]+ ")
_ELSEWHERE = re.compile(r"^(https?:)?//")


class Client(FlaskClient):
    def page(self, path: str, status: int = 200, **options) -> BeautifulSoup:
        """The page at `path`, after its house rules were checked."""
        response = self.get(path, **options)
        assert response.status_code == status, f"{path} answered {response.status_code}"
        soup = BeautifulSoup(response.get_data(as_text=True), "html.parser")
        check_house_rules(path, response, soup)
        return soup

    def sign_in(self, account, device_id=None) -> None:
        """Put a live session of `account` in this client's cookies, on an enrolled device if one is named."""
        from pwa import cookies, db, logins

        settings = self.application.config["SETTINGS"]
        with self.application.app_context():
            token = logins.start(account, device_id)
            db.session.commit()
        self.set_cookie(cookies.cookie_name(settings), token)


def check_house_rules(path: str, response, soup: BeautifulSoup) -> None:
    assert len(soup.select("h1")) == 1, f"{path} needs exactly one h1"
    assert not soup.select("script:not([src]), [style]"), f"{path} breaks the CSP"
    glued = [text for text in (soup.main.stripped_strings if soup.main else ()) if _GLUED.search(text)]
    assert not glued, f"{path} runs two sentences together: {glued}"
    for element in soup.find_all(True):
        assert not [name for name in element.attrs if name.startswith(("on", "hx-on"))], (
            f"{path} breaks the CSP"
        )
        source = element.get("src", "")
        assert not _ELSEWHERE.match(source), f"{path} asks another site for {source}"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"], f"{path} has no CSP"
    assert response.headers["Cache-Control"] == "no-store", f"{path} may be stored"
    assert soup.html.get("lang") in ("id", "su"), f"{path} does not say its language"
    title = soup.title.get_text(strip=True)
    assert title, f"{path} has no title"
    if path.split("?", maxsplit=1)[0] in RESIDENT:
        assert not _TELLING.search(title), f"{path} tells in its title what it is about"
