"""Cancelled, started anew, extended, corrected, taken back, or never told: what becomes of the clocks."""

import pytest
from story import Told, begin, instant, standings, under

from caseclock.workflow.refusals import ExtensionRefused, IllegalEvent
from caseclock.workflow.verification import verify

DECISION = "referral.decision.1wd"
GUIDANCE = "assessment.single.45wd"
STATISTIC = "assessment.stat.duration"
LIMIT = "test.limit"


def under_assessment() -> Told:
    """A referral of Monday 2 March 2026 with an assessment from the same day, due on 7 May."""
    case = begin()
    case.referral("2026-03-02")
    case.assessment("2026-03-02")
    return case


def by_episode(case: Told, timescale: str) -> dict[str, str]:
    return {
        one.timer.episode_id: str(one.standing)
        for one in case.positions()
        if one.timer.timescale == timescale
    }


def test_new_information_on_an_open_case_starts_the_clock_on_the_day_it_came() -> None:
    case = begin()
    case.happened("AssessmentStarted", "2026-03-09", "A-1", open_case=True, new_information_on="2026-03-02")

    assert ("2026-05-07", "2026-05-14") == (case.due(GUIDANCE), case.due(STATISTIC))


def test_an_assessment_within_an_open_referral_counts_from_the_new_information_not_from_the_referral() -> (
    None
):
    case = under_assessment()
    case.authorised("2026-04-01")
    case.happened(
        "AssessmentStarted",
        "2026-06-02",
        "A-2",
        follows="R-1",
        open_case=True,
        new_information_on="2026-06-01",
    )
    found = {
        one.timer.episode_id: (str(one.timer.started_on), str(one.standing))
        for one in case.positions("2026-06-03")
        if one.timer.timescale == GUIDANCE
    }

    assert {"A-1": ("2026-03-02", "met"), "A-2": ("2026-06-01", "running")} == found


def test_an_assessment_cancelled_in_time_and_not_started_anew_owes_nothing() -> None:
    case = under_assessment()
    case.happened("AssessmentCancelled", "2026-03-20", "A-1", reason="family moved away")

    assert {DECISION: "met", GUIDANCE: "void", STATISTIC: "void"} == standings(case.positions())


def test_an_assessment_cancelled_after_its_limit_stays_overdue() -> None:
    case = under_assessment()
    case.swept("2026-05-08")
    case.happened("AssessmentCancelled", "2026-05-11", "A-1", reason="family moved away")

    assert ("overdue", 2) == (case.timer(GUIDANCE).standing, case.timer(GUIDANCE).over)
    assert ["open", "open"] == [breach.standing for breach in case.breaches()]


def test_an_assessment_cancelled_and_started_anew_runs_on_from_the_referral() -> None:
    case = under_assessment()
    case.happened("AssessmentCancelled", "2026-03-20", "A-1", reason="started on the wrong form")
    case.assessment("2026-03-23", episode="A-2")
    case.authorised("2026-05-08", episode="A-2")

    assert ("2026-05-07", "met_late") == (case.due(GUIDANCE), case.standing(GUIDANCE))
    assert {"A-1": "void", "A-2": "met"} == by_episode(case, STATISTIC)


def test_an_assessment_cancelled_for_want_of_time_and_started_anew_breaches_on_the_old_day() -> None:
    case = under_assessment()
    case.happened("AssessmentCancelled", "2026-05-06", "A-1", reason="a new start")
    assert "void" == case.standing(GUIDANCE, "2026-05-06")
    case.assessment("2026-05-07", episode="A-2")
    case.swept("2026-05-08")

    assert "overdue" == case.standing(GUIDANCE, "2026-05-08")
    assert [(GUIDANCE, "2026-05-07")] == [
        (breach.timescale, str(breach.due_on)) for breach in case.breaches()
    ]


def test_what_a_source_does_not_tell_is_unknown_and_never_a_breach() -> None:
    case = begin()
    case.referral("2026-03-02")
    case.happened(
        "AssessmentStarted",
        "2026-03-02",
        "A-1",
        follows="R-1",
        untold=["AssessmentAuthorised", "AssessmentCancelled"],
    )

    assert {DECISION: "met", GUIDANCE: "unknown", STATISTIC: "unknown"} == standings(case.positions())
    assert 0 == case.swept("2027-01-01")


@pytest.mark.parametrize(("authorised_on", "standing"), [("2026-05-07", "met"), ("2026-05-08", "unknown")])
def test_what_a_source_leaves_out_and_someone_else_tells_counts_where_it_was_in_time(
    authorised_on: str, standing: str
) -> None:
    """A late one told may not be the first: what the source left out may have been in time."""
    case = begin()
    case.referral("2026-03-02")
    case.happened("AssessmentStarted", "2026-03-02", "A-1", follows="R-1", untold=["AssessmentAuthorised"])
    case.authorised(authorised_on)

    assert (standing, standing) == (case.standing(GUIDANCE), case.standing(STATISTIC))


def test_reasons_for_an_overrun_are_kept_and_move_nothing() -> None:
    case = under_assessment()
    timer = case.timer(GUIDANCE).timer
    case.happened(
        "TimerExtended",
        "2026-05-06",
        "A-1",
        timer_id=timer.timer_id,
        until="2026-05-20",
        reason="awaiting the paediatrician",
    )

    assert "2026-05-07" == case.due(GUIDANCE)
    assert "overdue" == case.standing(GUIDANCE, "2026-05-08")


CAPPED = 'limit = { weeks = 16 }\nextension = { kind = "capped", by = { weeks = 8 }, times = 1 }'


def extended(case: Told, on: str, *, until: str, approved_by: str | None = "head of service") -> None:
    timer = case.timer(LIMIT).timer
    case.happened(
        "TimerExtended",
        on,
        "R-1",
        timer_id=timer.timer_id,
        until=until,
        reason="a relative was found late",
        approved_by=approved_by,
    )


def test_a_capped_extension_moves_the_date_once_with_approval() -> None:
    case = begin(rulebooks=under(CAPPED))
    case.referral("2026-02-02", decided="not yet")
    assert "2026-05-25" == case.due(LIMIT)
    extended(case, "2026-05-20", until="2026-07-20")

    assert "2026-07-20" == case.due(LIMIT)
    assert ["running", "extended", "extended", "overdue"] == [
        case.standing(LIMIT, day) for day in ("2026-04-25", "2026-05-26", "2026-07-20", "2026-07-21")
    ]


@pytest.mark.parametrize(
    ("until", "approved_by", "says"),
    [
        ("2026-07-20", None, "approved_by is missing"),
        ("2026-07-21", "head of service", "8 weeks is the most at a time"),
        ("2026-05-25", "head of service", "2026-05-25 is not after 2026-05-25"),
    ],
)
def test_an_extension_the_source_does_not_allow_is_refused_with_its_reason(
    until: str, approved_by: str | None, says: str
) -> None:
    case = begin(rulebooks=under(CAPPED))
    case.referral("2026-02-02", decided="not yet")

    with pytest.raises(ExtensionRefused, match=says):
        extended(case, "2026-05-20", until=until, approved_by=approved_by)
    assert "2026-05-25" == case.due(LIMIT)


def test_a_second_extension_is_refused() -> None:
    case = begin(rulebooks=under(CAPPED))
    case.referral("2026-02-02", decided="not yet")
    extended(case, "2026-05-20", until="2026-06-01")

    with pytest.raises(ExtensionRefused, match="it may be extended once, and was"):
        extended(case, "2026-05-29", until="2026-06-08")


def test_a_timer_whose_source_gives_no_extension_is_not_extended() -> None:
    case = begin()
    case.referral("2026-03-02", decided="not yet")
    timer = case.timer(DECISION).timer

    with pytest.raises(ExtensionRefused, match="gives no extension"):
        case.happened(
            "TimerExtended", "2026-03-03", "R-1", timer_id=timer.timer_id, until="2026-03-09", reason="busy"
        )


def test_a_referral_corrected_to_an_earlier_day_is_due_earlier_and_its_breach_is_raised_anew() -> None:
    case = begin()
    received = case.referral("2026-03-02")
    case.assessment("2026-03-02")
    case.swept("2026-05-08")
    case.corrected(received, "2026-02-27", recorded="2026-05-11")
    case.swept("2026-05-12")

    assert ("2026-05-07", "2026-05-06") == (
        case.due(GUIDANCE, "2026-05-10"),
        case.due(GUIDANCE, "2026-05-11"),
    )
    assert [("2026-05-06", "open", None), ("2026-05-07", "withdrawn", "rescheduled")] == sorted(
        (str(breach.due_on), str(breach.standing), breach.cause)
        for breach in case.breaches()
        if breach.timescale == GUIDANCE
    )
    assert () == verify(case.engine, instant("2026-05-12")).findings


def test_a_correction_that_would_leave_the_log_out_of_order_is_refused() -> None:
    case = under_assessment()
    done = case.authorised("2026-04-01")

    with pytest.raises(IllegalEvent, match="Can't record EventCorrected"):
        case.corrected(done, "2026-02-27", recorded="2026-04-02")


def test_an_authorisation_taken_back_lets_the_clock_run_on() -> None:
    case = under_assessment()
    done = case.authorised("2026-04-01")
    case.retracted(done, recorded="2026-04-02", reason="sent back to the worker")
    case.swept("2026-05-08")

    assert ("met", "overdue") == (
        case.standing(GUIDANCE, "2026-04-01"),
        case.standing(GUIDANCE, "2026-05-08"),
    )
    assert [(GUIDANCE, "open"), (STATISTIC, "open")] == sorted(
        (breach.timescale, str(breach.standing)) for breach in case.breaches()
    )


def test_an_assessment_recorded_on_the_wrong_child_takes_its_own_breach_with_it() -> None:
    """The referral was decided to need one all the same, so the guidance clock runs on."""
    case = begin()
    case.referral("2026-03-02")
    started = case.assessment("2026-03-02")
    case.swept("2026-05-08")
    case.retracted(started, recorded="2026-05-11")
    with case.engine.store.snapshot() as unit:
        episodes = [episode.episode_id for episode in unit.episodes("anywhere", "C-1042")]

    assert {DECISION: "met", GUIDANCE: "overdue, 2 over"} == standings(case.positions("2026-05-11"))
    assert {(GUIDANCE, "open", None), (STATISTIC, "withdrawn", "retracted")} == {
        (breach.timescale, str(breach.standing), breach.cause) for breach in case.breaches()
    }
    assert ["R-1"] == episodes
    assert () == verify(case.engine, instant("2026-05-11")).findings


def test_a_referral_that_an_assessment_follows_is_not_taken_back_before_it() -> None:
    case = begin()
    received = case.referral("2026-03-02", decided="not yet")
    case.assessment("2026-03-02")

    with pytest.raises(IllegalEvent, match="A-1"):
        case.retracted(received, recorded="2026-03-03")
