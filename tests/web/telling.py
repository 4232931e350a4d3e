"""What a resident does with a browser that has no JavaScript."""

import re

from bs4 import BeautifulSoup

from pwa import receipts


def fields_of(soup: BeautifulSoup, form: str = "#cerita") -> dict[str, str]:
    """The hidden fields a browser would send along."""
    return {each["name"]: each.get("value", "") for each in soup.select(f"{form} input[type=hidden]")}


def tells(client, path: str = "/cerita", **answers) -> str:
    """Fill in, send, follow: the number she is given."""
    return number_on(sends(client, path, **answers))


def sends(client, path: str = "/cerita", **answers) -> BeautifulSoup:
    """Fill in and send; the page she sees then, whatever it says."""
    answer = client.post(path, data=fields_of(client.page(path)) | answers)
    assert answer.status_code == 303
    return client.page(answer.location)


def opens(client, number: str) -> BeautifulSoup:
    answer = client.post("/kabar", data={"number": number})
    assert (answer.status_code, answer.location) == (303, "/kabar")
    return client.page("/kabar")


def number_on(soup: BeautifulSoup) -> str:
    shown = soup.select_one("output#nomor")
    assert shown, soup.select_one("main").get_text(" ", strip=True)
    return receipts.tidy(shown.get_text())


_IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9A-F]{6}\b")


def shows_any_of(page: BeautifulSoup | str, number: str) -> bool:
    """Whether one of its groups of four digits stands there. In ids they stand by chance, so ids are left out."""
    shown = _IDS.sub("", str(page))
    return any(group in shown for group in number.split())
