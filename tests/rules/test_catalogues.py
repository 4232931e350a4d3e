"""The catalogues: whole, true to what the pages say, and read by the right name."""

import re
import shutil
import unicodedata
from collections import Counter

import pytest
from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import write_po
from bs4 import BeautifulSoup, Comment

from pwa import catalogues, i18n, places
from tests.conftest import settings_for
from tests.rules import speech

each_language = pytest.mark.parametrize("language", i18n.LANGUAGES, ids=lambda language: language.folder)

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(autouse=True)
def _real_words(monkeypatch):
    """All other tests read msgids; these read what people read."""
    monkeypatch.setattr(places, "LOCALES", places.ROOT / "locales")


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Catalogues that a test may write into."""
    shutil.copytree(places.ROOT / "locales", tmp_path / "locales")
    monkeypatch.setattr(places, "LOCALES", tmp_path / "locales")
    return tmp_path / "locales"


@each_language
def test_everybody_is_told_everything(language):
    spoken = speech.spoken(language)
    missing = [speech.key(each) for each in speech.said() if each.id and not spoken.get(speech.key(each))]
    assert not missing, "\n".join(["Run `python -m pwa.catalogues`, then translate:", *map(str, missing)])


@each_language
def test_nothing_is_guessed_and_nothing_is_left_over(language):
    catalogue = catalogues.read(language)
    assert [each.id for each in catalogue if each.id and each.fuzzy] == []
    assert list(catalogue.obsolete) == []
    said = {speech.key(each) for each in speech.said() if each.id}
    assert sorted(set(speech.spoken(language)) - said, key=str) == []


@each_language
def test_bringing_the_catalogues_up_to_date_changes_nothing(copied, language):
    before = catalogues.path_of(language).read_bytes()
    catalogues.update(language)
    assert catalogues.path_of(language).read_bytes() == before


@each_language
def test_each_catalogue_says_whose_it_is(language):
    head = catalogues.path_of(language).read_text(encoding="utf-8").split("\n\n")[0]
    assert f'"Language: {language.tag}\\n"' in head
    assert '"Plural-Forms: nplurals=1; plural=0;\\n"' in head


@each_language
def test_what_is_filled_in_has_its_place_in_every_translation(language):
    spoken = speech.spoken(language)
    for message in speech.said():
        if said := message.id and spoken.get(speech.key(message)):
            wanted = message.id[1] if isinstance(message.id, tuple) else message.id
            assert Counter(_PLACEHOLDER.findall(said)) == Counter(_PLACEHOLDER.findall(wanted)), said
            assert "%" not in _PLACEHOLDER.sub("", said).replace("%%", ""), said


@each_language
def test_any_number_of_things_is_said_in_her_language(language):
    plurals = [each for each in speech.said() if isinstance(each.id, tuple)]
    assert plurals
    with i18n.speaking(language):
        for message in plurals:
            said = {i18n.ngettext(*message.id, number) for number in (0, 1, 3)}
            assert len(said) == 1, said
            assert said.isdisjoint(message.id)


@each_language
def test_every_letter_is_one_sign(language):
    for said in speech.spoken(language).values():
        assert said == unicodedata.normalize("NFC", said)
        assert said == said.strip()
        assert "  " not in said, said


def test_words_for_children_are_kept_apart_in_templates():
    """Jinja takes `context=` for a variable and would say a child what it says to everybody."""
    for path in (places.PACKAGE / "templates").rglob("*.html"):
        assert not re.search(r"{%\s*trans[^%]*\bcontext\s*=", path.read_text(encoding="utf-8")), path.name


def test_nobody_asks_babel_for_balinese(copied, monkeypatch):
    parse, asked = Locale.parse, []
    monkeypatch.setattr(
        Locale, "parse", lambda *args, **named: asked.append(args[0]) or parse(*args, **named)
    )
    for language in i18n.LANGUAGES:
        catalogues.update(language)
        with i18n.speaking(language):
            i18n.gettext("Quick exit")
            i18n.day(i18n.clock.today())
            i18n.moment(i18n.clock.now())
    assert {"id", "su"} <= {str(each) for each in asked}
    assert "ban" not in {str(each) for each in asked}


@pytest.fixture
def third_language(copied, monkeypatch):
    """One folder and one line: a language in which every sentence stands in brackets."""
    catalogue = Catalog(charset="utf-8", fuzzy=False)
    catalogue._num_plurals = 1
    for message in speech.said():
        if message.id:
            one = f"[{speech.key(message)[1]}]"
            said = (one,) if isinstance(message.id, tuple) else one
            catalogue.add(message.id, said, context=message.context)
    path = copied / "jv" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as target:
        write_po(target, catalogue)
    language = i18n.Language("jv", "jv", "Basa Jawa Serang", "jam", ("jv",))
    monkeypatch.setattr(i18n, "LANGUAGES", (*i18n.LANGUAGES, language))
    return language


@pytest.mark.parametrize("path", ["/", "/kabar", "/tentang-data", "/bahasa", "/masuk"])
def test_a_third_language_is_one_folder_and_one_line(third_language, data_dir, sqlite_url, app_for, path):
    client = app_for(settings_for(data_dir, sqlite_url)).test_client()
    client.set_cookie("b", "jv")
    page = BeautifulSoup(client.get(path).text, "html.parser")
    assert page.html["lang"] == "jv"
    names = {"Saling Sapa", "Sapa", *(language.name for language in i18n.LANGUAGES), "112", "129", "·"}
    for said in _said_on(page):
        assert said in names or said.startswith("["), f"{path} says {said!r} in no language"


def _said_on(page: BeautifulSoup) -> list[str]:
    for unsaid in page.select("style, script"):
        unsaid.decompose()
    texts = [text for text in page.body.find_all(string=True) if not isinstance(text, Comment)]
    named = [each.get(name, "") for each in page.select("*") for name in ("aria-label", "alt", "placeholder")]
    return [said.strip() for said in (*texts, *named) if said.strip()]
