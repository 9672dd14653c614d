"""Who may call: a token that is known, holds, has the scope, does not call too often; and nobody across authorities."""

from datetime import timedelta
from typing import Any

import pytest
from api_told import Api
from sqlalchemy import select
from starlette.routing import Route

from caseclock.desk.api.gate import Pace
from caseclock.desk.api.routes import document, routers
from caseclock.desk.api.tokens import PREFIX, Scope, TokenRefused, make_token, revoke_token, tokens
from caseclock.desk.audit import Filter, entries
from caseclock.store.access_tables import api_tokens

#: each read of the API, with what it needs to be asked
READS: dict[str, dict[str, str]] = {
    "/api/v1/timers": {},
    "/api/v1/timers/{timer_id}": {},
    "/api/v1/timers/{timer_id}/explanation": {},
    "/api/v1/breaches": {},
    "/api/v1/breaches/{breach_id}": {},
    "/api/v1/cases": {},
    "/api/v1/cases/{case_id}": {},
    "/api/v1/events": {"case_id": "{case_id}"},
    "/api/v1/rules": {},
    "/api/v1/scorecard": {},
}
#: they tell of no case
OF_NO_CASE = {"/api/v1/rules", "/api/v1/scorecard"}


def test_every_read_of_the_document_is_tried_here() -> None:
    reads = {path for path, operations in document()["paths"].items() if "get" in operations}

    assert set(READS) == reads


def test_only_a_hash_of_a_token_is_kept(api: Api) -> None:
    secret = api.token()

    with api.desk.reading() as connection:
        kept = str(connection.execute(select(api_tokens)).all())
    assert secret.startswith(PREFIX)
    assert secret not in kept
    assert secret.removeprefix(PREFIX) not in kept


def test_without_a_token_that_is_known_nothing_is_told(api: Api) -> None:
    for path in READS:
        for said in (
            "",
            "Bearer",
            "Bearer ",
            "Basic eDp5",
            "Bearer caseclock_",
            f"Bearer {PREFIX}{'x' * 43}",
            "Bearer \xe9",
        ):
            sent = {b"authorization": said.encode("latin-1")} if said else {}
            answer = api.browser.get(path, headers=sent)
            assert (path, said, 401) == (path, said, answer.status_code)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert "T-1" not in answer.text


def test_a_token_that_was_revoked_opens_nothing_any_more(api: Api) -> None:
    secret = api.token()
    before = api.call("GET", "/timers", secret).status_code
    with api.desk.writing() as connection:
        (kept,) = tokens(connection, "thurrock")
        revoke_token(connection, kept.token_id, by="administrator", at=api.clock())

    assert [200, 401] == [before, api.call("GET", "/timers", secret).status_code]


def test_a_token_runs_out_at_its_instant(api: Api) -> None:
    secret = api.token(expires_at=api.clock() + timedelta(hours=1))
    api.clock.later(minutes=59)
    before = api.call("GET", "/timers", secret).status_code
    api.clock.later(minutes=1)

    assert [200, 401] == [before, api.call("GET", "/timers", secret).status_code]


def test_each_read_needs_its_own_scope(api: Api) -> None:
    for path in READS:
        own = Scope(f"{path.split('/')[3]}:read")
        others = [scope for scope in Scope if scope is not own]
        refused = api.browser.get(path, headers={"Authorization": f"Bearer {api.token(*others)}"})
        let_in = api.browser.get(path, headers={"Authorization": f"Bearer {api.token(own)}"})
        assert (path, 403) == (path, refused.status_code)
        assert let_in.status_code not in (401, 403)


def ids_of(api: Api, authority: str, case_id: str) -> dict[str, str]:
    """The ids of a case, as its own authority knows them; a restricted one's too."""
    with api.desk.store.snapshot() as unit:
        timer = next(iter(unit.timers(authority, case_id))).timer
        breach = next(iter(unit.breaches(authority, case_id)))
    return {"case_id": case_id, "timer_id": timer.timer_id, "breach_id": breach.breach_id}


def answer_to(api: Api, path: str, ids: dict[str, str], token: str) -> tuple[int, Any]:
    asked = {name: value.format(**ids) for name, value in READS[path].items()}
    answer = api.browser.get(path.format(**ids), params=asked, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()


def test_nothing_of_another_authority_is_told_not_even_that_it_is_there(api: Api) -> None:
    token = api.token()
    nobody = {"case_id": "Z-1", "timer_id": "0" * 20, "breach_id": "0" * 20}
    theirs = ids_of(api, "camden", "K-2")

    for path in sorted(set(READS) - OF_NO_CASE):
        there = answer_to(api, path, theirs, token)
        assert answer_to(api, path, nobody, token) == there
        assert "K-2" not in str(there)


def test_a_restricted_case_is_to_a_token_as_if_it_were_not_there(api: Api) -> None:
    token = api.token()
    nobody = {"case_id": "Z-1", "timer_id": "0" * 20, "breach_id": "0" * 20}
    theirs = ids_of(api, "thurrock", "T-3")

    for path in sorted(set(READS) - OF_NO_CASE):
        there = answer_to(api, path, theirs, token)
        assert answer_to(api, path, nobody, token) == there
        assert "T-3" not in str(there)


def test_a_write_for_another_authority_reaches_nothing(api: Api) -> None:
    event = {
        "event_id": "e-1",
        "type": "ReferralClosed",
        "authority": "camden",
        "case_id": "K-9",
        "episode_id": "R-1",
        "occurred_at": "2026-05-19",
        "by": "sw.jones",
    }

    answers = [
        api.call("POST", "/events", api.token(), json=one) for one in (event, event | {"case_id": "Z-1"})
    ]

    assert [403, 403] == [answer.status_code for answer in answers]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


def test_who_looked_at_a_case_by_a_token_is_on_the_record(api: Api) -> None:
    token = api.token()
    api.call("GET", "/cases/T-2", token)
    api.call("GET", "/timers", token)

    with api.desk.reading() as connection:
        (kept,) = tokens(connection, "thurrock")
        told = entries(connection, "thurrock", Filter(who=f"token:{kept.token_id}"))
    assert [("listed", None, "api: timers"), ("looked", "T-2", "api: case")] == [
        (entry.what, entry.case_id, entry.subject) for entry in told
    ]


def test_who_calls_too_often_is_told_when_to_come_back(api: Api) -> None:
    seconds = [0.0]
    api.browser.app.state.pace = Pace(2.0, 3, lambda: seconds[0])  # type: ignore[attr-defined]
    token, other = api.token(), api.token()

    at_once = [api.call("GET", "/rules", token) for _ in range(4)]
    others = api.call("GET", "/rules", other).status_code
    seconds[0] = 1.0
    later = [api.call("GET", "/rules", token).status_code for _ in range(3)]

    assert [200, 200, 200, 429] == [answer.status_code for answer in at_once]
    assert "1" == at_once[-1].headers["retry-after"]
    assert 200 == others
    assert [200, 200, 429] == later


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scopes": []}, "needs a scope"),
        ({"name": " "}, "needs a name"),
        ({"expires_at": "now"}, "can't run out before it is made"),
    ],
)
def test_a_token_that_would_open_nothing_is_not_made(api: Api, wrong: dict[str, Any], said: str) -> None:
    asked: dict[str, Any] = {
        "authority": "thurrock",
        "name": "x",
        "scopes": [Scope.RULES_READ],
        "by": "a",
        "at": api.clock(),
    }
    wrong = {name: api.clock() if value == "now" else value for name, value in wrong.items()}

    with api.desk.writing() as connection, pytest.raises(TokenRefused, match=said):
        make_token(connection, **({"at": api.clock()} | asked | wrong))


def test_every_route_of_the_api_asks_for_one_scope_and_the_document_for_nothing() -> None:
    asks = {
        (path, method): [
            gate.dependency.asks
            for gate in getattr(route, "dependencies", [])
            if hasattr(gate.dependency, "asks")
        ]
        for router in routers()
        for route in router.routes
        if isinstance(route, Route)
        for path in [route.path]
        for method in sorted(route.methods or ())
    }

    assert {
        ("/api/v1/openapi.json", "GET"): ["open"],
        ("/api/v1/events", "POST"): ["token with events:write"],
        ("/api/v1/events", "GET"): ["token with events:read"],
        ("/api/v1/timers", "GET"): ["token with timers:read"],
        ("/api/v1/timers/{timer_id}", "GET"): ["token with timers:read"],
        ("/api/v1/timers/{timer_id}/explanation", "GET"): ["token with timers:read"],
        ("/api/v1/breaches", "GET"): ["token with breaches:read"],
        ("/api/v1/breaches/{breach_id}", "GET"): ["token with breaches:read"],
        ("/api/v1/cases", "GET"): ["token with cases:read"],
        ("/api/v1/cases/{case_id:path}", "GET"): ["token with cases:read"],
        ("/api/v1/rules", "GET"): ["token with rules:read"],
        ("/api/v1/scorecard", "GET"): ["token with scorecard:read"],
    } == asks
