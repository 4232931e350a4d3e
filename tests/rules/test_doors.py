"""Every door for everybody: open to whom it belongs, not there for the rest, and shut to other sites."""

import re

import pytest

from tests.house import EVERYBODY, NOBODY, ROLES, ROOMS, SAME_SITE, a_house

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
]
# What answers a POST otherwise than by sending the browser on, and why that is safe: no page is ever made of it.
NO_PAGE = {
    "activity.receive": 422, "carrying.receive": 422,
    "leaving.leave": 204, "leaving.erase": 204, "letters.receive": 422, "files.receive": 422, "pieces.go_on": 422,
    "push.acknowledge": 204, "push.move": 204, "push.forget": 204,
}  # fmt: skip
MAY_SET_COOKIES = {"report.show", "visit.show", "news.show", "leaving.leave_by_link"}
MAY_BE_KEPT = {"system.manifest", "system.favicon", "system.icon", "offline.worker", "offline.kept_page"}
HEADERS = {
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-DNS-Prefetch-Control": "off",
    "X-Robots-Tag": "noindex",
}
CSP = re.compile(
    r"default-src 'none'; script-src 'self'; style-src 'self'( 'sha256-[A-Za-z0-9+/]{43}=')+; img-src 'self' data: blob:; "
    r"font-src 'none'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    r"frame-ancestors 'none'; object-src 'none'(; media-src blob:)?"
)
# Residents' pages change in place: any of them may become the one in which somebody tells by voice. Nothing else may hear.
MAY_HEAR = {"appointment", "home", "news", "report", "visit"}
A_FILE = {
    "attachments.download",
    "calendar.download",
    "calendar.download_one",
}  # handed over, never shown: it may not run or load anything at all
DENIED = (
    "camera",
    "display-capture",
    "geolocation",
    "payment",
    "usb",
    "serial",
    "hid",
)
JUNK = [
    {"data": {}},
    {"data": {"x": "1", "id": "bukan-uuid", "language": "xx", "number": "\x00", "login": "😭" * 50}},
    {
        "data": {
            "story": "x" * 6_000,
            "role": "root",
            "level": "-1",
            "until": "besok",
            "into": "0",
            "why": "?",
        }
    },
]


@pytest.fixture
def house(app):
    return a_house(app)


def test_every_room_is_open_by_name_or_has_a_guard(app):
    guarded = {name for name, checks in app.before_request_funcs.items() if name and checks}
    assert set(app.blueprints) == set(ROOMS) - {None}
    assert guarded == {name for name, roles in ROOMS.items() if roles != EVERYBODY} | {"account"}


def test_not_yours_is_not_there(house):
    for role in ROLES:
        finds_nothing_of_the_others(house, role)


def finds_nothing_of_the_others(house, role):
    unknown = same_everywhere(house.visitor(role).get("/tidak-ada"), "/tidak-ada")
    walked = 0
    for door in house.doors():
        if role in door.may_enter:
            continue
        answer = house.goes_through(door, role)
        assert answer.status_code == 404, f"{role}: {door} answered {answer.status_code}"
        if door.method != "HEAD":
            assert same_everywhere(answer, door.path) == unknown, f"{role} can tell {door} from nothing"
        walked += 1
    assert walked > 20 or role != NOBODY


def test_yours_opens(house):
    for door in house.doors("GET", "HEAD"):
        for role in door.may_enter:
            answer = house.goes_through(door, role)
            assert answer.status_code in expected_of(door, role), f"{role}: {door} {answer.status_code}"


@pytest.mark.parametrize("junk", JUNK, ids=["empty", "strange", "long"])
@pytest.mark.parametrize("role", ROLES)
def test_no_form_is_answered_with_a_page(house, role, junk):
    for door in house.doors(*UNSAFE):
        if role not in door.may_enter:
            continue
        answer = house.goes_through(door, role, **junk)
        assert answer.status_code == NO_PAGE.get(door.endpoint, 303), f"{role}: {door} {answer.status_code}"
        if answer.status_code == 303:
            assert answer.location.startswith("/"), f"{door} sends people away to {answer.location}"
            assert answer.location not in ("/maaf/500", "/maaf/503"), door


def test_what_another_site_sends_is_refused_at_every_door(house):
    for door in house.doors(*UNSAFE):
        role = sorted(door.may_enter)[0]
        data = {"csrf_token": house.token_of(role)}
        for headers in FOREIGN:
            answer = house.visitor(role).open(door.path, method=door.method, data=data, headers=headers)
            assert answer.status_code == 403, f"{door} took it from {headers}: {answer.status_code}"


def test_with_something_to_lose_a_form_must_say_where_it_comes_from(house):
    for door in house.doors(*UNSAFE):
        role = sorted(door.may_enter)[0]
        data = {"csrf_token": house.token_of(role)}
        answer = house.visitor(role).open(door.path, method=door.method, data=data)
        refused = door.is_guarded or door.room in {"account", "lock"}
        assert (answer.status_code == 403) is refused, f"{door} {answer.status_code}"


def test_no_step_of_the_office_is_taken_without_the_forms_own_token(house):
    for door in house.doors(*UNSAFE):
        if not door.is_guarded and door.endpoint != "account.sign_out":
            continue
        role = sorted(door.may_enter - {NOBODY})[0]
        other = next(each for each in ROLES if each not in (role, NOBODY))
        for data in ({}, *({"csrf_token": token} for token in ("", "x", house.token_of(other)))):
            answer = house.visitor(role).open(door.path, method=door.method, data=data, headers=SAME_SITE)
            assert (answer.status_code, answer.location) == (303, "/maaf/400"), f"{door} with {data}"


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_carries_its_guards_and_no_cookie_that_nobody_asked_for(house, role):
    for door in house.doors("GET", "POST"):
        answer = house.goes_through(door, role)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, door
        if door.endpoint in A_FILE and answer.status_code == 200:
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox", door
        else:
            assert CSP.fullmatch(answer.headers["Content-Security-Policy"]), door
        for name in DENIED:
            assert f"{name}=()" in answer.headers["Permissions-Policy"], f"{door}: {name}"
        assert not {"Server", "X-Powered-By"} & set(answer.headers), door
        if door.endpoint not in MAY_BE_KEPT:
            assert answer.headers["Cache-Control"] == "no-store", door
        if door.is_safe and door.endpoint not in MAY_SET_COOKIES:
            assert "Set-Cookie" not in answer.headers, door


def test_only_a_page_that_can_show_the_recorder_may_listen_and_play(house):
    may, all_doors = set(), house.doors("GET", "POST", "PATCH")
    for door in all_doors:
        answer = house.goes_through(door, sorted(door.may_enter)[0])
        policy = answer.headers["Permissions-Policy"]
        assert ("microphone=(self)" in policy) is not ("microphone=()" in policy), door
        assert ("microphone=(self)" in policy) is (
            "media-src blob:" in answer.headers["Content-Security-Policy"]
        ), door
        if "microphone=(self)" in policy:
            may.add(door)
    hers = {door for door in all_doors if door.method == "GET" and door.room in MAY_HEAR}
    assert may == hers | {door for door in all_doors if door.endpoint == "offline.kept_page"}


def test_a_kept_page_of_those_who_work_here_does_not_listen(client):
    for path in ("/luring/id/kader/tetangga", "/luring/ban/kader/temu", "/luring/id/kegiatan"):
        assert "microphone=()" in client.get(path).headers["Permissions-Policy"]
    assert "microphone=(self)" in client.get("/luring/id/kabar").headers["Permissions-Policy"]


def test_every_cookie_is_kept_from_scripts_and_other_sites(house):
    for door in house.doors("GET", "POST"):
        for role in (NOBODY, "penerima"):
            answer = house.goes_through(door, role)
            for cookie in answer.headers.getlist("Set-Cookie"):
                assert "HttpOnly" in cookie, f"{door}: {cookie.partition('=')[0]}"
                assert "SameSite" in cookie or "Max-Age=0" in cookie, f"{door}: {cookie.partition('=')[0]}"
                assert "Path=/" in cookie, door


def expected_of(door, role) -> tuple[int, ...]:
    """What an honest reader sees when opening a page that is hers."""
    special = {
        "leaving.leave_by_link": (303,),
        "sorry": (503,),
        "system.health": (200, 503),
        "lock.show": (303,),
        "pieces.look": (404,),  # nobody began it
    }
    if door.endpoint == "account.show_sign_in" and role != NOBODY:
        return (303,)
    return special.get(door.endpoint, (200,))


def same_everywhere(answer, path: str) -> str:
    """The page without the one thing that may differ: where its language buttons come back to."""
    return re.sub(r' name="csrf_token" value="[^"]*"', "", answer.get_data(as_text=True)).replace(path, "")
