"""The office's first room, as the people who receive reports meet it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import event, select, text

from pwa import answers, conflicts, db, handling, keys, receipts, telling, unpacking
from pwa.inbox import PAGE
from pwa.levels import Level
from pwa.reports import Report, State
from tests import factories
from tests.factories import an_account
from tests.house import hidden_from
from tests.web.telling import shows_any_of

LIST = "/kantor/laporan"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
NUMBER = "0812 3456 7890"
MONDAY_TEN = datetime(2026, 11, 23, 3, tzinfo=UTC)  # in Serang it is ten in the morning
MONDAY_TWELVE = MONDAY_TEN + timedelta(hours=2)
PARTS = ("", "triase", "jawaban", "langkah", "kontak")
IN_THE_MORNING = {"way": "phone", "number": NUMBER, "days": ["mon"], "hours": ["morning"]}
NO = dict.fromkeys(
    ("worse", "weapon", "kill", "choked", "controls", "pregnant_or_child", "near", "threats"), "no"
)


@pytest.fixture
def a_report(client, settings):
    def make(receipt=None, /, **told) -> Report:
        told = told or {"story": "dia memukul"}
        report = factories.a_report(settings, receipt, told)
        unpacking.unpack_arrived()
        return report

    return make


@pytest.fixture
def colleague(client):
    """A second browser with somebody else at it."""

    def come(role="penerima", **parts):
        browser = client.application.test_client()
        browser.account = an_account(role=role, **parts)
        browser.sign_in(browser.account)
        db.session.commit()
        return browser

    return come


@pytest.fixture
def penerima(colleague):
    return colleague()


@pytest.fixture
def manajer(colleague):
    return colleague("manajer")


def page_of(report, part: str = "") -> str:
    return f"{LIST}/{report.id}" + (part and f"/{part}")


def act(browser, report, step, **typed):
    token = browser.page("/akun").select_one("[name=csrf_token]")["value"]
    data = {"csrf_token": token, **{name.replace("__", "-"): value for name, value in typed.items()}}
    return browser.post(f"{page_of(report)}/{step}", data=data, headers=SAME_SITE)


def weigh(browser, report, level="", reason="", date="", **said):
    typed = {f"triase__{name}": answer for name, answer in (NO | {"about_sexual": "no"} | said).items()}
    return act(
        browser, report, "triase", triase__level=level, triase__reason=reason, triase__date=date, **typed
    )


def found(report) -> Report:
    db.session.expire_all()
    return db.session.get(Report, report.id)


def answered(report) -> list:
    return list(db.session.scalars(answers.for_office(report.receipt_id)))


def actions() -> list[str]:
    return list(db.session.scalars(text("SELECT action FROM audit ORDER BY seq")))


def test_a_list_says_what_is_on_the_label_and_nothing_of_the_story(penerima, a_report):
    a_report(story="dia memukul", area="36.73.04.1007", danger="yes", age=12, who="husband", name="Siti")
    said = penerima.page(LIST).main.get_text(" ", strip=True)
    for part in ("Emergency", "Danger now", "Child", "Kec. Curug", "Bahasa Indonesia", "New", "0 minutes"):
        assert part in said
    for part in ("memukul", "Suami", "Siti", "Sukawana"):
        assert part not in said


def test_the_gravest_and_latest_stands_first(penerima, a_report, client):
    calm, grave, untriaged = a_report(story="satu"), a_report(danger="yes"), a_report(story="tiga")
    account = penerima.account
    handling.weigh(calm, {}, suggested=Level.RENDAH, level=Level.RENDAH, reason="", by=account)
    db.session.commit()
    links = [link["href"] for link in penerima.page(LIST).select(".row a")]
    assert links == [page_of(each) for each in (grave, untriaged, calm)]


def test_what_is_late_says_so_in_words(penerima, a_report):
    with time_machine.travel(MONDAY_TEN, tick=False):
        a_report(story="satu")
    with time_machine.travel(MONDAY_TEN + timedelta(hours=30), tick=False):
        penerima.sign_in(penerima.account)
        db.session.commit()
        said = penerima.page(LIST).main.get_text(" ", strip=True)
    assert "late by 6 hours" in said
    assert "1 open report is late" in said


@pytest.mark.each_kind
@pytest.mark.parametrize(
    ("tab", "states"),
    [
        ("baru", {State.RECEIVED, State.REOPENED}),
        ("menunggu", {State.WAITING}),
        ("terbuka", {State.RECEIVED, State.REOPENED, State.TRIAGED, State.WAITING}),
        ("ditutup", {State.CLOSED, State.MERGED, State.HANDED_OVER}),
        ("spam", {State.SPAM}),
    ],
)
def test_each_tab_shows_its_own(penerima, a_report, tab, states):
    reports = {state: a_report(story=state.value) for state in State}
    for state, report in reports.items():
        report.state = state
    db.session.commit()
    links = {link["href"] for link in penerima.page(f"{LIST}?saring={tab}").select(".row a")}
    assert links == {page_of(reports[state]) for state in states}


@pytest.mark.each_kind
@pytest.mark.parametrize("tab", ["terbuka", "spam"])
def test_a_long_list_comes_a_page_at_a_time_and_misses_nobody(penerima, a_report, tab):
    total = PAGE + 7
    with time_machine.travel(MONDAY_TEN, tick=False):  # all in the same second
        ids = {page_of(a_report(story=str(each))) for each in range(total)}
    if tab == "spam":
        db.session.execute(text("UPDATE report SET state = 'spam'"))
        db.session.commit()
    seen, url = [], f"{LIST}?saring={tab}"
    while url:
        page = penerima.page(url)
        seen += [link["href"] for link in page.select(".row a")]
        following = page.select_one("a.more[href*=sesudah]")
        url = following and following["href"]
    assert len(seen) == total
    assert set(seen) == ids


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "query",
    ["saring=semua", "sesudah=x", "sesudah=1.2.3", "sesudah=9.99999999999999999.1.x", "saring=%00", "sesudah=-1.-1.0.0",
     "sesudah=1.1.1.00000000000000000000000000000000", "saring=baru&saring=spam&sesudah=" + "9" * 5000],
)  # fmt: skip
def test_a_list_takes_any_nonsense_in_its_address(penerima, query):
    penerima.page(f"{LIST}?{query}")


def test_a_list_asks_the_database_the_same_few_things_for_one_row_and_for_fifty(manajer, a_report):
    asked = []
    event.listen(db.engine(), "before_cursor_execute", lambda *parts: asked.append(parts[2]))

    def questions() -> int:
        asked.clear()
        manajer.page(LIST)
        return len([each for each in asked if each.lstrip().upper().startswith("SELECT")])

    a_report(story="satu")
    for_one = questions()
    for each in range(PAGE):
        a_report(story=str(each))
    assert for_one <= 6
    assert questions() == for_one


def test_a_list_renews_itself_without_keeping_the_session_alive(penerima, a_report):
    a_report(story="satu")
    poll = penerima.page(LIST).select_one("#daftar")
    assert poll["hx-get"] == f"{LIST}?saring=terbuka"
    headers = {"HX-Request": "true", "X-Poll": "1"}
    start = datetime.now(UTC)
    for minutes in range(0, 15, 5):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            fragment = penerima.get(LIST, headers=headers)
            assert fragment.status_code == 200
            assert "<html" not in fragment.text
            assert 'id="daftar"' in fragment.text
    with time_machine.travel(start + timedelta(minutes=16), tick=False):
        gone = penerima.get(LIST, headers=headers)
        assert (gone.status_code, gone.headers["HX-Redirect"]) == (401, "/masuk")


def test_only_a_manajer_sees_the_end_of_the_chain(penerima, manajer, a_report):
    penerima.page(page_of(a_report()))
    assert manajer.page(LIST).select_one("code").get_text()
    assert penerima.page(LIST).select_one("code") is None


def test_an_unreadable_envelope_alarms_and_still_shows_its_label(penerima, settings, client):
    report = factories.a_report(settings, told={"area": "36.73.01", "story": "dia"})
    report.danger = True
    db.session.commit()
    unpacking.unpack_arrived()
    assert "1 report does not open" in penerima.page(LIST).get_text()
    page = penerima.page(page_of(report))
    assert "This report does not open" in page.get_text()
    assert "Kec. Serang" in page.get_text()
    penerima.page(page_of(report, "kontak"))


def test_opening_shows_what_was_told_in_the_words_of_its_form(penerima, a_report):
    report = a_report(
        variant="proxy", story="dia memukul", area="36.73.04.1007", who="father", needs=["doctor", "law"], age=9,
        source="heard", novel={"a": [1]}, when="next-year", website="http://x",
    )  # fmt: skip
    said = penerima.page(page_of(report)).get_text(" ", strip=True)
    for part in (
        "What happened?", "dia memukul", "Sukawana, Kec. Curug", "Ayah", "Dokter atau puskesmas, Bantuan hukum",
        "Age of that person", "Mendengar dari orang lain", "next-year", "novel", '{"a": [1]}', "only robots see",
    ):  # fmt: skip
        assert part in said
    assert "reply_key" not in said


def test_what_was_told_cannot_leave_its_place_on_the_page(penerima, a_report):
    report = a_report(story="<script>x</script>\u202e terbalik", name="<b>")
    soup = penerima.page(page_of(report))
    said = next(each for each in soup.select("p.said") if "terbalik" in each.get_text())
    assert said["dir"] == "auto"
    assert said.bdi.get_text() == "<script>x</script>\u202e terbalik"


def test_numbers_do_not_stand_beside_the_story(penerima, a_report):
    report = a_report(
        variant="proxy", story="dia", way="phone", number=NUMBER, her_way="phone", her_number="0899 1111 2222",
        knows="yes", code_word="melati", cover="dari bank",
    )  # fmt: skip
    shown = penerima.get(page_of(report)).text
    for part in (NUMBER, "81234567890", "0899 1111 2222", "melati", "dari bank"):
        assert part not in shown


def test_each_view_is_noted_and_the_first_is_remembered(penerima, a_report):
    report = a_report()
    penerima.page(page_of(report))
    opened_at = found(report).opened_at
    for part in PARTS:
        penerima.page(page_of(report, part))
    assert opened_at
    assert found(report).opened_at == opened_at
    assert actions() == ["opened"] * 5 + ["contact-refused"]


@pytest.mark.parametrize("part", PARTS)
def test_every_page_of_a_report_says_which_it_is_and_leads_to_the_others(penerima, a_report, part):
    report = a_report()
    page = penerima.page(page_of(report, part))
    links = {link["href"]: link for link in page.select("nav.tabs a")}
    assert list(links) == [page_of(report, each) for each in ("", "triase", "kontak", "jawaban", "langkah")]
    assert [href for href, link in links.items() if link.get("aria-current") == "page"] == [
        page_of(report, part)
    ]
    assert page.title.get_text().split(" · ")[1] == page.h1.get_text()
    assert len({penerima.page(path).title.get_text() for path in links}) == 5


def test_what_she_added_is_marked_in_the_list_until_somebody_read_it(penerima, a_report, settings):
    number = receipts.new_number()
    report = a_report(number)
    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    sealer.add(uuid4(), "dia datang lagi", sealer.stretch(number), language="id", body_key=b"body")
    db.session.commit()
    assert "1 new message" in penerima.page(LIST).get_text()
    assert "dia datang lagi" in penerima.page(page_of(report)).get_text()
    assert "new message" not in penerima.page(LIST).get_text()


@pytest.mark.each_kind
@pytest.mark.parametrize(
    "path",
    ["x", "0", "../x", "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000/kontak"],
)
def test_a_report_that_never_was_is_not_there(penerima, path):
    assert penerima.get(f"{LIST}/{path}").status_code == 404


STEPS = ("penanganan", "triase", "jawaban", "kontak", "tunggu", "limpahan", "gabungan", "penutupan", "spam",
         "spam/kedua", "bukan-spam", "nomor-mati")  # fmt: skip


def test_the_one_a_report_names_never_finds_it_and_the_manajer_knows(colleague, manajer, a_report):
    named = colleague(name="Budi Santoso")
    report = a_report(story="dia", who_name="Budi")
    assert named.page(LIST).select(".row") == []
    for part in PARTS:
        assert named.get(page_of(report, part)).status_code == 404
    for step in STEPS:
        assert act(named, report, step).status_code == 404, step
    assert actions().count("report-refused") == len(STEPS) + len(PARTS)
    assert "hidden from: Budi Santoso" in manajer.page(page_of(report)).get_text()


@pytest.mark.parametrize("part", PARTS)
def test_somebody_who_joined_later_is_found_out_at_every_door(colleague, a_report, part):
    report = a_report(story="dia", who_name="Budi")
    named = colleague(name="Budi Santoso")
    assert named.get(page_of(report, part)).status_code == 404
    assert hidden_from(found(report)) == [named.account.id]
    assert named.get(page_of(report, part)).status_code == 404


def test_to_everybody_else_the_room_is_not_there(client, colleague, a_report):
    report, admin = a_report(), colleague("admin")
    pages = [page_of(report, part) for part in PARTS]
    steps = [f"{page_of(report)}/{step}" for step in STEPS]
    for path in (LIST, *pages):
        assert admin.get(path).status_code == 404
        assert client.get(path).status_code == 404
    for path in steps:
        assert admin.post(path, headers=SAME_SITE).status_code == 404
        assert client.post(path, headers=SAME_SITE).status_code == 404
    assert {each.state for each in db.session.scalars(select(Report))} == {State.RECEIVED}


def test_no_step_is_taken_without_the_token_of_the_form(penerima, a_report):
    report = a_report()
    for step in STEPS:
        answer = penerima.post(f"{page_of(report)}/{step}", headers=SAME_SITE)
        assert (answer.status_code, answer.location) == (303, "/maaf/400"), step
    assert found(report).taken_by_id is None


def test_the_suggestion_is_shown_and_a_person_sets_the_level(penerima, a_report):
    report = a_report()
    answer = weigh(penerima, report, choked="recent")
    assert (answer.status_code, answer.location) == (303, page_of(report, "triase"))
    page = penerima.page(page_of(report, "triase"))
    assert "Suggestion: Emergency" in page.get_text()
    assert page.select_one("[name=triase-choked][value=recent]").has_attr("checked")
    assert found(report).level is None
    weigh(penerima, report, "darurat", choked="recent")
    assert (found(report).level, found(report).state) == (Level.DARURAT, State.TRIAGED)
    assert "Set to Emergency" in penerima.page(page_of(report, "triase")).get_text()
    assert "weighed" in actions()


def test_lowering_without_a_reason_is_refused_beside_the_field_and_nothing_typed_is_lost(penerima, a_report):
    report = a_report()
    weigh(penerima, report, "sedang", choked="recent", date="2026-01-02")
    page = penerima.page(page_of(report, "triase"))
    field = page.select_one("[name=triase-reason]")
    assert field["aria-invalid"] == "true"
    assert "say why" in page.select_one(f"#{field['aria-describedby']}").get_text()
    assert page.select_one("[name=triase-level] [selected]")["value"] == "sedang"
    assert page.select_one("[name=triase-date]")["value"] == "2026-01-02"
    assert found(report).level is None
    weigh(penerima, report, "sedang", choked="recent", reason="It was years ago")
    assert found(report).level is Level.SEDANG
    assert "lowered from Emergency" in penerima.page(LIST).get_text(" ", strip=True)
    assert "It was years ago" in penerima.page(page_of(report, "langkah")).get_text()


def test_sexual_violence_just_now_is_at_least_high_and_starts_its_clocks(penerima, a_report):
    report = a_report()
    today = datetime.now(UTC).date().isoformat()
    weigh(penerima, report, about_sexual="yes", date=today)
    assert "Suggestion: High" in penerima.page(page_of(report, "triase")).get_text()
    weigh(penerima, report, "tinggi", about_sexual="yes", date=today)
    said = penerima.page(page_of(report)).select_one(".clocks").get_text()
    for part in (
        "Health care, 72 hours",
        "Health care, 120 hours",
        "Police, 3 × 24 hours",
        "The manager decides",
    ):
        assert part in said


def test_with_htmx_only_the_questions_come_back(penerima, a_report):
    report = a_report()
    token = penerima.page(page_of(report, "triase")).select_one("[name=csrf_token]")["value"]
    headers = SAME_SITE | {"HX-Request": "true", "HX-Target": "triase"}
    weighing = {"csrf_token": token, "triase-weapon": "yes"}
    answer = penerima.post(f"{page_of(report)}/triase", data=weighing, headers=headers)
    fragment = penerima.get(answer.location.partition("#")[0], headers=headers).text
    assert fragment.strip().startswith('<section id="triase">')
    assert "Suggestion: High" in fragment
    done = penerima.post(
        f"{page_of(report)}/triase", data=weighing | {"triase-level": "tinggi"}, headers=headers
    )
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, page_of(report))


def test_an_answer_waits_behind_the_number_of_this_report_alone(penerima, a_report, settings):
    number, other_number = receipts.new_number(), receipts.new_number()
    report, other = a_report(number), a_report(other_number)
    act(penerima, report, "jawaban", jawaban__sort="reply", jawaban__text="Kami membaca. 😀")
    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    mine, others = sealer.stretch(number), sealer.stretch(other_number)
    read = answers.read(receipts.find(mine.lookup), mine.reply_key)
    assert [(each.sort, each.text) for each in read] == [("reply", "Kami membaca. 😀")]
    assert answers.read(receipts.find(others.lookup), others.reply_key) == []
    page = penerima.page(page_of(report, "jawaban"))
    assert "Kami membaca. 😀" in page.get_text()
    assert "not read yet" in page.get_text()
    assert "Kami membaca" not in penerima.page(page_of(other, "jawaban")).get_text()
    assert "answered" in actions()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"jawaban__sort": "reply"}, "Write what the person should read."),
        ({"jawaban__sort": "reply", "jawaban__text": "x" * 2001}, "At most 2000 characters."),
        ({"jawaban__sort": "song", "jawaban__text": "x"}, "Choose an answer from the list."),
        ({"jawaban__text": "x"}, "Choose an answer."),
    ],
)
def test_an_answer_that_cannot_go_is_kept_and_says_why(penerima, a_report, typed, said):
    report = a_report()
    assert act(penerima, report, "jawaban", **typed).status_code == 303
    page = penerima.page(page_of(report, "jawaban"))
    assert said in page.select_one("#jawaban").get_text()
    assert page.select_one("[name=jawaban-text]").get_text().strip() == typed.get("jawaban__text", "")
    assert answered(report) == []


def test_a_number_made_at_the_desk_only_says_please_get_in_touch(penerima, a_report, settings):
    report = a_report()
    db.session.get(receipts.Receipt, report.receipt_id).handover = True
    db.session.commit()
    page = penerima.page(page_of(report, "jawaban"))
    assert page.select_one("[name=jawaban-text]") is None
    act(penerima, report, "jawaban", jawaban__sort="reply", jawaban__text="Rabu pukul 9")
    assert (
        "please get in touch"
        in penerima.page(page_of(report, "jawaban")).select_one("#jawaban [role=alert]").get_text()
    )
    assert answered(report) == []
    act(penerima, report, "jawaban", jawaban__sort="get-in-touch")
    assert [each.sort for each in answered(report)] == ["get-in-touch"]


def test_in_her_hours_the_number_can_be_dialled(penerima, a_report):
    report = a_report(
        story="dia", code_word="melati", stranger_answers="cover", cover="dari bank", **IN_THE_MORNING
    )
    with time_machine.travel(MONDAY_TEN, tick=False):
        penerima.sign_in(penerima.account)
        db.session.commit()
        page = penerima.page(page_of(report, "kontak"))
    assert page.select_one(".number a")["href"] == "tel:+6281234567890"
    for part in (NUMBER, "melati", "dari bank", "Safe until 11.00 WIB"):
        assert part in page.get_text()
    assert actions()[-1] == "contact-shown"


def test_an_open_page_looks_again_when_her_hours_end(penerima, a_report):
    report = a_report(story="dia", **IN_THE_MORNING)
    with time_machine.travel(MONDAY_TEN, tick=False):
        penerima.sign_in(penerima.account)
        answer = penerima.get(page_of(report, "kontak"))
    assert answer.headers["Refresh"] == str(60 * 60 + 1)


@pytest.mark.parametrize(
    ("told", "moment", "why"),
    [
        (IN_THE_MORNING, MONDAY_TWELVE, "Not in the safe hours now."),
        (IN_THE_MORNING | {"way": "never"}, MONDAY_TEN, "Do not contact. This person will come back."),
        (IN_THE_MORNING | {"way": "here"}, MONDAY_TEN, "Only in the app"),
        (IN_THE_MORNING | {"way": "smoke"}, MONDAY_TEN, "Only in the app"),
    ],
)
def test_outside_her_hours_there_is_nothing_to_dial_anywhere_and_no_try_counts(
    penerima, a_report, told, moment, why
):
    report = a_report(story="dia", code_word="melati", cover=f"call {NUMBER}", **told)
    with time_machine.travel(moment, tick=False):
        penerima.sign_in(penerima.account)
        db.session.commit()
        shown = penerima.get(page_of(report, "kontak")).text
        act(penerima, report, "kontak", upaya__reached="no")
        after = penerima.page(page_of(report, "kontak")).get_text()
    for part in (NUMBER, "81234567890", "tel:", "wa.me", "melati"):
        assert part not in shown
    assert why in shown
    assert "Not noted" in after
    assert handling.count_tries(report) == 0
    assert "contact-refused" in actions()
    assert "contact-shown" not in actions()


def test_staff_read_when_the_hours_begin_again(penerima, a_report):
    report = a_report(story="dia", **IN_THE_MORNING)
    with time_machine.travel(MONDAY_TWELVE, tick=False):
        penerima.sign_in(penerima.account)
        db.session.commit()
        assert "30 November 2026 pukul 06.00" in penerima.page(page_of(report, "kontak")).get_text()


def test_a_neighbours_number_may_be_shown_while_hers_may_not(penerima, a_report):
    report = a_report(
        variant="proxy",
        story="dia",
        knows="no",
        her_way="phone",
        her_number="0899 1111 2222",
        **IN_THE_MORNING,
    )
    with time_machine.travel(MONDAY_TEN, tick=False):
        penerima.sign_in(penerima.account)
        db.session.commit()
        shown = penerima.get(page_of(report, "kontak")).text
        act(penerima, report, "kontak", upaya__who="her_", upaya__reached="yes")
        assert handling.count_tries(report) == 0
        assert found(report).contacted_at is None
        act(penerima, report, "kontak", upaya__who="", upaya__reached="yes", upaya__note="tetangga")
    assert "tel:+6281234567890" in shown
    assert not shows_any_of(shown, "0899 1111 2222")
    assert "This person does not know about the report" in shown
    assert found(report).contacted_at


def test_who_must_never_be_contacted_is_seen_before_the_story(penerima, a_report):
    report = a_report(story="dia", way="never")
    assert "Do not contact" in penerima.page(page_of(report)).select_one(".never").get_text()


def test_a_newcomer_takes_a_report_through_its_first_day(penerima, a_report):
    report = a_report(story="dia", way="phone", number=NUMBER)
    assert "answer the eight questions" in penerima.page(page_of(report)).select_one(".next").get_text()
    act(penerima, report, "penanganan")
    assert "taken up by you" in penerima.page(LIST).get_text()
    weigh(penerima, report, "sedang")
    assert "Reach this person" in penerima.page(page_of(report)).select_one(".next").get_text()
    with time_machine.travel(MONDAY_TEN, tick=False):
        penerima.sign_in(penerima.account)
        db.session.commit()
        act(penerima, report, "kontak", upaya__reached="yes", upaya__note="aman")
        assert "aman" in penerima.page(page_of(report, "kontak")).get_text()
        assert "Decide what comes next" in penerima.page(page_of(report)).select_one(".next").get_text()
        act(penerima, report, "tunggu", tunggu__until="2026-11-30")
        assert (
            "look again Senin, 30 November 2026"
            in penerima.page(page_of(report)).select_one(".next").get_text()
        )
        assert found(report).state is State.WAITING
        act(penerima, report, "penutupan", penutupan__why="her-wish", penutupan__reason="she said so")
        page = penerima.page(page_of(report, "langkah"))
    assert found(report).state is State.CLOSED
    for part in ("As the person wishes", "she said so"):
        assert part in page.select_one(".history").get_text()


@pytest.mark.parametrize("day", ["", "x", "2026-11-23", "2026-11-01", "2026-12-24", "9999-99-99"])
def test_nobody_waits_for_ever_or_into_the_past(penerima, a_report, day):
    report = a_report()
    weigh(penerima, report, "sedang")
    with time_machine.travel(MONDAY_TEN, tick=False):
        penerima.sign_in(penerima.account)
        db.session.commit()
        act(penerima, report, "tunggu", tunggu__until=day)
        page = penerima.page(page_of(report, "langkah"))
    assert page.select_one("[name=tunggu-until]")["aria-invalid"] == "true"
    assert found(report).state is State.TRIAGED


@pytest.mark.parametrize("step", ["limpahan", "nomor-mati"])
def test_a_managers_step_is_neither_offered_to_others_nor_taken_by_them(penerima, manajer, a_report, step):
    report = a_report()
    weigh(penerima, report, "sedang")
    assert penerima.page(page_of(report, "langkah")).select_one(f"#{step}") is None
    act(penerima, report, step, **{f"{step}__reason": "x"})
    assert "Only a manager" in penerima.page(page_of(report, "langkah")).get_text()
    assert found(report).state is State.TRIAGED
    assert manajer.page(page_of(report, "langkah")).select_one(f"#{step}")
    act(manajer, report, step, **{f"{step}__reason": "x"})
    if step == "limpahan":
        assert found(report).state is State.HANDED_OVER
    else:
        assert "The number was ended" in manajer.page(page_of(report, "jawaban")).get_text()
        assert receipts.find(report.lookup) is None


def test_silence_closes_only_after_three_tries_and_by_a_manajer(penerima, manajer, a_report):
    report = a_report(story="dia", way="phone", number=NUMBER)
    weigh(penerima, report, "sedang")
    ending = {"penutupan__why": "not-reached", "penutupan__reason": "diam"}
    act(penerima, report, "penutupan", **ending)
    assert "Only a manager" in penerima.page(page_of(report, "langkah")).get_text()
    act(manajer, report, "penutupan", **ending)
    page = manajer.page(page_of(report, "langkah"))
    assert "Three tries" in page.get_text()
    assert page.select_one("[name=penutupan-reason]").get_text().strip() == "diam"
    for days in range(3):
        with time_machine.travel(MONDAY_TEN + timedelta(days=days), tick=False):
            penerima.sign_in(penerima.account)
            db.session.commit()
            act(penerima, report, "kontak", upaya__reached="no")
    manajer.sign_in(manajer.account)
    db.session.commit()
    act(manajer, report, "penutupan", **ending)
    assert found(report).state is State.CLOSED


def test_two_numbers_for_one_matter_are_linked_and_stay_apart(penerima, a_report):
    twice, first = a_report(story="dua", area="36.73.01"), a_report(story="satu", area="36.73.01")
    page = penerima.page(page_of(twice, "langkah"))
    assert page.select_one(f"[name=gabungan-into][value='{first.id}']")
    act(penerima, twice, "gabungan", gabungan__into=str(first.id), gabungan__reason="same evening")
    assert found(twice).merged_into_id == first.id
    assert penerima.page(page_of(first)).select_one(f"a[href='{page_of(twice)}']")
    assert penerima.page(page_of(twice)).select_one(f"a[href='{page_of(first)}']")
    assert penerima.page(LIST).select(".row")[1:] == []


@pytest.mark.each_kind
@pytest.mark.parametrize("into", ["", "x", "itself", "nobody", "hidden"])
def test_a_report_is_merged_into_nothing_that_is_not_there(penerima, a_report, into):
    report, hidden = a_report(), a_report(story="dua")
    conflicts.keep(hidden.id, penerima.account.id)
    db.session.commit()
    id = {"itself": report.id, "nobody": uuid4(), "hidden": hidden.id}.get(into, into)
    act(penerima, report, "gabungan", gabungan__into=str(id), gabungan__reason="x")
    penerima.page(page_of(report, "langkah"))
    assert found(report).state is State.RECEIVED
    assert str(hidden.id) not in penerima.get(page_of(report, "langkah")).text


def test_spam_takes_two_people_and_one_message_brings_it_back(penerima, manajer, a_report, settings):
    number = receipts.new_number()
    report = a_report(number)
    act(penerima, report, "spam", spam__reason="iklan")
    assert penerima.page(LIST).select(".row") == []
    act(penerima, report, "spam/kedua")
    assert "must be another person" in penerima.page(page_of(report, "langkah")).get_text()
    act(manajer, report, "spam/kedua")
    assert found(report).spam_confirmed_by_id == manajer.account.id
    sealer = telling.Sealer(keys.sealing_key(settings.key_dir), settings.receipt_rounds)
    sealer.add(uuid4(), "tolong", sealer.stretch(number), language="id", body_key=b"body")
    db.session.commit()
    assert len(penerima.page(f"{LIST}?saring=baru").select(".row")) == 1


def test_spam_is_taken_back_by_a_touch(penerima, a_report):
    report = a_report()
    act(penerima, report, "spam", spam__reason="iklan")
    act(penerima, report, "bukan-spam")
    assert found(report).state is State.REOPENED


def test_danger_now_is_never_spam(penerima, a_report):
    report = a_report(danger="yes")
    assert penerima.page(page_of(report, "langkah")).select_one("#spam") is None
    act(penerima, report, "spam", spam__reason="iklan")
    assert "Danger now was said" in penerima.page(page_of(report, "langkah")).get_text()
    assert found(report).state is State.RECEIVED


def test_who_comes_second_is_told_and_sees_where_it_stands(penerima, manajer, a_report):
    report = a_report()
    weigh(penerima, report, "sedang")
    act(manajer, report, "penutupan", penutupan__why="her-wish", penutupan__reason="x")
    act(penerima, report, "tunggu", tunggu__until=(datetime.now(UTC) + timedelta(days=3)).date().isoformat())
    page = penerima.page(page_of(report, "langkah"))
    assert "Somebody else moved this report first" in page.get_text()
    assert "Closed" in page.get_text()
    assert "Somebody else moved" not in penerima.page(page_of(report, "langkah")).get_text(), "said once"


@pytest.mark.parametrize("step", ["limpahan", "penutupan", "gabungan", "spam", "nomor-mati"])
def test_every_end_asks_for_a_reason_beside_its_field(manajer, a_report, step):
    report, other = a_report(), a_report(story="dua")
    weigh(manajer, report, "sedang")
    typed = {"gabungan__into": str(other.id), "penutupan__why": "her-wish", f"{step}__reason": "  "}
    act(manajer, report, step, **typed)
    page = manajer.page(page_of(report, "langkah"))
    assert page.select_one(f"#{step}").has_attr("open")
    assert "Say why" in page.select_one(f"#{step} .error").get_text()
    assert found(report).state is State.TRIAGED


def test_nothing_staff_write_rests_in_plain(penerima, manajer, a_report, settings):
    canary = "kenari-4711"
    report = a_report(story=canary, way="phone", number=NUMBER)
    weigh(penerima, report, "rendah", choked="yes", reason=canary)
    act(penerima, report, "jawaban", jawaban__sort="reply", jawaban__text=canary)
    act(penerima, report, "jawaban", jawaban__sort="song", jawaban__text=canary)
    with time_machine.travel(MONDAY_TEN, tick=False):
        penerima.sign_in(penerima.account)
        db.session.commit()
        act(penerima, report, "kontak", upaya__reached="no", upaya__note=canary)
    act(manajer, report, "penutupan", penutupan__why="her-wish", penutupan__reason=canary)
    act(manajer, report, "nomor-mati", **{"nomor-mati__reason": canary})
    assert {"weighed", "answered", "tried", "closed", "number-ended"} <= set(actions())
    for table in db.Model.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            for value in row:
                plain = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                assert canary.encode() not in plain, table.name
                assert b"3456 7890" not in plain, table.name
