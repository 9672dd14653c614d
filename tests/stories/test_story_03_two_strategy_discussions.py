"""Two strategy discussions around Easter 2026, one enquiry, one conference: which discussion the clock counts from."""

from story import Told, begin

GUIDANCE = "cp.icpc.15wd"
STATISTIC = "cp.icpc.stat"


def enquiry() -> Told:
    """One discussion that initiates nothing, one that initiates the enquiry, and its start the day after."""
    case = begin()
    case.happened("StrategyDiscussionHeld", "2026-04-01", "S-1", initiates_section_47=False)
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    case.happened("Section47Started", "2026-04-08", "S-1")
    return case


def test_the_guidance_counts_from_the_discussion_that_initiated_the_enquiry() -> None:
    """From the first discussion it would have been 24 April: 3 and 6 April are bank holidays."""
    assert "2026-04-28" == enquiry().due(GUIDANCE)


def test_the_statistic_counts_from_the_enquirys_own_start() -> None:
    assert "2026-04-29" == enquiry().due(STATISTIC)


def test_a_conference_on_28_april_meets_both() -> None:
    case = enquiry()
    case.happened("InitialConferenceHeld", "2026-04-28", "S-1", conference_id="IC-1", outcome="plan")

    assert ("met", "met") == (case.standing(GUIDANCE), case.standing(STATISTIC))


def test_a_conference_on_29_april_is_late_by_guidance_and_timely_in_the_statistic() -> None:
    case = enquiry()
    case.happened("InitialConferenceHeld", "2026-04-29", "S-1", conference_id="IC-1", outcome="plan")

    assert ("met_late", "met") == (case.standing(GUIDANCE), case.standing(STATISTIC))


def test_a_first_discussion_that_comes_to_light_later_moves_nothing() -> None:
    case = begin()
    case.happened("StrategyDiscussionHeld", "2026-04-07", "S-1", initiates_section_47=True)
    case.happened(
        "StrategyDiscussionHeld", "2026-04-01", "S-1", recorded="2026-04-20", initiates_section_47=False
    )

    assert "2026-04-28" == case.due(GUIDANCE)


def test_a_discussion_put_right_takes_the_clock_with_it() -> None:
    case = begin()
    discussed = case.happened("StrategyDiscussionHeld", "2026-04-01", "S-1", initiates_section_47=True)
    case.corrected(discussed, "2026-04-07", recorded="2026-04-09")

    assert ("2026-04-24", "2026-04-28") == (case.due(GUIDANCE, "2026-04-08"), case.due(GUIDANCE))
