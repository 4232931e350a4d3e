"""Brings `locales/*/` in line with what the pages say: `python -m pwa.catalogues` after a new sentence.

Babel's own commands cannot be used as they are: they write two plural forms for languages that have one, and do not
know the folder `ban`.
"""

from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from pwa import i18n, places

_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS = {
    "gettext": None, "_": None, "_l": None, "lazy_gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
    "_pl": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
_HEADER = """\
# What the pages say in {name}. Edit msgstr here; `python -m pwa.catalogues` adds what is new.
msgid ""
msgstr ""
"Language: {tag}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def said() -> Catalog:
    """Every sentence in the code and the templates, and where it is said."""
    catalogue = Catalog(charset="utf-8")
    found = extract_from_dir(
        places.PACKAGE, _METHODS, {"templates/**.html": {"trimmed": "true"}}, _KEYWORDS, comment_tags=(),
        directory_filter=lambda _: True,  # Babel passes over folders like _macros
    )  # fmt: skip
    for file, line, message, _, context in found:
        catalogue.add(message, locations=[(file, line)], context=context)
    return catalogue


def path_of(language: i18n.Language) -> Path:
    return places.LOCALES / language.folder / "LC_MESSAGES" / "messages.po"


def read(language: i18n.Language) -> Catalog:
    with path_of(language).open("rb") as source:
        return read_po(source, locale=Locale.parse(language.tag))


def update(language: i18n.Language) -> int:
    """Add what is new, drop what nobody says any more; the number of sentences without a translation."""
    known = read(language) if path_of(language).exists() else Catalog()
    fresh = Catalog(charset="utf-8", fuzzy=False)
    fresh._num_plurals = 1  # CLDR: neither language has a plural form
    for message in said():
        if message.id:
            before = known.get(message.id, message.context)
            fresh.add(message.id, before.string if before else None, context=message.context)
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    with path_of(language).open("wb") as target:
        target.write(_HEADER.format(name=language.name, tag=language.tag).encode())
        write_po(target, fresh, width=0, sort_output=True, no_location=True, omit_header=True)
    return sum(1 for message in fresh if message.id and not _translated(message.string))


def _translated(string: str | tuple[str, ...] | None) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    for each in i18n.LANGUAGES:
        print(f"{each.folder}: {update(each)} sentences without a translation")
