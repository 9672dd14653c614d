"""An event with a time can change where others of its day stand: timers that do not name it are worked out anew too."""

from story import begin, instant

from caseclock.workflow.verification import verify


def test_a_plan_s_end_decides_before_which_conference_decisions_of_that_day_were_sent() -> None:
    """The decisions, of some time that day, were sent before the plan ended at three: before the sitting at nine."""
    case = begin(authority="thurrock")
    case.happened("PlanStarted", "2026-01-02", "P-1")
    for hour, conference in (("09:28", "N-1"), ("09:01", "N-2")):
        case.happened(
            "InitialConferenceHeld",
            f"2026-01-05 {hour}",
            f"S-{conference}",
            recorded="2026-01-05 09:30",
            conference_id=conference,
            outcome="plan",
        )
    case.happened(
        "ConferenceDecisionsSent", "2026-01-05", "P-1", recorded="2026-01-05 09:35", conference_id="N-2"
    )
    case.happened("PlanEnded", "2026-01-05 03:17", "P-1", recorded="2026-01-05 10:10")

    assert () == verify(case.engine, instant("2026-01-05 11:00")).findings
