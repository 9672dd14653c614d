"""What opens an episode once its first event is taken back must be able to."""

import pytest
from story import begin

from caseclock.workflow.refusals import IllegalEvent


def test_a_retraction_that_leaves_an_episode_following_one_that_is_gone_is_refused() -> None:
    """The second discussion names an assessment that was taken back since; it may not come first."""
    case = begin()
    first = case.happened("StrategyDiscussionHeld", "2026-01-05", "S-1", initiates_section_47=False)
    started = case.happened("AssessmentStarted", "2026-01-05", "A-1", open_case=True)
    case.happened("StrategyDiscussionHeld", "2026-01-06", "S-1", initiates_section_47=True, follows="A-1")
    case.retracted(started, recorded="2026-01-07")
    before = case.log()

    with pytest.raises(
        IllegalEvent, match=r"StrategyDiscussionHeld of 2026-01-06 would then open episode 'S-1'"
    ):
        case.retracted(first, recorded="2026-01-08")

    assert before == case.log()
