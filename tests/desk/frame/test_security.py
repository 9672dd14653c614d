"""What protects a signed-in person: each thing that somebody might try, tried."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from desk_told import MORNING, Clock, app_of, csrf, sign_in, token_for
from starlette.testclient import TestClient

from caseclock.desk.audit import Filter, entries
from caseclock.desk.security import local_path
from caseclock.desk.settings import DeskSettings, SettingsRefused


@pytest.mark.parametrize("path", ["/sign-in?again=1", "/help", "/nowhere", "/static/x/desk.css", "/up"])
def test_every_answer_carries_the_headers_that_protect_a_browser(secure: TestClient, path: str) -> None:
    headers = secure.get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "nosniff" == headers["x-content-type-options"]
    assert "DENY" == headers["x-frame-options"]
    assert "same-origin" == headers["referrer-policy"]
    assert "max-age=31536000; includeSubDomains" == headers["strict-transport-security"]
    assert "server" not in headers


def test_pages_are_kept_by_nobody_and_assets_for_a_year(browser: TestClient) -> None:
    page = browser.get("/help")
    stylesheet = re.search(r'href="(/static/[^"]+desk\.css)"', page.text)

    assert stylesheet
    assert "no-store" == page.headers["cache-control"]
    assert "public, max-age=31536000, immutable" == browser.get(stylesheet[1]).headers["cache-control"]


def test_no_page_holds_script_or_style_within_it(browser: TestClient) -> None:
    sign_in(browser, "compliance")
    for path in ("/help", "/health", "/audit", "/session", "/break-glass", "/accessibility", "/cookies"):
        page = browser.get(path).text

        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page), path
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page), path


def test_the_cookie_is_for_this_host_only_and_out_of_reach_of_scripts(secure: TestClient) -> None:
    cookie = secure.get("/sign-in").headers["set-cookie"]

    assert cookie.startswith("__Host-caseclock=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie


def test_a_session_has_another_name_after_sign_in(browser: TestClient) -> None:
    """Whoever planted or saw the name before sign-in has nothing by it."""
    browser.get("/sign-in")
    planted = browser.cookies["caseclock"]
    sign_in(browser, "compliance")
    mine = browser.cookies["caseclock"]
    browser.cookies.clear()
    browser.cookies.set("caseclock", planted)

    assert planted != mine
    assert 303 == browser.get("/health").status_code


def test_a_name_the_desk_did_not_give_begins_no_session(browser: TestClient) -> None:
    planted = {"cookie": f"caseclock={'A' * 43}"}
    page = browser.get("/sign-in", headers=planted)

    assert 303 == browser.get("/health", headers=planted).status_code
    assert "A" * 43 not in page.headers["set-cookie"]


def test_the_database_does_not_hold_the_names_of_sessions(browser: TestClient) -> None:
    sign_in(browser, "viewer")
    with app_of(browser).state.desk.reading() as connection:
        kept = [row.session for row in connection.exec_driver_sql("SELECT session FROM desk_sessions")]

    assert kept
    assert browser.cookies["caseclock"] not in kept


@pytest.mark.parametrize("token", ["", "nonsense", "AAAA", "\u2019", None])
def test_a_form_that_was_not_given_to_this_session_is_refused(browser: TestClient, token: str | None) -> None:
    sign_in(browser, "compliance")
    answer = browser.post("/session", data={} if token is None else {"csrf_token": token})

    assert 403 == answer.status_code
    assert "was not given to you by this page" in answer.text


def test_another_sessions_token_is_refused(
    browser: TestClient, made: Callable[[DeskSettings], TestClient], settings: DeskSettings
) -> None:
    other = token_for(sign_in(made(settings), "compliance"))
    sign_in(browser, "compliance")

    assert 403 == browser.post("/session", data={"csrf_token": other}).status_code
    assert 303 == browser.post("/session", data={"csrf_token": token_for(browser)}).status_code


def test_every_route_that_changes_something_refuses_a_form_without_a_token(browser: TestClient) -> None:
    """Nobody is asked twice: the token is looked at where the person is, before anything else."""
    changing = [
        path for method, path, asks in app_of(browser).state.routes if method != "GET" and "token" not in asks
    ]
    assert changing
    for who in ("compliance", "administrator"):
        browser.cookies.clear()
        sign_in(browser, who)
        for path in changing:
            answer = browser.post(re.sub(r"\{[^}]+\}", "x", path))

            assert 403 == answer.status_code, (who, path)


def test_tokens_differ_from_page_to_page(browser: TestClient) -> None:
    """So that the length of a compressed page says nothing of the token in it."""
    sign_in(browser, "viewer")

    assert token_for(browser) != token_for(browser)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%0d%0aset-cookie:x=1\r\nx: y",
        "",
        "queue",
        "/sign-out",
        "/ü",
    ],
)
def test_sign_in_goes_on_only_to_pages_of_this_desk(browser: TestClient, target: str) -> None:
    page = browser.get("/sign-in", params={"next": target}, follow_redirects=True)
    answer = browser.post(
        "/sign-in", data={"csrf_token": csrf(page.text), "person": "thurrock/viewer", "next": target}
    )

    assert "/" == local_path(target) == answer.headers["location"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/{digest}/../roles.py",
        "/static/{digest}/..%2f..%2froles.py",
        "/static/{digest}/%2e%2e/%2e%2e/pyproject.toml",
        "/static/{digest}//etc/passwd",
        "/static/{digest}/vendor",
        "/static/{digest}/vendor/LICENCES.md",
        "/static/{digest}/desk.css%00.svg",
        "/static/../desk.css",
    ],
)
def test_nothing_but_the_assets_is_served(browser: TestClient, path: str) -> None:
    digest = app_of(browser).state.desk.files.digest

    assert 404 == browser.get(path.format(digest=digest)).status_code


def test_nothing_sent_in_becomes_a_header(browser: TestClient) -> None:
    sign_in(browser, "administrator")
    evil = "T-1\r\nx-evil: 1"
    answers = [
        browser.get("/sign-in", params={"next": evil}),
        browser.get("/session", params={"next": evil}),
        browser.post("/access", data={"csrf_token": token_for(browser), "case": evil, "because": evil}),
        browser.get("/audit.csv", params={"who": evil}),
    ]

    assert not [answer for answer in answers if "x-evil" in answer.headers]


@pytest.mark.parametrize("host", ["evil.example", "", "testserver.evil.example", "[::2]", "localhost:99:99"])
def test_the_desk_answers_only_by_its_own_names(browser: TestClient, host: str) -> None:
    expected = 200 if host.startswith("localhost") else 400

    assert expected == browser.get("/help", headers={"host": host}).status_code


def test_what_was_typed_comes_back_as_text(browser: TestClient) -> None:
    sign_in(browser, "administrator")
    hostile = '"><script>alert(1)</script>{{ 7 * 7 }}'
    answer = browser.post(
        "/access", data={"csrf_token": token_for(browser), "case": hostile, "because": hostile}
    )

    assert 422 == answer.status_code
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in answer.text


def test_a_form_that_is_too_large_is_refused_before_it_is_read(browser: TestClient) -> None:
    sign_in(browser, "administrator")
    token = token_for(browser)
    large = {"csrf_token": token, "case": "T-1", "because": "x" * 200_000}
    announced = browser.post("/access", data=large)

    def in_pieces() -> Iterator[bytes]:
        yield b"because="
        for _ in range(30):
            yield b"x" * 10_000

    unannounced = browser.post(
        "/access", content=in_pieces(), headers={"content-type": "application/x-www-form-urlencoded"}
    )

    assert (413, 413) == (announced.status_code, unannounced.status_code)
    assert "This is too large" in announced.text


def test_too_many_attempts_to_sign_in_are_slowed_down(browser: TestClient, clock: Clock) -> None:
    page = browser.get("/sign-in", follow_redirects=True)
    data = {"csrf_token": csrf(page.text), "person": "nobody"}
    statuses = [browser.post("/sign-in", data=data).status_code for _ in range(30)]
    refused = browser.post("/sign-in", data=data)
    clock.later(seconds=int(refused.headers["retry-after"]))
    later = browser.post("/sign-in", data=data)

    assert {422, 429} == set(statuses)
    assert 429 == refused.status_code
    assert 422 == later.status_code


def test_a_session_ends_when_nothing_is_asked_for_a_while(browser: TestClient, clock: Clock) -> None:
    sign_in(browser, "viewer")
    clock.later(minutes=29)
    still = browser.get("/health").status_code
    clock.later(minutes=29)
    moved = browser.get("/health").status_code
    clock.later(minutes=31)
    over = browser.get("/health?x=1")

    assert (200, 200, 303) == (still, moved, over.status_code)
    assert "/sign-in?next=%2Fhealth%3Fx%3D1" == over.headers["location"]


def test_a_session_ends_after_ten_hours_in_any_case(browser: TestClient, clock: Clock) -> None:
    sign_in(browser, "viewer")
    for _ in range(24):
        clock.later(minutes=24, seconds=50)
        assert 200 == browser.get("/health").status_code
    clock.later(minutes=10)

    assert 303 == browser.get("/health").status_code


def test_who_signs_out_is_out_even_with_the_old_cookie(browser: TestClient) -> None:
    sign_in(browser, "viewer")
    name = browser.cookies["caseclock"]
    assert (
        "/signed-out"
        == browser.post("/sign-out", data={"csrf_token": token_for(browser)}).headers["location"]
    )
    browser.cookies.set("caseclock", name)

    assert 303 == browser.get("/health").status_code


def test_a_form_sent_after_the_session_ended_is_not_acted_on(browser: TestClient, clock: Clock) -> None:
    sign_in(browser, "administrator")
    token = token_for(browser)
    clock.later(hours=1)
    answer = browser.post("/access", data={"csrf_token": token, "case": "T-1", "because": "x"})

    assert 401 == answer.status_code
    assert "Sign in to go on" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  # that it is refused is what is tested
        "192.0.2.7",
        "desk.example",
        "::",
    ],
)
def test_a_demonstration_starts_on_no_address_others_can_reach(settings: DeskSettings, address: str) -> None:
    with pytest.raises(SettingsRefused, match="anyone could sign in as anybody"):
        replace(settings, listens_on=address)


def test_open_cookies_are_for_loopback_only(settings: DeskSettings) -> None:
    with pytest.raises(SettingsRefused):
        replace(settings, listens_on="192.0.2.7", secure_cookies=False)


def test_signing_in_and_out_is_on_the_record(browser: TestClient) -> None:
    sign_in(browser, "viewer")
    browser.post("/sign-out", data={"csrf_token": token_for(browser)})
    with app_of(browser).state.desk.reading() as connection:
        found = entries(connection, "thurrock", Filter(who="viewer"))

    assert [("signed_out", MORNING), ("signed_in", MORNING)] == [(one.what, one.at) for one in found]
