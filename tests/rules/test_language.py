"""How the pages speak: in her language, plainly, without blame, and in the room a cheap phone has."""

import re
from datetime import UTC, date, datetime
from itertools import chain

import pytest

from pwa import i18n, places, values
from tests.rules import speech
from tests.rules.speech import INDONESIAN, SUNDANESE, WORDS
from tests.web.telling import opens, tells

each_language = pytest.mark.parametrize("language", i18n.LANGUAGES, ids=lambda language: language.folder)

OPEN_PAGES = ("/", "/kontak", "/kota", "/tentang-data", "/bahasa", "/coba", "/kabar", "/masuk")
FIRST_WAYS = ("Hanya di aplikasi ini", "Di aplikasi ieu baé")
FORMS = ("/cerita", "/cerita/sederhana", "/cerita/titip")


@pytest.fixture(autouse=True)
def _real_words(monkeypatch):
    monkeypatch.setattr(places, "LOCALES", places.ROOT / "locales")


def test_sundanese_is_neither_coarse_nor_courtly_nor_misleading():
    forbidden = list(chain(*WORDS["forbidden"]["ban"].values()))
    everything = speech.spoken(SUNDANESE) | speech.to_residents(SUNDANESE)
    assert {said: found for said in everything.values() if (found := speech.words_of(said, forbidden))} == {}


def test_no_public_screen_wounds_or_presses_anybody():
    forbidden = list(chain(*WORDS["forbidden"]["id"].values()))
    public = speech.to_residents(INDONESIAN)
    assert {said: found for said in public.values() if (found := speech.words_of(said, forbidden))} == {}


def test_a_word_inside_another_word_is_not_that_word():
    assert speech.words_of("Isuk-isuk (06.00)", ["isuk"]) == []
    assert speech.words_of("Siapa yang melakukan?", ["pelaku", "aku"]) == []
    assert speech.words_of("Manéh, Dia.", ["manéh", "dia"]) == ["manéh", "dia"]


def test_a_child_is_addressed_as_a_child_and_nobody_else_is():
    for (context, _), said in speech.spoken(INDONESIAN).items():
        to_a_child = [word for word in re.findall(r"\w+", said) if word == "kamu" or _means_your(word)]
        if context == "anak":
            assert "Anda" not in said, said
        else:
            assert to_a_child == [], said
        assert not re.search(r"\banda\b", said), said


def _means_your(word: str) -> bool:
    return word.endswith("mu") and not word.endswith(("temu", "tamu", "ilmu", "semu"))


@each_language
def test_nobody_is_shouted_at(language):
    for said in speech.to_residents(language).values():
        assert "!" not in said
        assert not re.search(r"\b[A-Z]{6,}\b", said.replace("DP3AKB", "")), said


@each_language
def test_a_public_sentence_can_be_read_in_one_breath(language):
    for said in speech.to_residents(language).values():
        for sentence in re.split(r"[.?;:](?:\s|$)", said):
            assert len(sentence.split()) <= WORDS["most_words_in_a_sentence"], sentence


@each_language
@pytest.mark.parametrize("kind", WORDS["longest"])
def test_words_fit_where_they_stand(language, kind):
    spoken, longest = speech.spoken(language), WORDS["longest"][kind]
    standing = speech.in_elements(kind)
    if kind == "label":
        standing |= {speech.key(each) for each in speech.in_forms() if not str(each.id).endswith(".")}
    if kind == "error":
        standing |= {speech.key(each) for each in speech.in_forms() if str(each.id).endswith(".")}
    assert standing or kind == "error"
    assert {said for each in standing if len(said := spoken.get(each, "")) > longest} == set()


@each_language
def test_the_sentences_nobody_may_reword_are_as_they_were_agreed(language):
    spoken = speech.spoken(language)
    for row in WORDS["critical"]:
        said = spoken.get((row["context"], row["english"]))
        assert said is None or said == row[language.folder]


def test_enough_of_those_sentences_are_really_said():
    said = speech.spoken(INDONESIAN)
    assert sum((row["context"], row["english"]) in said for row in WORDS["critical"]) >= 18


def test_every_answer_she_can_choose_has_words_in_both_languages():
    agreed = {row["id"]: row["ban"] for row in WORDS["critical"]}
    for name, entry in speech.value_lists():
        assert entry["id"], f"{name}/{entry['key']}"
        assert entry["ban"], f"{name}/{entry['key']}"
        assert max(len(entry["id"]), len(entry["ban"])) <= WORDS["longest"]["label"]
        assert agreed.get(entry["id"], entry["ban"]) == entry["ban"]


@pytest.mark.parametrize(("language", "first"), list(zip(i18n.LANGUAGES, FIRST_WAYS, strict=True)))
def test_the_choices_come_in_her_language(app, language, first):
    with app.app_context(), i18n.speaking(language):
        assert values.choices("way")[0].label == first


@each_language
def test_no_page_calls_sundanese_balinese(client, language):
    client.set_cookie("b", language.folder)
    pages = [client.page(path) for path in (*OPEN_PAGES, *FORMS)]
    pages += [client.page("/nowhere", status=404), opens(client, tells(client, story="x", danger="yes"))]
    for page in pages:
        assert page.html["lang"] == language.tag
        assert page.select("[lang=ban], [hreflang=ban]") == []
        assert {each["lang"] for each in page.select("[lang]")} <= {"id", "su"}


@pytest.mark.parametrize("asked", ["su", "sun", "su-ID,id;q=0.8", "bac", "en;q=0.9,su;q=0.5"])
def test_her_browser_is_believed_when_it_asks_for_sundanese(client, asked):
    assert client.page("/", headers={"Accept-Language": asked}).html["lang"] == "su"


@pytest.mark.parametrize("asked", ["ban", "jv", "in-ID", "id", "en", "", "*"])
def test_balinese_javanese_and_the_rest_are_answered_in_indonesian(client, asked):
    assert client.page("/", headers={"Accept-Language": asked}).html["lang"] == "id"


def test_days_and_times_are_said_as_people_here_say_them():
    at = datetime(2026, 9, 15, 7, 5, tzinfo=UTC)
    assert i18n.moment(at) == "Selasa, 15 September 2026 pukul 14.05 WIB"
    with i18n.speaking(SUNDANESE):
        assert i18n.moment(at) == "Salasa, 15 Séptémber 2026 jam 14.05 WIB"
        months = " ".join(i18n.day(date(2026, month, 4)).split()[2] for month in range(1, 13))
        days = " ".join(i18n.day(date(2026, 6, day)).split(",")[0] for day in range(1, 8))
    assert months == "Januari Pébruari Maret April Méi Juni Juli Agustus Séptémber Oktober Nopémber Désémber"
    assert days == "Senén Salasa Rebo Kemis Jumaah Saptu Minggu"
