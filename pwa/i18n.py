"""Two languages, chosen without JavaScript; a third is one folder under `locales/` and one line below.

The folder `ban` holds Banten Sundanese. ISO 639 gives that code to Balinese, so it never leaves the server:
pages say `lang="su"` and dates come from CLDR `su`. What a language has not translated falls back to Indonesian.
"""

import gettext as stdlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from pwa import clock, places


@dataclass(frozen=True)
class Language:
    """`folder` under locales/, `tag` for HTML and CLDR, `at` the word before a time of day, `asked_as` in browsers."""

    folder: str
    tag: str
    name: str
    at: str
    asked_as: tuple[str, ...]


LANGUAGES = (
    Language("id", "id", "Bahasa Indonesia", "pukul", ("id", "in", "ban", "jv")),
    Language("ban", "su", "Basa Sunda Banten", "jam", ("su", "sun", "bac")),
)
DEFAULT = LANGUAGES[0]
COOKIE = "b"

_current: ContextVar[Language] = ContextVar("language", default=DEFAULT)


def current() -> Language:
    return _current.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def by_folder(folder: str | None) -> Language | None:
    return next((language for language in LANGUAGES if language.folder == folder), None)


def choose(chosen: str | None, accepted: list[str]) -> Language:
    """What she chose, else the first of her browser's languages we speak, else Indonesian."""
    if language := by_folder(chosen):
        return language
    for tag in accepted:
        for language in LANGUAGES:
            if tag.lower().split("-")[0] in language.asked_as:
                return language
    return DEFAULT


def gettext(message: str) -> str:
    return _translations(current().folder, places.LOCALES).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    return _translations(current().folder, places.LOCALES).ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    return _translations(current().folder, places.LOCALES).pgettext(context, message)


def npgettext(context: str, singular: str, plural: str, number: int) -> str:
    return _translations(current().folder, places.LOCALES).npgettext(context, singular, plural, number)


class Lazy:
    """A sentence that is said in the reader's language, whenever it is finally read."""

    def __init__(self, say: Callable[..., str], *words: str, **values: object) -> None:
        self._say, self._words, self._values = say, words, values

    def __str__(self) -> str:
        said = self._say(*self._words)
        return said % self._values if self._values else said

    def __mod__(self, values: object) -> str:
        return str(self) % values

    def __html__(self) -> str:
        from markupsafe import escape

        return escape(str(self))


def lazy_gettext(message: str, **values: object) -> Lazy:
    return Lazy(gettext, message, **values)


def lazy_pgettext(context: str, message: str) -> Lazy:
    return Lazy(pgettext, context, message)


def moment(value: datetime) -> str:
    """Selasa, 15 September 2026 pukul 14.05 WIB"""
    language = current()
    pattern = f"EEEE, d MMMM y '{language.at}' HH.mm 'WIB'"
    return format_datetime(value.astimezone(clock.JAKARTA), pattern, locale=Locale.parse(language.tag))


def day(value: date) -> str:
    """Selasa, 15 September 2026"""
    return format_date(value, "EEEE, d MMMM y", locale=Locale.parse(current().tag))


def short_day(value: date) -> str:
    """Sel 15/9"""
    return format_date(value, "EEE d/M", locale=Locale.parse(current().tag))


def clock_time(value: datetime) -> str:
    """14.05 WIB"""
    return value.astimezone(clock.JAKARTA).strftime("%H.%M WIB")


def span(length: timedelta) -> str:
    """The largest whole unit, as people say it: 3 hours, 2 days."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes) % {"num": minutes}
    if minutes < 48 * 60:
        return ngettext("%(num)d hour", "%(num)d hours", minutes // 60) % {"num": minutes // 60}
    return ngettext("%(num)d day", "%(num)d days", minutes // 1440) % {"num": minutes // 1440}


def number(value: int) -> str:
    """1.234"""
    return f"{value:,}".replace(",", ".")


@cache
def _translations(folder: str, locales: Path) -> stdlib.NullTranslations:
    """Compiled in memory from the .po file, so there is nothing to build and nothing to forget."""
    path = locales / folder / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as source:
        catalogue = read_po(source, locale=Locale.parse(by_folder(folder).tag))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    translations = stdlib.GNUTranslations(compiled)
    if folder != DEFAULT.folder:
        translations.add_fallback(_translations(DEFAULT.folder, locales))
    return translations
