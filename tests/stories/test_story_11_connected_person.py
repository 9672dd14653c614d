"""An aunt is approved for the time being on Monday 2 February 2026; sixteen weeks end on a bank holiday."""

import pytest
from care import done, into_care, moved_out, placed
from story import Told, begin
from walks import tell

from caseclock.workflow.refusals import ExtensionRefused

APPROVAL = "cla.reg24.16w"


def with_her_aunt() -> Told:
    return tell(begin(), (into_care(), placed(kind="connected_person_temporary")))


def extended(case: Told, on: str, until: str | None, *, approved_by: str = "") -> Told:
    case.happened(
        "TimerExtended",
        on,
        "L-1",
        timer_id=case.timer(APPROVAL, on).timer.timer_id,
        until=until,
        reason="the fostering panel meets in June",
        approved_by=approved_by,
    )
    return case


def approved(case: Told, on: str, until: str | None = None) -> Told:
    return extended(case, on, until, approved_by="ho.osei")


def test_sixteen_weeks_end_on_a_bank_holiday_and_do_not_roll() -> None:
    assert "2026-05-25" == with_her_aunt().due(APPROVAL)


def test_it_is_extended_once_by_eight_weeks() -> None:
    case = approved(with_her_aunt(), "2026-05-18")

    assert ("2026-07-20", "extended") == (
        case.due(APPROVAL, "2026-07-01"),
        case.standing(APPROVAL, "2026-07-01"),
    )


def test_a_second_extension_is_refused() -> None:
    case = approved(with_her_aunt(), "2026-05-18")

    with pytest.raises(ExtensionRefused, match="may be extended once, and was"):
        approved(case, "2026-07-13")
    assert "2026-07-20" == case.due(APPROVAL)


def test_more_than_eight_weeks_are_refused() -> None:
    with pytest.raises(ExtensionRefused, match="8 weeks is the most"):
        approved(with_her_aunt(), "2026-05-18", "2026-07-21")


def test_an_extension_that_nobody_approved_is_refused() -> None:
    with pytest.raises(ExtensionRefused, match="approved_by is missing"):
        extended(with_her_aunt(), "2026-05-18", "2026-07-20")


@pytest.mark.parametrize(("ended", "standing"), [("2026-07-20", "met"), ("2026-07-21", "met_late")])
def test_at_the_end_the_placement_must_end(ended: str, standing: str) -> None:
    case = tell(approved(with_her_aunt(), "2026-05-18"), [moved_out(ended)])

    assert standing == case.standing(APPROVAL)


def test_full_approval_ends_it_and_the_ordinary_visits_begin() -> None:
    case = tell(
        with_her_aunt(),
        [
            done("ChildSeen", "2026-05-13"),
            done(
                "PlacementAssessed",
                "2026-05-18",
                placement_id="P-1",
                outcome="approved",
                kind="connected_person",
            ),
        ],
    )

    assert "met" == case.standing(APPROVAL)
    assert "2026-06-24" == case.due("cla.visit.year1.6w")
