"""What is said where: the sentences of the code, sorted by who reads them and how much room they have."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message

from pwa import catalogues, i18n, places, rooms

WORDS = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
INDONESIAN, SUNDANESE = i18n.LANGUAGES

_ROOMS = rooms.names_of_residents() | {"system", "language"}
_SHARED = {"forms/base.py", "forms/story.py", "i18n.py"}
_SHARED_TEMPLATES = ("templates/_base.html", "templates/_languages.html", "templates/_macros/")

_ELEMENTS = {
    "button": r'<(?P<tag>button|a class="button)\b.*?</(?:button|a)>',
    "heading": r"<h1\b.*?</h1>",
    "label": r"<(?P<tag>label|legend|summary)\b.*?</(?P=tag)>",
    "help": r'<p\b[^>]*class="help\b.*?</p>',
    "error": r'<p\b[^>]*class="error".*?</p>',
}
_TRANS = re.compile(r"{%\s*trans(?P<options>[^%]*)%}(?P<text>.*?){%\s*endtrans\s*%}", re.DOTALL)


said = cache(catalogues.said)  # the code does not change while it is tested


def for_residents() -> list[Message]:
    """What somebody may read without signing in."""
    return [each for each in said() if each.id and any(_is_public(file) for file, _ in each.locations)]


def _is_public(file: str) -> bool:
    room = re.match(r"(?:templates|routes|forms)/(\w+)", file)
    return file in _SHARED or file.startswith(_SHARED_TEMPLATES) or bool(room and room[1] in _ROOMS)


def key(message: Message) -> tuple[str | None, str]:
    singular = message.id[0] if isinstance(message.id, tuple) else message.id
    return message.context, singular


def spoken(language: i18n.Language) -> dict[tuple[str | None, str], str]:
    """Every translated sentence; our languages have one form for any number."""
    return _spoken(language, places.LOCALES)


@cache
def _spoken(language: i18n.Language, locales: Path) -> dict[tuple[str | None, str], str]:
    found = {}
    for message in catalogues.read(language):
        if message.id:
            text = message.string
            found[key(message)] = text[0] if isinstance(text, tuple) else text
    return found


def to_residents(language: i18n.Language) -> dict[tuple[str | None, str], str]:
    """The sentences of the residents' pages and the labels of their value lists."""
    catalogue = spoken(language)
    labels = {("list", f"{name}/{entry['key']}"): entry[language.folder] for name, entry in value_lists()}
    return {key(each): catalogue.get(key(each)) or "" for each in for_residents()} | labels


def value_lists() -> Iterator[tuple[str, dict[str, str]]]:
    lists = json.loads((places.PACKAGE / "data" / "values.json").read_text(encoding="utf-8"))["lists"]
    for name, entries in lists.items():
        for entry in entries:
            yield name, entry


def in_elements(kind: str) -> set[tuple[str | None, str]]:
    """The sentences that stand in one kind of element of any resident's template."""
    found = set()
    for path in (places.PACKAGE / "templates").rglob("*.html"):
        if _is_public(path.relative_to(places.PACKAGE).as_posix()):
            for element in re.finditer(_ELEMENTS[kind], path.read_text(encoding="utf-8"), re.DOTALL):
                found |= set(_sentences(element[0]))
    return found


def _sentences(html: str) -> Iterator[tuple[str | None, str]]:
    for trans in _TRANS.finditer(html):
        context = re.search(r'^\s*"(\w+)"', trans["options"])
        text = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", re.split(r"{%\s*pluralize", trans["text"])[0])
        yield context and context[1], " ".join(text.split())


def in_forms() -> list[Message]:
    return [
        each for each in for_residents()
        if any(re.match(r"(forms|routes)/", file) for file, _ in each.locations)
    ]  # fmt: skip


def words_of(text: str, forbidden: list[str]) -> list[str]:
    """Whole words only; a word with a hyphen is one word, so that isuk-isuk (morning) is not isuk."""
    return [
        word for word in forbidden if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE)
    ]
