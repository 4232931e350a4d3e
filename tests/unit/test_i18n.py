"""Languages: chosen without JavaScript, said without configuration, and never called by the wrong code."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pwa import i18n, places

INDONESIAN, SUNDANESE = i18n.LANGUAGES


@pytest.fixture
def catalogues(tmp_path, monkeypatch):
    """Two words in Indonesian, one of them in Sundanese."""
    for folder, entries in {"id": {"Exit": "Keluar", "Send": "Kirim"}, "ban": {"Exit": "Kaluar"}}.items():
        path = tmp_path / folder / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True)
        header = "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"
        lines = [f'msgid ""\nmsgstr "{header}"']
        lines += [f'msgid "{source}"\nmsgstr "{said}"' for source, said in entries.items()]
        path.write_text("\n\n".join(lines) + "\n")
    monkeypatch.setattr(places, "LOCALES", tmp_path)


@pytest.mark.parametrize(
    ("chosen", "accepted", "folder"),
    [
        ("ban", ["id"], "ban"),
        ("id", ["su"], "id"),
        (None, ["su-ID", "id"], "ban"),
        (None, ["en-US", "id-ID"], "id"),
        (None, ["in"], "id"),
        (None, ["ban"], "id"),
        (None, [], "id"),
        ("../../etc", ["xx"], "id"),
    ],
)
def test_she_is_spoken_to_in_her_language(chosen, accepted, folder):
    assert i18n.choose(chosen, accepted).folder == folder


def test_the_code_of_balinese_never_leaves_the_server():
    assert [language.tag for language in i18n.LANGUAGES] == ["id", "su"]


def test_what_sundanese_lacks_is_said_in_indonesian(catalogues):
    with i18n.speaking(SUNDANESE):
        assert i18n.gettext("Exit") == "Kaluar"
        assert i18n.gettext("Send") == "Kirim"
        assert i18n.gettext("Wait") == "Wait"


def test_a_lazy_sentence_waits_for_its_reader(catalogues):
    sentence = i18n.lazy_gettext("Exit")
    assert str(sentence) == "Keluar"
    with i18n.speaking(SUNDANESE):
        assert str(sentence) == "Kaluar"
    assert str(i18n.lazy_gettext("At most %(max)d.", max=4)) == "At most 4."


def test_the_language_is_as_before_once_its_reader_is_gone():
    with i18n.speaking(SUNDANESE), i18n.speaking(INDONESIAN):
        assert i18n.current() is INDONESIAN
    assert i18n.current() is i18n.DEFAULT


def test_a_time_is_said_in_jakarta_and_in_her_language():
    evening = datetime(2026, 9, 14, 18, 5, tzinfo=UTC)
    assert i18n.moment(evening) == "Selasa, 15 September 2026 pukul 01.05 WIB"
    assert i18n.clock_time(evening) == "01.05 WIB"
    with i18n.speaking(SUNDANESE):
        assert "jam 01.05 WIB" in i18n.moment(evening)
        assert i18n.day(date(2026, 11, 22)).endswith("22 Nopémber 2026")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=30), "0 minutes"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(days=2), "2 days"),
        (-timedelta(hours=3), "3 hours"),
    ],
)
def test_a_span_is_its_largest_whole_unit(length, said):
    assert i18n.span(length) == said


def test_thousands_are_parted_by_dots():
    assert i18n.number(1234567) == "1.234.567"
