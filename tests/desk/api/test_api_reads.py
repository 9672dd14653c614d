"""What the API gives is what the command line gives, page by page, as at any day; and nothing twice."""

from datetime import date, datetime
from typing import Any

import pytest
from api_told import Api
from story import Told

from caseclock.desk.breaches import standing_breaches, withdrawn_breaches
from caseclock.desk.case_page import case_page
from caseclock.desk.rows import case_document, timer_row
from caseclock.store.forecasts import KeptForecast, TimerChance, keep_forecast
from caseclock.timers.timer import Outcome
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Question, asked, positions

#: what a question about the past asks; None for now
ASKED: list[dict[str, str]] = [
    {},
    {"as_at": "2026-01-21"},
    {"as_at": "2026-01-22"},
    {"as_at": "2026-05-20", "known_at": "2026-01-23"},
]


def question(api: Api, told: dict[str, str]) -> Question:
    known_at = told.get("known_at")
    return asked(
        now=api.clock(),
        as_at=date.fromisoformat(told["as_at"]) if told else None,
        known_at=datetime.fromisoformat(f"{known_at}T23:59:59.999999+00:00") if known_at else None,
    )


def expected_timers(api: Api, told: dict[str, str]) -> list[dict[str, Any]]:
    """All timers of Thurrock that may be seen, from the log, in the order of the list."""
    engine = Engine(api.desk.store)
    with api.desk.store.snapshot() as unit:
        found = [
            {**timer_row(one), "chance": None}
            for one in positions(engine, unit, question(api, told), authority="thurrock")
        ]
    return sorted(
        (row for row in found if row["case_id"] != "T-3"), key=lambda row: (row["case_id"], row["timer_id"])
    )


@pytest.mark.parametrize("told", ASKED, ids=str)
@pytest.mark.parametrize("limit", [3, 500])
def test_timers_are_those_the_log_gives_whatever_the_page(api: Api, told: dict[str, str], limit: int) -> None:
    found = api.every("/timers", api.token(), limit=limit, **told)

    assert expected_timers(api, told) == found
    assert found


@pytest.mark.parametrize("told", ASKED[:2], ids=str)
def test_few_cases_at_a_time_give_the_same_in_the_end(
    api: Api, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("walking.STORED", "walking.ALLOCATED", "timers.WORKED_OUT", "breaches.WORKED_OUT"):
        monkeypatch.setattr(f"caseclock.desk.api.{name}", 1)
    monkeypatch.setattr("caseclock.desk.api.breaches.MOST_CASES", 1)
    token = api.token()

    overdue = api.every("/timers", token, standing="overdue", limit=2, **told)
    breaches = api.every("/breaches", token, limit=2, **told)

    wanted = [row for row in expected_timers(api, told) if row["standing"] == "overdue"]
    assert wanted == overdue
    assert {row["timer_id"] for row in wanted} <= {row["timer_id"] for row in breaches}


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        ({"standing": ["overdue", "met_late"]}, lambda row: row["standing"] in ("overdue", "met_late")),
        ({"process": "assessment"}, lambda row: row["process"] == "assessment"),
        ({"timescale": "assessment.single.45wd"}, lambda row: row["timescale"] == "assessment.single.45wd"),
        ({"case_id": "T-2"}, lambda row: row["case_id"] == "T-2"),
        ({"team": "South"}, lambda row: row["case_id"] == "T-2"),
        ({"worker": "sw.001"}, lambda row: row["case_id"] == "T-1"),
        (
            {"due_from": "2026-01-21", "due_to": "2026-01-21"},
            lambda row: (row["due_on"] or row["due_at"] or "")[:10] == "2026-01-21",
        ),
    ],
    # a function is named otherwise in each process
    ids=lambda given: "-".join(given) if isinstance(given, dict) else "",
)
@pytest.mark.parametrize("told", ASKED[:2], ids=str)
def test_a_filter_gives_the_rows_that_fit_and_no_other(
    api: Api, told: dict[str, str], filters: dict[str, Any], fits: Any
) -> None:
    found = api.every("/timers", api.token(), **filters, **told)

    assert [row for row in expected_timers(api, told) if fits(row)] == found


@pytest.mark.parametrize("told", ASKED, ids=str)
def test_breaches_are_those_the_command_line_gives(api: Api, told: dict[str, str]) -> None:
    engine, asked_for = Engine(api.desk.store), question(api, told)
    with api.desk.store.snapshot() as unit:
        found = list(positions(engine, unit, asked_for, authority="thurrock"))
        stored = list(unit.all_breaches("thurrock"))
    standing = {one.breach_id for one in standing_breaches(found, stored, asked_for) if one.case_id != "T-3"}
    withdrawn = {one.breach_id for one in withdrawn_breaches(found, stored, asked_for)}
    token = api.token()

    assert standing == {row["breach_id"] for row in api.every("/breaches", token, limit=2, **told)}
    assert withdrawn == {
        row["breach_id"] for row in api.every("/breaches", token, breach="withdrawn", **told)
    }


def test_a_breach_tells_how_it_was_answered(api: Api) -> None:
    token = api.token()
    breach = api.every("/breaches", token, case_id="T-2", timescale="assessment.single.45wd")[0]
    told = Told(Engine(api.desk.store), "thurrock", "T-2", written=100)
    told.happened(
        "BreachEscalated",
        "2026-05-20",
        breach["episode_id"],
        breach_id=breach["breach_id"],
        to="head of service",
    )

    answered = api.call("GET", f"/breaches/{breach['breach_id']}", token).json()

    assert ("closed", "escalated", "head of service") == (
        answered["breach"],
        answered["answer"],
        answered["escalated_to"],
    )
    assert [answered] == api.every("/breaches", token, answer="escalated")


def test_a_breach_withdrawn_says_why(api: Api) -> None:
    """Written up today: the assessment of T-1 had been authorised in time."""
    token = api.token()
    Told(Engine(api.desk.store), "thurrock", "T-1", written=100).authorised(
        "2026-01-20", recorded="2026-05-20"
    )

    found = api.every(
        "/breaches", token, breach="withdrawn", case_id="T-1", timescale="assessment.single.45wd"
    )

    assert ["recorded_late"] == [row["cause"] for row in found]


@pytest.mark.parametrize("told", ASKED, ids=str)
def test_a_case_is_what_the_command_line_gives(api: Api, told: dict[str, str]) -> None:
    with api.desk.store.snapshot() as unit:
        page = case_page(Engine(api.desk.store), unit, question(api, told), "thurrock", "T-2")

    assert case_document(page) == api.call("GET", "/cases/T-2", api.token(), params=told).json()


def test_a_case_of_which_nothing_was_known_then_is_not_there(api: Api) -> None:
    assert 404 == api.call("GET", "/cases/T-2", api.token(), params={"as_at": "2025-11-13"}).status_code


def test_the_log_of_a_case_comes_in_the_order_of_writing(api: Api) -> None:
    found = api.every("/events", api.token(), case_id="T-2", limit=2)

    assert list(range(1, len(found) + 1)) == [row["seq"] for row in found]
    assert "BreachRaised" in {row["type"] for row in found}


def test_why_a_timer_is_due_when_it_is(api: Api) -> None:
    token = api.token()
    timer = api.every("/timers", token, case_id="T-2", timescale="assessment.single.45wd")[0]

    why = api.call("GET", f"/timers/{timer['timer_id']}/explanation", token).json()

    assert timer["timer_id"] == why["timer_id"]
    assert "2025-12-25" in {day["day"] for day in why["days"] if day["count"] is None}


def test_one_timer_by_itself_is_the_row_of_the_list(api: Api) -> None:
    token = api.token()
    timer = api.every("/timers", token, case_id="T-2")[0]

    assert timer == api.call("GET", f"/timers/{timer['timer_id']}", token).json()


def test_a_running_timer_says_how_likely_it_is_to_run_out_where_a_forecast_told_it(api: Api) -> None:
    told = Told(api.desk.engine, "thurrock", "T-7")
    told.happened("ReferralReceived", "2026-05-18", "R-7", source="school")
    told.happened("ReferralDecided", "2026-05-18", "R-7", outcome="assessment")
    told.assessment("2026-05-18", follows="R-7", episode="A-7")
    token = api.token()
    with api.desk.store.transaction() as work:
        running, *others = [
            kept.timer.timer_id
            for kept in work.timers("thurrock", "T-7")
            if kept.timer.outcome is Outcome.RUNNING and kept.timer.timescale == "assessment.single.45wd"
        ]
        keep_forecast(
            work.connection,
            KeptForecast("thurrock", date(2026, 5, 20), api.clock(), 30, 900, {}),
            [TimerChance("thurrock", running, "T-7", 0.37, 120, 43)],
        )

    listed = api.every("/timers", token, case_id="T-7")
    found = {row["timer_id"]: row["chance"] for row in listed if row["chance"]}
    past = api.every("/timers", token, case_id="T-7", as_at="2026-05-19")

    assert not others
    assert {
        running: {"of_running_out": 0.37, "alike": 120, "ran_out": 43, "told_on": "2026-05-20", "days": 30}
    } == found
    assert found[running] == api.call("GET", f"/timers/{running}", token).json()["chance"]
    assert {None} == {row["chance"] for row in past}


def test_rules_in_force_on_a_day_and_in_all_versions(api: Api) -> None:
    token = api.token()

    in_2012 = api.call("GET", "/rules", token, params={"as_at": "2012-06-01", "process": "assessment"}).json()
    local = api.call("GET", "/rules", token, params={"process": "assessment"}).json()

    assert "assessment.single.45wd" not in {row["id"] for row in in_2012["items"]}
    assert {"assessment.single.45wd", "local.assessment.complete"} <= {row["id"] for row in local["items"]}


@pytest.mark.parametrize("months", [12, 11])
def test_the_scorecard_is_counted_of_something(api: Api, months: int) -> None:
    answer = api.call("GET", "/scorecard", api.token(), params={"months": months}).json()

    # of four referrals in the year, none followed another of the same child
    counted = {line["id"]: (line["numerator"], line["denominator"]) for line in answer["indicators"]}
    assert (0, 4) == counted["referrals.again"]


def test_an_answer_that_has_not_changed_is_not_sent_again(api: Api) -> None:
    token = api.token()
    first = api.call("GET", "/cases/T-2", token)
    again = api.call("GET", "/cases/T-2", token, headers={"If-None-Match": first.headers["etag"]})
    Told(Engine(api.desk.store), "thurrock", "T-2", written=100).happened(
        "ReferralClosed", "2026-05-20", "R-1", reason="done"
    )
    changed = api.call("GET", "/cases/T-2", token, headers={"If-None-Match": first.headers["etag"]})

    assert [(304, 0), (200, True)] == [
        (again.status_code, len(again.content)),
        (changed.status_code, first.headers["etag"] != changed.headers["etag"]),
    ]


def test_writing_between_two_pages_neither_repeats_nor_passes_over_a_row(api: Api) -> None:
    token = api.token()
    first = api.call("GET", "/timers", token, params={"limit": 4}).json()
    api.call(
        "POST",
        "/events",
        token,
        json={
            "event_id": "between",
            "type": "ReferralReceived",
            "case_id": "A-0",
            "episode_id": "R-1",
            "occurred_at": "2026-05-18",
            "by": "sw.jones",
        },
    )

    rest = api.every("/timers", token, cursor=first["next"], limit=4)

    ids = [row["timer_id"] for row in first["items"] + rest]
    assert [row["timer_id"] for row in expected_timers(api, {}) if row["case_id"] != "A-0"] == ids


@pytest.mark.parametrize("cursor", ["e30", "WzEsMiwzXQ", "not-base64-json", "WyJhIiwiYiIsImMiXQ"])
def test_a_cursor_that_was_not_given_out_is_refused(api: Api, cursor: str) -> None:
    answer = api.call("GET", "/timers", api.token(), params={"cursor": cursor})

    assert (422, "urn:caseclock:problem:strange-cursor") == (answer.status_code, answer.json()["type"])


def test_a_cursor_of_another_question_is_refused(api: Api) -> None:
    token = api.token()
    cursor = api.call("GET", "/timers", token, params={"limit": 1}).json()["next"]

    other = api.call("GET", "/timers", token, params={"limit": 1, "standing": "met", "cursor": cursor})

    assert 422 == other.status_code
    assert "asked for otherwise" in other.json()["detail"]


@pytest.mark.parametrize(
    ("path", "asked_for"),
    [
        ("/timers", {"colour": "red"}),
        ("/timers", {"standing": "late"}),
        ("/timers", {"limit": "0"}),
        ("/timers", {"due_from": "2026-02-30"}),
        ("/breaches", {"as_at": "2026-02-30"}),
        ("/cases/T-2", {"as_at": "2030-01-01"}),
        ("/cases/T-2", {"known_at": "yesterday"}),
        ("/rules", {"as_at": "2026-13-01"}),
        ("/scorecard", {"months": "nine"}),
        ("/events", {}),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_and_says_why(api: Api, path: str, asked_for: dict[str, str]) -> None:
    answer = api.call("GET", path, api.token(), params=asked_for)

    assert 422 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
    assert answer.json()["detail"].endswith(".")


def test_what_is_not_there_is_a_problem_too(api: Api) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("DELETE", "/timers", 405),
        ("GET", "/timers/zzz", 422),
    ):
        answer = api.call(method, path, api.token())
        assert (status, "application/problem+json") == (answer.status_code, answer.headers["content-type"])


def test_on_postgresql_the_same_is_given(postgres_api: Api) -> None:
    token = postgres_api.token()

    for told in (ASKED[0], ASKED[1]):
        assert expected_timers(postgres_api, told) == postgres_api.every("/timers", token, limit=7, **told)
    overdue = postgres_api.every("/timers", token, standing="overdue", team="North")
    assert {"T-1"} == {row["case_id"] for row in overdue}
    assert postgres_api.every("/breaches", token, limit=2)
    assert ["T-1"] == [row["case_id"] for row in postgres_api.every("/cases", token, team="North")]
