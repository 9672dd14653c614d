"""Of several events that end a duty the first does, in whichever of the linked episodes it happened."""

from story import begin


def test_an_end_in_another_episode_is_not_passed_over_for_a_later_one_in_its_own() -> None:
    """Two assessments of one open case; the first is cancelled on 12 January, the second on 11 March."""
    case = begin()
    case.happened("ReferralReceived", "2026-01-05", "R-1", source="school")
    for episode, day in (("A-1", "2026-01-06"), ("A-2", "2026-01-09")):
        case.happened("AssessmentStarted", day, episode, open_case=True, follows="R-1")
    case.happened("AssessmentCancelled", "2026-01-12", "A-1")
    case.happened("AssessmentCancelled", "2026-03-11", "A-2")
    timers = [
        one.timer for one in case.positions("2026-04-01") if one.timer.timescale == "assessment.single.45wd"
    ]

    assert {"2026-01-12"} == {str(timer.stopped_on) for timer in timers if timer.episode_id in ("A-1", "A-2")}
