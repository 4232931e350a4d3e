"""A resident and the people of the office, who fill in every field they see, through whichever browser they are given."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pyotp
from bs4 import BeautifulSoup, Tag

from pwa import clock, receipts

PHONE = "0812 7731 4685"
DIGITS = "081277314685"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Answer:
    status: int
    text: str
    location: str | None


def through(client) -> Callable[..., Answer]:
    """A browser of its own without a network."""

    def send(method: str, path: str, data: dict | None = None) -> Answer:
        answer = client.open(path, method=method, data=data, headers=SAME_SITE)
        return Answer(answer.status_code, answer.get_data(as_text=True), answer.location)

    send.cookies = lambda: {cookie.value for cookie in client._cookies.values() if len(cookie.value) > 20}
    return send


@dataclass
class Person:
    """`send(method, path, data)` is a browser of its own; `marker` is what this person writes everywhere."""

    send: Callable[..., Answer]
    marker: str
    secrets: set[str] = field(default_factory=set)

    def opens(self, path: str) -> BeautifulSoup:
        answer = self.send("GET", path)
        while answer.status in (302, 303):
            answer = self.send("GET", _path(answer.location))
        assert answer.status == 200, f"{path}: {answer.status}"
        return BeautifulSoup(answer.text, "html.parser")

    def submits(self, path: str, action: str, **answers: object) -> BeautifulSoup:
        """Open the page, fill in the form whose address ends with `action`, send it, and see what comes."""
        page = self.opens(path)
        forms = [form for form in page.select("form") if (form.get("action") or path).endswith(action)]
        assert forms, (
            f"{path} has no form for {action}: {[form.get('action') for form in page.select('form')]}"
        )
        typed = self._filled(forms[0]) | answers
        answer = self.send("POST", forms[0].get("action") or path, typed)
        assert answer.status == 303, f"{action}: {answer.status}"
        assert not answer.location.startswith("/maaf"), f"{action}: {answer.location}"
        return self.opens(_path(answer.location))

    def _filled(self, form: Tag) -> dict[str, object]:
        return {
            each["name"]: self._answer(each, form) for each in form.select("[name]") if each.name != "button"
        }

    def _answer(self, each: Tag, form: Tag) -> object:
        name, kind = each["name"], each.get("type", each.name)
        if kind == "hidden":
            return each.get("value", "")
        if kind in ("radio", "checkbox"):
            return form.select_one(f'[name="{name}"]')["value"]
        if each.name == "select":
            return next((each["value"] for each in each.select("option") if each.get("value")), "")
        if name.endswith("number"):
            return PHONE
        if name.endswith("age"):
            return "31"
        return (clock.today().isoformat() if name == "date" else "") if kind == "date" else self.marker


class Resident(Person):
    def tells(self, path: str, **answers: object) -> str:
        number = self.submits(path, path, danger="no", **answers).select_one("output#nomor")
        assert number, f"{path} gave no number"
        return self._noted(number.text)

    def adds(self, number: str) -> None:
        self.submits("/kabar", "/kabar", number=number)
        assert self.submits("/kabar", "/kabar/tambah").select_one(".good")

    def takes_another_number(self) -> str:
        return self._noted(self.submits("/kabar", "/kabar/nomor").select_one("output#nomor").text)

    def reads(self, number: str) -> str:
        self.send("POST", "/kabar/tutup", {})
        return self.submits("/kabar", "/kabar", number=number).select_one("main").text

    def _noted(self, number: str) -> str:
        self.secrets.add(receipts.tidy(number))
        return receipts.tidy(number)


# On which page of a report a step is taken, where that is not the page of the next steps.
_PAGES = {"penanganan": "", "triase": "/triase", "jawaban": "/jawaban"}


class Officer(Person):
    def joins(self, link: str, password: str) -> None:
        token = link.rpartition("/")[2]
        page = self.opens(f"/undangan/{token}")
        secret = page.select_one("#rahasia").text.replace(" ", "")
        self.secrets |= {token, password, secret}
        code = pyotp.TOTP(secret).at(clock.now())
        self.submits(f"/undangan/{token}", f"/undangan/{token}", password=password, again=password, code=code)
        assert self.opens("/akun").select_one("h1")

    def finds(self, tab: str = "") -> list[str]:
        """The reports in the list, first the most urgent."""
        found = self.opens(f"/kantor/laporan{tab}").select("a[href^='/kantor/laporan/']")
        ids = [re.fullmatch(r"/kantor/laporan/([0-9a-f-]{36})", link["href"]) for link in found]
        return list(dict.fromkeys(each[1] for each in ids if each))

    def does(self, id: str, step: str, **answers: object) -> BeautifulSoup:
        page = _PAGES.get(step, "/langkah")
        return self.submits(f"/kantor/laporan/{id}{page}", f"/{id}/{step}", **answers)

    def weighs(self, id: str, level: str = "tinggi") -> None:
        self.does(id, "triase", **{"triase-level": level})

    def writes_at_the_desk(self, **answers: object) -> str:
        page = self.submits("/kantor/meja", "/kantor/meja", danger="no", **answers)
        assert page.select_one("output#nomor"), [each.text for each in page.select(".errors, .error")]
        number = receipts.tidy(page.select_one("output#nomor").text)
        self.secrets.add(number)
        return number


def _path(location: str) -> str:
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")
