"""The open pages: they set nothing, tell nothing in their titles, and always show the way out first."""

import pytest

OPEN = ["/", "/kontak", "/kota", "/tentang-data", "/bahasa", "/coba"]
RESIDENT = [*OPEN, "/cerita", "/cerita/sederhana", "/cerita/titip", "/kabar"]


@pytest.mark.parametrize("path", OPEN)
def test_looking_around_sets_no_cookie(client, path):
    assert "Set-Cookie" not in client.get(path).headers


@pytest.mark.parametrize("path", ["/cerita", "/kabar"])
def test_the_first_voluntary_step_sets_one_cookie_for_this_session_only(client, path):
    cookies = client.get(path).headers.getlist("Set-Cookie")
    assert len(cookies) == 1
    assert "HttpOnly" in cookies[0]
    assert "SameSite=Lax" in cookies[0]
    assert "Max-Age" not in cookies[0]
    assert "Expires" not in cookies[0]
    assert "Set-Cookie" not in client.get(path).headers


@pytest.mark.parametrize("path", RESIDENT)
def test_every_page_has_the_same_dull_title_and_the_exit_first(client, path):
    page = client.page(path)
    assert page.title.text == "Saling Sapa"
    html = client.get(path).text
    assert html.index('id="keluar"') < 2048
    first = page.body.find("a")
    rehearsed = path == "/coba"  # there the exit is only tried: it ends nothing
    assert (first["id"], first["href"]) == ("keluar", "/kota" if rehearsed else "/keluar")
    assert page.select("meta[property^='og:']") == []


@pytest.mark.parametrize("path", RESIDENT)
def test_nothing_a_browser_could_fill_in_or_remember(client, path):
    """A touch has nothing to fill in; what its form says keeps a browser from remembering it."""
    typed = "main input:not([type=hidden], [type=radio], [type=checkbox]), main textarea, main select"
    for control in client.page(path).select(typed):
        assert control.get("autocomplete") == "off", control
    for form in client.page(path).select("main form:has(input:not([type=hidden]))"):
        assert form.get("autocomplete") == "off", form


def test_a_guess_and_an_old_address_look_alike(client):
    paths = ("/kantor/laporan", "/kelola/pengguna", "/akun", "/nope", "/kader/x")
    assert len({client.get(path).text.replace(path, "") for path in paths}) == 1
    assert {client.get(path).status_code for path in paths} == {404}


def test_the_exit_beacon_answers_with_nothing(client):
    client.get("/cerita")
    answer = client.post("/keluar")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Clear-Site-Data"] == '"cookies"'


def test_a_browser_too_old_to_say_where_it_comes_from_may_tell(client):
    assert client.post("/cerita", data={"story": "dari HP lama"}).status_code == 303


@pytest.mark.parametrize(
    "header", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
@pytest.mark.parametrize("path", ["/cerita", "/kabar", "/kabar/tambah", "/kabar/nomor", "/bahasa", "/keluar"])
def test_another_site_may_not(client, path, header):
    assert client.post(path, data={"story": "x"}, headers=header).status_code == 403


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_choosing_a_language_never_leads_away(client, back):
    assert client.post("/bahasa", data={"language": "ban", "back": back}).location == "/"
