"""The list of cases: as it is, and as it was at a day and was known at a moment."""

from api_told import Api
from story import Told

from caseclock.workflow.engine import Engine


def test_cases_are_listed_with_their_allocation_and_what_goes_on(api: Api) -> None:
    found = {row["case_id"]: row for row in api.every("/cases", api.token(), limit=1)}

    assert ["T-1", "T-2", "T-9"] == list(found)
    assert ("South", "sw.002") == (found["T-2"]["team"], found["T-2"]["worker"])
    assert ["T-1"] == [row["case_id"] for row in api.every("/cases", api.token(), team="North")]
    assert {"front_door", "assessment"} == {one["process"] for one in found["T-1"]["open_episodes"]}


def test_cases_are_listed_as_at_a_day_as_they_were_then(api: Api) -> None:
    """Before the second assessment was authorised, and before the ninth child was known at all."""
    token, then = api.token(), {"as_at": "2026-01-20"}
    found = {row["case_id"]: row for row in api.every("/cases", token, limit=1, **then)}
    page = api.call("GET", "/cases", token, params=then).json()

    assert ["T-1", "T-2"] == list(found)
    assert "2026-01-20" == page["as_at"]
    assert list(found.values()) == page["items"]
    assert ("South", "sw.002") == (found["T-2"]["team"], found["T-2"]["worker"])
    assert {"front_door", "assessment"} == {one["process"] for one in found["T-2"]["open_episodes"]}
    assert "authorised" not in {one["state"] for one in found["T-2"]["open_episodes"]}


def test_cases_of_a_past_day_are_narrowed_by_the_allocation_of_then(api: Api) -> None:
    token = api.token()
    Told(Engine(api.desk.store), "thurrock", "T-1", written=100).happened(
        "AssessmentAllocated", "2026-03-02", "A-1", team="South", worker="sw.009"
    )
    of_south = [api.every("/cases", token, team="South", **told) for told in ({}, {"as_at": "2026-03-01"})]

    assert [["T-1", "T-2"], ["T-2"]] == [[row["case_id"] for row in one] for one in of_south]


def test_what_was_not_known_yet_is_not_listed(api: Api) -> None:
    token = api.token()
    Told(Engine(api.desk.store), "thurrock", "T-4").happened(
        "ReferralReceived", "2026-01-05", "R-1", recorded="2026-03-02", source="police"
    )
    told = [{"as_at": "2026-02-01"}, {"as_at": "2026-02-01", "known_at": "2026-03-02"}]

    assert [False, True] == [
        "T-4" in [row["case_id"] for row in api.every("/cases", token, **one)] for one in told
    ]


def test_the_present_asked_for_by_its_day_is_the_present(api: Api) -> None:
    """Worked out from the logs or read from the tables: the two agree on what still holds."""
    token = api.token()
    now = api.every("/cases", token)
    yesterday = api.every("/cases", token, as_at="2026-05-19", known_at="2026-05-20")

    assert [(row["case_id"], row["team"], row["open_episodes"]) for row in now] == [
        (row["case_id"], row["team"], row["open_episodes"]) for row in yesterday
    ]
