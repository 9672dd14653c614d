"""Events in: all that is sent or nothing, once, and a sentence for what does not fit."""

import json
from typing import Any

import pytest
from api_told import Api
from sqlalchemy import func, select

from caseclock.desk.api.declaring import LARGEST
from caseclock.desk.api.tokens import Scope
from caseclock.store.schema import events


def event(number: int, event_type: str = "ReferralReceived", **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "event_id": f"e-{number}",
        "type": event_type,
        "case_id": "NEW-1",
        "episode_id": "R-1",
        "occurred_at": "2026-05-18T09:30:00+01:00",
        "by": "sw.jones",
        "data": {"source": "school"},
    }
    return told | more


def written(api: Api, case_id: str = "NEW-1") -> int:
    with api.desk.reading() as connection:
        return connection.scalar(select(func.count()).where(events.c.case_id == case_id)) or 0


def test_an_event_is_recorded_and_its_timers_run(api: Api) -> None:
    token = api.token()

    answer = api.call("POST", "/events", token, json=event(1))

    assert (201, 1, [{"event_id": "e-1", "status": "recorded"}]) == (
        answer.status_code,
        answer.json()["recorded"],
        answer.json()["events"],
    )
    timers = api.call("GET", "/timers", token, params={"case_id": "NEW-1"}).json()["items"]
    assert ("2026-05-19", "overdue") in {(one["due_on"], one["standing"]) for one in timers}


def test_the_same_event_again_changes_nothing(api: Api) -> None:
    token = api.token()
    api.call("POST", "/events", token, json=event(1))

    again = api.call("POST", "/events", token, json=event(1))

    assert (200, 0, 1) == (again.status_code, again.json()["recorded"], again.json()["unchanged"])
    assert 1 == written(api)


def test_an_id_that_is_taken_by_other_content_is_refused(api: Api) -> None:
    token = api.token()
    api.call("POST", "/events", token, json=event(1))

    other = api.call("POST", "/events", token, json=event(1, by="sw.smith"))

    assert (409, "urn:caseclock:problem:different-content") == (other.status_code, other.json()["type"])
    assert "is taken by ReferralReceived of 2026-05-18" in other.json()["detail"]


def test_an_id_that_is_taken_in_another_case_is_refused(api: Api) -> None:
    token = api.token()
    api.call("POST", "/events", token, json=event(1))

    other = api.call("POST", "/events", token, json=event(1, case_id="NEW-2"))

    assert (409, "urn:caseclock:problem:different-content") == (other.status_code, other.json()["type"])
    assert 0 == written(api, "NEW-2")


def test_a_list_is_recorded_in_its_order(api: Api) -> None:
    sent = [
        event(1),
        event(2, "ReferralDecided", occurred_at="2026-05-19", data={"outcome": "assessment"}),
        event(3, case_id="NEW-2"),
    ]

    answer = api.call("POST", "/events", api.token(), json=sent)

    assert (201, 3) == (answer.status_code, answer.json()["recorded"])


def test_a_list_with_one_that_does_not_fit_is_refused_whole_and_says_which(api: Api) -> None:
    sent = [event(1), event(2, "AssessmentAuthorised", data={"outcome": "child_in_need"})]

    answer = api.call("POST", "/events", api.token(), json=sent)

    assert (409, "/1") == (answer.status_code, answer.json()["pointer"])
    assert "application/problem+json" == answer.headers["content-type"]
    assert 0 == written(api)


def test_a_list_sent_again_with_more_at_its_end_records_what_is_new(api: Api) -> None:
    token = api.token()
    api.call("POST", "/events", token, json=[event(1)])
    more = event(2, "ReferralDecided", occurred_at="2026-05-19", data={"outcome": "assessment"})

    answer = api.call("POST", "/events", token, json=[event(1), more])

    assert ["unchanged", "recorded"] == [one["status"] for one in answer.json()["events"]]


def test_a_refusal_says_what_would_fit(api: Api) -> None:
    answer = api.call("POST", "/events", api.token(), json=event(1, "ReferralClosed"))

    assert 409 == answer.status_code
    assert "It begins with one of ContactReceived, ReferralReceived" in answer.json()["detail"]


def test_an_event_of_another_authority_is_refused(api: Api) -> None:
    answer = api.call("POST", "/events", api.token(), json=event(1, authority="camden"))

    assert (403, "urn:caseclock:problem:another-authority") == (answer.status_code, answer.json()["type"])


def test_an_event_that_has_not_happened_yet_is_refused(api: Api) -> None:
    answer = api.call("POST", "/events", api.token(), json=event(1, occurred_at="2026-06-18"))

    assert 422 == answer.status_code
    assert 0 == written(api)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "it is not JSON in UTF-8"),
        (b"\xff", "it is not JSON in UTF-8"),
        (b"[" * 50_000, "it is not JSON in UTF-8"),
        (b"[]", "Send from 1 to 1,000"),
        (b"[" + b"{}," * 1000 + b"{}]", "Send from 1 to 1,000"),
        (b"3", "it is not a JSON object"),
        (b'{"event_id": "1", "event_id": "2"}', "gives 'event_id' twice"),
        (b'{"event_id": "1"}', "it is missing"),
        (json.dumps(event(1, colour="red")).encode(), "an event line has no such field"),
        (json.dumps(event(1, occurred_at="2026-05-18T09:30:00")).encode(), "has no offset"),
        (json.dumps(event(1, by="\ud800")).encode(), "half a character"),
        (json.dumps(event(1, data={"age": float("inf")})).encode(), "finite"),
    ],
)
def test_what_is_no_event_is_refused_with_a_sentence(api: Api, body: bytes, said: str) -> None:
    answer = api.call(
        "POST", "/events", api.token(), content=body, headers={"Content-Type": "application/json"}
    )

    assert 422 == answer.status_code
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
)
def test_what_is_not_called_json_is_not_read(api: Api, kind: str) -> None:
    answer = api.call("POST", "/events", api.token(), content=b"{}", headers={"Content-Type": kind})

    assert 415 == answer.status_code


def test_more_than_a_request_may_have_is_refused(api: Api) -> None:
    large = json.dumps(event(1, because="x" * LARGEST)).encode()

    answer = api.call(
        "POST", "/events", api.token(), content=large, headers={"Content-Type": "application/json"}
    )

    assert 413 == answer.status_code
    assert 0 == written(api)


def test_a_body_is_not_read_before_the_token_is_known(api: Api) -> None:
    assert 401 == api.call("POST", "/events", json=event(1)).status_code


def test_recording_needs_its_own_scope(api: Api) -> None:
    answer = api.call("POST", "/events", api.token(Scope.TIMERS_READ), json=event(1))

    assert (403, "urn:caseclock:problem:scope-missing") == (answer.status_code, answer.json()["type"])
    assert 'scope="events:write"' in answer.headers["www-authenticate"]


def test_on_postgresql_too_a_list_is_recorded_whole_or_not_at_all(postgres_api: Api) -> None:
    token = postgres_api.token()
    decided = event(2, "ReferralDecided", occurred_at="2026-05-19", data={"outcome": "assessment"})
    wrong = event(3, "AssessmentAuthorised", case_id="NEW-2", data={"outcome": "child_in_need"})

    refused = postgres_api.call("POST", "/events", token, json=[event(1), decided, wrong])
    recorded = postgres_api.call("POST", "/events", token, json=[event(1), decided])
    again = postgres_api.call("POST", "/events", token, json=event(1))
    taken = postgres_api.call("POST", "/events", token, json=event(1, case_id="NEW-2"))

    assert [409, 201, 200, 409] == [one.status_code for one in (refused, recorded, again, taken)]
    assert 2 == written(postgres_api)
