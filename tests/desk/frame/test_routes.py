"""Who may call what: every route is on a list, and nobody learns of a record they may not see."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from desk_told import PEOPLE, app_of, sign_in, token_for
from fastapi import APIRouter, Request, Response
from starlette.testclient import TestClient

from caseclock.desk import app as desk_app
from caseclock.desk.roles import Permission, Person
from caseclock.desk.routes import RouteWithoutPermission, page
from caseclock.desk.settings import DeskSettings

GOLDEN = Path(__file__).with_name("routes.txt")
PARAMETER = re.compile(r"\{(\w+)(?::path)?\}")

#: parameters of paths that name a record of an authority: for each, one of Thurrock's that everybody of Thurrock sees,
#: one of Camden's, one of Thurrock's that is restricted, and one that is nobody's
RECORDS = (
    "case_id",
    "breach_id",
    "timer_id",
    "quarantine_id",
    "token_id",
    "proposal_id",
    "event_id",
    "episode_id",
)
#: other parameters of paths
PLACES = {
    "digest": "0" * 16,
    "kind": "explain",
    "timescale": "assessment.single.45wd",
    "process": "assessment",
    "format": "csv",
}

#: what a form sends that was filled in, so that it is the record that is asked for, and not a missing field
FILLED_IN = {"decision": "agreed", "kind": "explain", "who": "viewer", "because": "tried"}


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    asks: str

    @property
    def names_a_record(self) -> bool:
        return any(name in RECORDS for name in PARAMETER.findall(self.path))

    def filled(self, ids: dict[str, str]) -> str:
        return PARAMETER.sub(lambda found: (ids | PLACES).get(found[1], "nothing"), self.path)


def routes_of(browser: TestClient) -> list[Route]:
    """Pages only: what the API asks of a token is tried where its tests are."""
    return [Route(*one) for one in app_of(browser).state.routes if not one[1].startswith("/api/")]


@pytest.fixture
def signed_in(
    made: Callable[[DeskSettings], TestClient], settings: DeskSettings
) -> Callable[[str], TestClient]:
    return lambda who: sign_in(made(settings), who)


def test_every_route_is_on_the_list_with_what_it_asks(browser: TestClient) -> None:
    """A route that is new, or asks for something else, is put on the list by whoever has thought about it."""
    there = sorted(f"{asks:<12} {method:<4} {path}" for method, path, asks in app_of(browser).state.routes)

    assert GOLDEN.read_text("utf-8").splitlines() == there


def test_every_id_in_a_path_is_tried_with_those_of_others(browser: TestClient) -> None:
    ids = {
        name for route in routes_of(browser) for name in PARAMETER.findall(route.path) if name.endswith("_id")
    }

    assert set() == ids - set(RECORDS), "say in RECORDS and ids_of what such an id is of"


def test_a_route_that_does_not_say_who_may_call_it_keeps_the_desk_from_starting(
    settings: DeskSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = APIRouter()
    careless.add_api_route("/careless", lambda: "")
    monkeypatch.setattr(desk_app, "routers", lambda: iter([careless]))

    with pytest.raises(RouteWithoutPermission, match="/careless does not say who may call it"):
        desk_app.create_app(settings)


def test_a_route_that_asks_twice_is_refused_too(
    settings: DeskSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = APIRouter(dependencies=[])

    @page(twice, "GET", "/twice", may=Permission.READ)
    def _(_: Request) -> Response:
        return Response()

    (route,) = twice.routes
    route.dependencies *= 2  # type: ignore[attr-defined]
    monkeypatch.setattr(desk_app, "routers", lambda: iter([twice]))

    with pytest.raises(RouteWithoutPermission):
        desk_app.create_app(settings)


def ids_of(browser: TestClient, authority: str, case_id: str) -> dict[str, str]:
    """One id of each kind: of a case, its first breach and timer, and what else the authority has."""
    with app_of(browser).state.desk.store.snapshot() as unit:
        breach = unit.breaches(authority, case_id)[0]
        timer = unit.timers(authority, case_id)[0].timer
        event = unit.events(authority, case_id)[0]
        return {
            "case_id": case_id,
            "breach_id": breach.breach_id,
            "timer_id": timer.timer_id,
            "event_id": event.event_id,
            "episode_id": event.episode_id,
            "quarantine_id": f"Q-{authority}",
            "token_id": f"token-{authority}",
            "proposal_id": f"proposal-{authority}",
        }


def nobodys(ids: dict[str, str]) -> dict[str, str]:
    """Ids of the same form that no record has."""
    return {name: f"{value[:-1]}{'0' if value[-1:] != '0' else '1'}" for name, value in ids.items()} | {
        "case_id": "T-7777"
    }


def tried(browser: TestClient, route: Route, ids: dict[str, str], token: str) -> tuple[int, str]:
    """Status and page of an attempt, without what differs from page to page, and without the ids that were tried."""
    sent: dict[str, Any] = {} if route.method == "GET" else {"data": {**FILLED_IN, "csrf_token": token}}
    answer = browser.request(route.method, route.filled(ids), **sent)
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    text += answer.headers.get("location", "")
    for value in sorted(ids.values(), key=len, reverse=True):
        text = text.replace(value, "ID").replace(value.replace("/", "%2F"), "ID")
    return answer.status_code, text


def test_nobody_gets_anything_without_signing_in(browser: TestClient) -> None:
    ids = ids_of(browser, "thurrock", "T-1")
    for route in routes_of(browser):
        if route.asks == Permission.OPEN:
            continue
        status, text = tried(browser, route, ids, "")

        assert (303 if route.method == "GET" else 401) == status, route
        assert text == tried(browser, route, nobodys(ids), "")[1], route


OF_THURROCK = [one for one in PEOPLE if one.authority == "thurrock"]


@pytest.mark.parametrize("who", OF_THURROCK, ids=lambda one: one.name)
def test_a_role_that_may_not_is_refused_and_learns_nothing(
    signed_in: Callable[[str], TestClient], who: Person
) -> None:
    browser = signed_in(who.name)
    token, ids = token_for(browser), ids_of(browser, "thurrock", "T-1")
    for route in routes_of(browser):
        if who.may(Permission(route.asks)) or route.path == "/sign-out":
            continue
        status, text = tried(browser, route, ids, token)

        assert 403 == status, route
        assert text == tried(browser, route, nobodys(ids), token)[1], route


@pytest.mark.parametrize("who", OF_THURROCK, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("authority", "case_id"), [("camden", "K-1"), ("thurrock", "T-3"), ("thurrock", "T-2")]
)
def test_a_record_one_may_not_see_is_not_there(
    signed_in: Callable[[str], TestClient], who: Person, authority: str, case_id: str
) -> None:
    """Of another authority, restricted, or of another team: the answer is that for a record there is not."""
    if (case_id == "T-3" and who.name == "named") or (case_id == "T-2" and who.name != "north.worker"):
        return
    browser = signed_in(who.name)
    token, ids = token_for(browser), ids_of(browser, authority, case_id)
    tried_any = False
    for route in routes_of(browser):
        named = set(PARAMETER.findall(route.path)) & set(RECORDS)
        # what is of no case is seen by whoever may see such things in the authority at all
        if not named or (
            authority == "thurrock" and not named & {"case_id", "breach_id", "timer_id", "event_id"}
        ):
            continue
        if not who.may(Permission(route.asks)) or route.asks == Permission.ADMINISTER:
            continue
        tried_any = True
        status, text = tried(browser, route, ids, token)
        there_is_none = tried(browser, route, nobodys(ids), token)

        assert (404, text) == (status, there_is_none[1]), route
        assert 404 == there_is_none[0], route
    assert (
        tried_any
        or who.name == "administrator"
        or not [one for one in routes_of(browser) if one.names_a_record and who.may(Permission(one.asks))]
    )


def test_an_administrator_changes_nothing_of_another_authority(
    signed_in: Callable[[str], TestClient],
) -> None:
    browser = signed_in("administrator")
    token, ids = token_for(browser), ids_of(browser, "camden", "K-3")
    for route in routes_of(browser):
        if route.asks == Permission.ADMINISTER and route.names_a_record:
            status, text = tried(browser, route, ids, token)

            assert (404, text) == (status, tried(browser, route, nobodys(ids), token)[1]), route


def test_a_case_of_another_authority_can_not_be_restricted(signed_in: Callable[[str], TestClient]) -> None:
    browser = signed_in("administrator")
    answer = browser.post(
        "/access", data={"csrf_token": token_for(browser), "case": "K-1", "because": "to see what is said"}
    )

    assert 422 == answer.status_code
    assert "There is no case K-1 in your authority" in answer.text


def test_methods_a_page_does_not_take_are_refused_in_the_service_s_own_style(browser: TestClient) -> None:
    sign_in(browser, "compliance")
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        answer = browser.request(method, "/health")

        assert 405 == answer.status_code
        assert "desk-header" in answer.text
