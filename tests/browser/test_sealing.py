"""What the phone seals the office opens, what the office answers the phone opens, and the published vector agrees."""

from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest

from pwa import answers, db, envelope, keyring, letter, receipts, site
from pwa.envelope import Unreadable
from pwa.receipts import Receipt
from tests.browser.profile import (
    Traffic,
    a_canary,
    a_phone,
    adds,
    begins,
    changes_number,
    everything_shown,
    number_on,
    opens_number,
    sends,
    writes,
)
from tests.unit.test_hpke_vector import the_vector

pytest_plugins = ["tests.browser.phones"]
pytestmark = pytest.mark.browser

PATHS = ["/cerita", "/cerita/sederhana", "/cerita/titip"]
ODD = "  é̄ e\u0301 \u00a0😭👩‍👧\r\nbaris\tdua\x07 \u202etfel \u200b“kutip” <b>&amp;  "

# Answers every field of the form; `turn` chooses which of its answers, so that each turn is another report.
ANSWER_EVERYTHING = """
([turn, odd]) => {
  const typed = { age: "0" + (30 + turn), date: "2020-02-29", number: "0812-3456 789" + turn, her_number: "+62 812 345.678" }
  const form = document.querySelector("form#cerita")
  const groups = Map.groupBy([...form.elements].filter((each) => each.name && each.type !== "hidden"), (each) => each.name)
  for (const [name, [first, ...others]] of groups) {
    const all = [first, ...others]
    if (first.type === "radio") all[turn % all.length].checked = true
    else if (first.type === "checkbox") all.forEach((each, place) => { each.checked = place % (turn + 2) === 0 })
    else if (first.tagName === "SELECT") first.selectedIndex = 1 + (turn % (first.options.length - 1))
    else if (first.tagName !== "BUTTON") first.value = typed[name] ?? `${name} ${turn} ${odd}`.slice(0, 58)
  }
}
"""


@pytest.fixture
def phone(site, chromium):
    with a_phone(chromium, site) as page:
        yield page


def told_to(site) -> tuple[dict[str, object], envelope.Label]:
    report = site.reports()[-1]
    told = keyring.unseal(report.label, report.envelope)
    assert len(bytes.fromhex(told.pop("reply_key"))) == 32
    return told, report.label


def tells_everything(browser, site, path: str, turn: int, *, script: bool) -> tuple[dict, envelope.Label]:
    with a_phone(browser, site, java_script_enabled=script) as page:
        page.goto(path)
        page.evaluate(ANSWER_EVERYTHING, [turn, ODD])
        page.locator("#kirim").click()
        number_on(page)
    return told_to(site)


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("path", PATHS)
def test_the_phone_seals_what_the_server_would_have_sealed(site, chromium, path, turn):
    on_the_phone, phones_label = tells_everything(chromium, site, path, turn, script=True)
    on_the_server, servers_label = tells_everything(chromium, site, path, turn, script=False)
    assert on_the_phone == on_the_server
    assert len(on_the_phone) > 12
    public = replace(
        servers_label, id=phones_label.id, lookup=phones_label.lookup, written_at=phones_label.written_at
    )
    assert phones_label == public
    assert abs(phones_label.written_at - servers_label.written_at).total_seconds() < 60


@pytest.mark.parametrize("path", PATHS)
def test_no_field_of_the_form_is_forgotten_when_sealing(site, chromium, path):
    with a_phone(chromium, site) as page:
        page.goto(path)
        page.evaluate(ANSWER_EVERYTHING, [0, "x"])
        names = page.evaluate("() => [...new FormData(document.querySelector('form#cerita')).keys()]")
        told = page.evaluate("() => sapa.told(document.querySelector('form#cerita'))")
    assert set(names) - {"id", "back"} == set(told)


@pytest.mark.parametrize(
    "text",
    ["", "a", "x" * 488, "x" * 489, "😭" * 5000, "y" * 5000, 'kutip " \\ \u2028 </script>', "é\u0301\u202e"],
    ids=len,
)
def test_whatever_is_sealed_by_a_browser_opens_in_the_office_and_only_under_its_label(site, phone, text):
    phone.goto("/cerita")
    told = {"story": text, "danger": "yes", "area": "36.73.02"}
    bytes_ = bytes(phone.evaluate(
        "async (told) => [...(await sapa.letter(sapa.siteOf(), 'report', new Uint8Array(32).fill(7), told)).bytes]", told,
    ))  # fmt: skip
    label, sealed = letter.read(bytes_)
    assert keyring.unseal(label, sealed) == told
    assert (label.kecamatan, label.danger, label.lookup) == ("36.73.02", True, b"\x07" * 32)
    assert (len(sealed) - 90) % envelope.BLOCK == 0
    for other in (
        replace(label, danger=False),
        replace(label, kecamatan=None),
        replace(label, kind="addition"),
    ):
        with pytest.raises(Unreadable):
            keyring.unseal(other, sealed)


def test_the_published_vector_comes_out_of_the_script_byte_for_byte(site, phone):
    vector = the_vector()
    phone.goto("/")
    jwk = {
        "kty": "EC", "crv": "P-256", "ext": True, "d": _base64(vector["skEm"]), "x": _base64(vector["pkEm"][1:33]),
        "y": _base64(vector["pkEm"][33:]),
    }  # fmt: skip
    made = phone.evaluate(
        """async ([jwk, recipient, info, plain]) => {
          const P256 = { name: "ECDH", namedCurve: "P-256" }
          const { d, ...open } = jwk
          const mine = {
            privateKey: await crypto.subtle.importKey("jwk", jwk, P256, true, ["deriveBits"]),
            publicKey: await crypto.subtle.importKey("jwk", open, P256, true, []),
          }
          const { enc, closed } = await sapa.hpke(sapa.bytes(recipient), sapa.bytes(info), sapa.bytes(plain), mine)
          return [sapa.hex(enc), sapa.hex(closed)]
        }""",
        [jwk, *(vector[name].hex() for name in ("pkRm", "info", "plain"))],
    )
    assert made == [vector["enc"].hex(), vector["closed"].hex()]


def _base64(number: bytes) -> str:
    return urlsafe_b64encode(number).decode().rstrip("=")


def test_numbers_made_on_the_phone_are_numbers_of_the_office(site, phone):
    phone.goto("/cerita")
    numbers = phone.evaluate("() => Array.from({ length: 300 }, sapa.newNumber)")
    assert all(receipts.is_well_formed(number) for number in numbers)
    assert len(set(numbers)) == 300
    assert phone.evaluate("(all) => all.every(sapa.isNumber)", [receipts.new_number() for _ in range(300)])
    wrong = [number[:-1] + str((int(number[-1]) + 1) % 10) for number in numbers]
    assert not phone.evaluate("(all) => all.some(sapa.isNumber)", [*wrong, "7" * 20, "", "8" * 19, "٨" * 20])
    shapes = phone.evaluate("(number) => [sapa.grouped(number), sapa.asOrderNumber(number)]", numbers[0])
    assert shapes == [receipts.grouped(numbers[0]), receipts.as_order_number(numbers[0])]


@pytest.mark.parametrize("rounds", [1, 1_000, receipts.ROUNDS])
def test_a_number_is_stretched_to_the_same_keys_on_both_sides(site, phone, rounds):
    phone.goto("/cerita")
    number, salt = receipts.new_number(), b"garam garam garam"
    made = phone.evaluate(
        """async ([number, salt, rounds]) => {
          const { lookupId, lookup, replyKey } = await sapa.stretch(number, { salt: sapa.bytes(salt), rounds })
          return [lookupId, lookup, replyKey].map(sapa.hex)
        }""",
        [number, salt.hex(), rounds],
    )
    here = receipts.stretch(number, salt, rounds)
    assert made == [here.lookup_id.hex(), here.lookup.hex(), here.reply_key.hex()]


@pytest.mark.parametrize(
    "text", ["Ya.", "Kami percaya Anda. 💚\n\n  Datanglah <b>besok</b>.", "z" * 5000], ids=len
)
def test_what_the_office_answers_is_opened_on_the_phone_and_closed_again_for_a_new_number(site, phone, text):
    begins(phone)
    writes(phone, "tolong")
    sends(phone)
    site.answers_everybody(text)
    opens_number(phone)
    said = phone.locator(".said")
    said.filter(has_text=text[:3]).wait_for()
    assert said.text_content() == text
    fresh = changes_number(phone)
    said.filter(has_text=text[:3]).wait_for()
    assert said.text_content() == text
    assert read_with(fresh, site) == [text]
    site.answers_everybody("Kedua.")
    assert sorted(read_with(fresh, site)) == sorted([text, "Kedua."])


def read_with(number: str, at) -> list[str]:
    """As the server would open it for a phone without script."""
    stretched = receipts.stretch(number, site.salt(), at.settings.receipt_rounds)
    receipt: Receipt = receipts.find(stretched.lookup)
    said = [each.text for each in answers.read(receipt, stretched.reply_key)]
    db.session.remove()
    return said


def test_nothing_she_types_leaves_the_phone_in_the_clear_whatever_she_does(site, phone):
    story, name, more = a_canary("cerita"), a_canary("nama"), a_canary("tambah")
    traffic = Traffic.of(phone.context)
    begins(phone)
    writes(phone, story)
    writes(phone, name, "#name")
    phone.locator("[name=language][value=ban]").click()
    phone.locator("html[lang=su]").wait_for()
    phone.locator("nav.quiet a[href='/cerita/titip']").click()
    phone.locator("form[data-variant=proxy]").wait_for()
    phone.locator("nav.quiet a[href='/cerita']").click()
    phone.locator("form[data-variant=own]").wait_for()
    assert phone.locator("#story").input_value() == story
    phone.route("**/kirim", lambda route: route.abort(), times=1)
    phone.locator("#kirim").click()
    phone.locator("[data-again]").click()
    number = number_on(phone)
    opens_number(phone)
    adds(phone, more)
    fresh = changes_number(phone)
    phone.locator("#keluar").click()
    phone.wait_for_url("**/kota")
    for secret in (story, name, more, *_shapes(number), *_shapes(fresh)):
        assert not traffic.holds(secret)
    first, second, _addition = (each.post_data_buffer for each in traffic.to("/kirim"))
    assert first == second
    report = site.reports()[0]
    assert keyring.unseal(report.label, report.envelope)["story"] == story


def _shapes(number: str) -> tuple[str, ...]:
    return (
        number,
        receipts.grouped(number),
        receipts.as_order_number(number),
        receipts.grouped(number).replace(" ", "+"),
    )


def test_coming_back_shows_what_was_answered_and_nothing_of_what_was_told(site, chromium):
    story, answer = a_canary("cerita"), a_canary("jawab")
    with a_phone(chromium, site) as page:
        begins(page)
        writes(page, story)
        number = sends(page)
    site.answers_everybody(answer)
    with a_phone(chromium, site) as page:
        seen = []
        page.on("response", lambda response: seen.append(response))  # noqa: PLW0108
        page.goto("/")
        page.locator('main a[href="/kabar"]').click()
        page.locator("input#nomor").fill(receipts.grouped(number))
        page.locator("form[data-letter=open] button").click()
        page.locator(".said").filter(has_text=answer).wait_for()
        assert story not in everything_shown(page)
        bodies = [each.body() for each in seen if each.ok]
        assert not any(story.encode() in body or answer.encode() in body for body in bodies)
