"""`caseclock case`: one case, whole."""

import pytest
from calling import Call
from story import Told


def test_a_case_shows_episodes_timers_breaches_and_history(
    call: Call, db: str, late_assessment: Told
) -> None:
    late_assessment.swept("2026-02-03")

    told = call("case", "C-1042", "--db", db, "--format", "json").json()

    assert [("R-1", "front_door", "decided"), ("A-1", "assessment", "authorised")] == [
        (one["episode_id"], one["process"], one["state"]) for one in told["episodes"]
    ]
    assert ["closed"] == [one["breach"] for one in told["breaches"]]
    assert ["unanswered"] == [one["answer"] for one in told["breaches"]]
    assert {"met", "met_late"} == {one["standing"] for one in told["timers"]}
    assert "A manager authorised the assessment, which completes it: child in need." in [
        entry["sentence"] for entry in told["history"]
    ]


def test_what_may_happen_next_is_said(call: Call, db: str, told: Told) -> None:
    told.referral("2026-03-02", decided="not yet")

    (episode,) = call("case", "C-1042", "--db", db, "--format", "json").json()["episodes"]

    assert "ReferralDecided" in episode["may_happen"]
    assert "AssessmentAuthorised" not in episode["may_happen"]


def test_a_referral_within_twelve_months_is_a_re_referral(call: Call, db: str, told: Told) -> None:
    told.referral("2025-03-02")
    told.happened("ReferralClosed", "2025-04-01", "R-1")
    told.referral("2026-03-02", episode="R-2")

    case = call("case", "C-1042", "--db", db, "--format", "json").json()

    assert (True, [None, "2025-03-02"]) == (
        case["re_referral"],
        [one["re_referral_of"] for one in case["episodes"]],
    )
    assert "re-referral: the one before was on 2 March 2025" in " ".join(
        call("case", "C-1042", "--db", db).out.split()
    )


def test_a_day_later_than_twelve_months_it_is_none(call: Call, db: str, told: Told) -> None:
    told.referral("2025-03-02")
    told.happened("ReferralClosed", "2025-04-01", "R-1")
    told.referral("2026-03-03", episode="R-2")

    assert call("case", "C-1042", "--db", db, "--format", "json").json()["re_referral"] is False


def test_what_was_put_right_stays_in_the_history_and_says_so(
    call: Call, db: str, late_assessment: Told
) -> None:
    visit = late_assessment.happened("ChildSeen", "2026-01-05", "A-1", alone=True)
    late_assessment.retracted(visit, recorded="2026-01-23")

    history = call("case", "C-1042", "--db", db, "--format", "json").json()["history"]

    assert ["taken back"] == [entry["mended"] for entry in history if entry["event_id"] == visit.event_id]


@pytest.mark.usefixtures("late_assessment")
def test_a_case_is_shown_as_it_was_known(call: Call, db: str) -> None:
    then = call("case", "C-1042", "--db", db, "--as-at", "2025-11-16", "--format", "json").json()

    assert ["R-1"] == [one["episode_id"] for one in then["episodes"]]
    assert ["awaiting_decision"] == [one["state"] for one in then["episodes"]]
    assert ["ReferralReceived"] == [entry["type"] for entry in then["history"]]


def test_the_page_reads_from_episodes_to_history(call: Call, db: str, late_assessment: Told) -> None:
    late_assessment.swept("2026-02-03")

    said = call("case", "C-1042", "--db", db).out

    places = [said.index(word) for word in ("Episodes", "Timers", "Breaches", "History")]
    assert sorted(places) == places
