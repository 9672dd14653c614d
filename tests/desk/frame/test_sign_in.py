"""Signing in by OpenID Connect against a provider on this machine, and behind a proxy that says who somebody is."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from desk_told import app_of, csrf, token_for
from listening import free_port, wait_for
from starlette.testclient import TestClient

from caseclock.desk.people import PeopleRefused, PeopleRules, read_people
from caseclock.desk.roles import Grant, Permission, Person, Role
from caseclock.desk.settings import DeskSettings, OpenId, Proxy, SettingsRefused, SignIn

RULES = """
[[group]]
name = "CC-Managers-North"
authority = "thurrock"
role = "manager"
teams = ["North"]

[[group]]
name = "CC-Viewers"
authority = "thurrock"
role = "viewer"

[[group]]
name = "CC-Camden"
authority = "camden"
role = "viewer"
"""


@pytest.fixture
def rules(tmp_path: Path) -> PeopleRules:
    file = tmp_path / "people.toml"
    file.write_text(RULES, "utf-8")
    return read_people(file)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """A sign-in service on loopback that knows two people; gives its issuer."""
    people = [
        {"sub": "asha", "name": "Asha Example", "groups": ["CC-Managers-North", "CC-Viewers"]},
        {"sub": "nobody", "name": "Nobody Example"},
    ]
    port = free_port()
    known = [part for one in people for part in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *known]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        issuer = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{issuer}/.well-known/openid-configuration", started)
            yield issuer
        finally:
            started.terminate()


@pytest.fixture
def by_openid(
    made: Callable[[DeskSettings], TestClient], settings: DeskSettings, rules: PeopleRules, provider: str
) -> TestClient:
    openid = OpenId(issuer=provider, client_id="desk", client_secret="on loopback only")  # noqa: S106
    return made(replace(settings, sign_in=SignIn.OPENID, openid=openid, people=rules, demo_people=()))


def prove(address: str, who: str) -> str:
    """Be somebody at the sign-in service; gives the address it sends the browser back to."""
    answer = httpx.post(address, data={"sub": who})
    assert 302 == answer.status_code, answer.text
    return answer.headers["location"]


def come_in(browser: TestClient, who: str, there: str = "/health") -> httpx.Response:
    page = browser.get(there, follow_redirects=True)
    link = re.search(r'href="(/sign-in/openid[^"]+)"', page.text)
    assert link, page.text
    away = browser.get(link[1].replace("&amp;", "&"))
    assert 302 == away.status_code, away.text
    answer: httpx.Response = browser.get(prove(away.headers["location"], who))  # type: ignore[assignment]
    return answer


def test_somebody_signs_in_at_the_service_and_comes_back_to_the_page_they_wanted(
    by_openid: TestClient,
) -> None:
    answer = come_in(by_openid, "asha")
    page = by_openid.get("/health")

    assert (303, "/health") == (answer.status_code, answer.headers["location"])
    assert "Asha Example, Thurrock" in page.text
    assert 403 == by_openid.get("/audit").status_code


def test_the_service_is_asked_with_a_state_a_nonce_and_a_challenge(by_openid: TestClient) -> None:
    away = by_openid.get("/sign-in/openid").headers["location"]

    asked = parse_qs(urlsplit(away).query)

    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert ["S256"] == asked["code_challenge_method"]


def test_a_proof_is_good_once_and_in_the_browser_that_asked_for_it(
    by_openid: TestClient, made: Callable[[DeskSettings], TestClient]
) -> None:
    away = by_openid.get("/sign-in/openid").headers["location"]
    back = prove(away, "asha")
    stranger = made(app_of(by_openid).state.desk.settings)
    stranger.get("/sign-in/openid")

    assert 422 == stranger.get(back).status_code
    assert 303 == by_openid.get(back).status_code
    assert 422 == by_openid.get(back).status_code


@pytest.mark.parametrize("query", ["", "code=x", "state=x&code=y", "error=access_denied&state=x"])
def test_an_answer_nobody_asked_for_is_refused(by_openid: TestClient, query: str) -> None:
    by_openid.get("/sign-in/openid")
    answer = by_openid.get(f"/sign-in/return?{query}")

    assert 422 == answer.status_code
    assert "Begin again from the sign-in page" in answer.text
    assert 303 == by_openid.get("/health").status_code


def test_a_sign_in_that_takes_too_long_begins_again(by_openid: TestClient) -> None:
    away = by_openid.get("/sign-in/openid").headers["location"]
    app_of(by_openid).state.desk.settings.now.later(minutes=16)

    assert 422 == by_openid.get(prove(away, "asha")).status_code


def test_somebody_without_a_role_is_told_whom_to_ask(by_openid: TestClient) -> None:
    answer = come_in(by_openid, "nobody")

    assert 403 == answer.status_code
    assert "none of your groups has a role here" in answer.text


def test_a_service_that_does_not_answer_is_a_plain_page(
    made: Callable[[DeskSettings], TestClient], settings: DeskSettings
) -> None:
    openid = OpenId(issuer="http://127.0.0.1:9", client_id="desk", client_secret="x")  # noqa: S106
    browser = made(replace(settings, sign_in=SignIn.OPENID, openid=openid))
    answer = browser.get("/sign-in/openid")

    assert 503 == answer.status_code
    assert "does not answer just now" in answer.text
    assert "30" == answer.headers["retry-after"]


def test_nobody_signs_in_as_a_demonstration_person_where_there_is_a_service(by_openid: TestClient) -> None:
    by_openid.get("/sign-in/openid")
    answer = by_openid.post("/sign-in", data={"person": "viewer"})

    assert 403 == answer.status_code


FROM_PROXY = {"x-forwarded-user": "asha", "x-forwarded-groups": "CC-Managers-North, other"}


@pytest.fixture
def behind_proxy(made: Callable[..., TestClient], settings: DeskSettings, rules: PeopleRules) -> TestClient:
    proxy = Proxy(addresses=(ip_network("192.0.2.0/28"),))
    behind = replace(settings, sign_in=SignIn.PROXY, proxy=proxy, people=rules, demo_people=())
    return made(behind, client=("192.0.2.7", 50_000))


def test_the_proxy_says_who_somebody_is(behind_proxy: TestClient) -> None:
    page = behind_proxy.get("/health", headers=FROM_PROXY)

    assert 200 == page.status_code
    assert "asha, Thurrock" in page.text
    assert "Sign out" not in page.text


def test_a_form_works_behind_a_proxy_and_needs_its_token(behind_proxy: TestClient) -> None:
    token = csrf(behind_proxy.get("/session", headers=FROM_PROXY).text)

    assert 303 == behind_proxy.post("/session", data={"csrf_token": token}, headers=FROM_PROXY).status_code
    assert 403 == behind_proxy.post("/session", data={}, headers=FROM_PROXY).status_code


def test_headers_from_elsewhere_are_not_believed(
    made: Callable[..., TestClient], behind_proxy: TestClient
) -> None:
    elsewhere = made(app_of(behind_proxy).state.desk.settings, client=("192.0.2.99", 50_000))

    assert 303 == elsewhere.get("/health", headers=FROM_PROXY).status_code


def test_a_cookie_alone_is_nobody_behind_a_proxy(behind_proxy: TestClient) -> None:
    behind_proxy.get("/health", headers=FROM_PROXY)

    assert behind_proxy.cookies["caseclock"]
    assert 303 == behind_proxy.get("/health").status_code


def test_another_persons_headers_do_not_go_on_with_a_session(behind_proxy: TestClient) -> None:
    behind_proxy.get("/health", headers=FROM_PROXY)
    before = behind_proxy.cookies["caseclock"]
    other = {"x-forwarded-user": "ben", "x-forwarded-groups": "CC-Viewers"}
    page = behind_proxy.get("/health", headers=other)

    assert "ben, Thurrock" in page.text
    assert before != behind_proxy.cookies["caseclock"]


def test_two_headers_that_name_two_people_name_nobody(behind_proxy: TestClient) -> None:
    told = [("x-forwarded-user", "asha"), ("x-forwarded-user", "ben"), ("x-forwarded-groups", "CC-Viewers")]

    assert 303 == behind_proxy.get("/health", headers=told).status_code


def test_somebody_of_two_authorities_is_refused(behind_proxy: TestClient) -> None:
    both = {"x-forwarded-user": "asha", "x-forwarded-groups": "CC-Viewers,CC-Camden"}
    page = behind_proxy.get("/health", headers=both)

    assert 403 == page.status_code
    assert "more than one authority" in page.text


def test_groups_give_roles_for_teams(rules: PeopleRules) -> None:
    asha = rules.person("asha", "Asha", ["CC-Managers-North", "CC-Viewers", "staff"])

    assert asha.may(Permission.JUDGE, "North")
    assert not asha.may(Permission.JUDGE, "South")
    assert asha.may(Permission.READ, "South")
    assert asha.teams(Permission.READ) is None
    assert frozenset({"North"}) == asha.teams(Permission.JUDGE)


def test_an_administrator_reads_no_case() -> None:
    ada = Person("ada", "Ada", "thurrock", (Grant(Role.ADMINISTRATOR),))

    assert not ada.may(Permission.READ)
    assert ada.may(Permission.ADMINISTER)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[group]]\nname = 'A'", "group.0.authority: Field required"),
        ("[[group]]\nname = 'A'\nauthority = 'x'\nrole = 'boss'", "group.0.role"),
        ("[[groups]]", "groups: Extra inputs are not permitted"),
        ("[[", "as TOML"),
        (
            "[[group]]\nname = 'A'\nauthority = 'x'\nrole = 'compliance'\nteams = ['N']",
            "for the whole authority",
        ),
    ],
)
def test_rules_that_can_not_be_meant_are_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "people.toml"
    file.write_text(text, "utf-8")

    with pytest.raises(PeopleRefused, match=re.escape(why)):
        read_people(file)


@pytest.mark.parametrize("how", [SignIn.OPENID, SignIn.PROXY])
def test_a_desk_without_what_its_sign_in_needs_does_not_start(settings: DeskSettings, how: SignIn) -> None:
    with pytest.raises(SettingsRefused, match="needs the"):
        replace(settings, sign_in=how)


def test_the_session_page_says_when_it_ends(by_openid: TestClient) -> None:
    come_in(by_openid, "asha")
    page = by_openid.get("/session")

    assert token_for(by_openid)
    assert "20 May 2026 at 11:00am" in page.text
    assert "20 May 2026 at 8:30pm at the latest" in page.text
