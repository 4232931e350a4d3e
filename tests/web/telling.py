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


def can_be_called(page: BeautifulSoup | str, number: str) -> bool:
    """Whether it stands there, for eyes or for a touch. A few digits of it stand in every tenth id by chance."""
    digits = number.replace(" ", "").removeprefix("0")
    return re.search("[ -]?".join(digits), str(page)) is not None
