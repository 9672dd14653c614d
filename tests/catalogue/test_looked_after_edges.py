"""The first and the last day of a period of care, and what a source does not tell of it."""

from care import done, due, into_care, moved_out, out_of_care, placed, reviewed, running, seen, status
from story import begin
from walks import tell

IN_CARE = (into_care(), placed())


def test_a_child_who_has_left_care_is_owed_nothing_new_by_what_is_written_on_the_last_day() -> None:
    case = tell(
        begin(),
        (
            *IN_CARE,
            out_of_care("2026-02-09"),
            seen("2026-02-09"),
            reviewed("2026-02-09"),
            moved_out("2026-02-09"),
        ),
    )

    assert ["2026-02-09 met"] == due(case, "cla.visit.first.1w")
    assert [] == running(case, "2026-02-09", about=".visit.")
    assert ["cla.review.decisions.5wd", "cla.review.distribute.20wd", "cla.review.record.15wd"] == running(
        case, "2026-02-09", about=".review."
    )


def test_where_a_source_tells_only_the_rest_of_a_period_nothing_runs_from_its_first_sight() -> None:
    """A return begins on 1 April; which review is the first, and when the placement began, nobody knows."""
    case = begin()
    case.happened("PeriodOfCareStarted", "2026-04-01", "L-1", legal_status="C2", began_earlier=True)
    tell(case, (placed("2026-04-01", began_earlier=True), reviewed("2026-05-18")))

    assert {
        "cla.review.next.6m",
        "cla.review.decisions.5wd",
        "cla.review.record.15wd",
        "cla.review.distribute.20wd",
    } == {one.timer.timescale for one in case.positions()}
    assert "2026-11-18" == case.due("cla.review.next.6m")


def test_what_is_due_before_a_planned_admission_may_be_done_before_it() -> None:
    case = tell(
        begin(),
        (
            done("AdmissionPlanned", "2026-01-19", date_of_birth="2022-01-15"),
            done("HealthAssessmentCompleted", "2026-01-21", kind="initial"),
            done("CarePlanPrepared", "2026-01-22"),
            done("PlacementPlanPrepared", "2026-01-23", placement_id="P-1"),
            done("PlacementNoticeGiven", "2026-01-26", placement_id="P-1"),
            into_care(born="2022-01-15"),
            placed(emergency=False),
        ),
    )

    assert {
        "cla.iha.20wd": "met",
        "cla.careplan.10wd": "met",
        "cla.placementplan.5wd": "met",
        "cla.notify.placement": "met",
        "cla.iha.request.5wd": "met",
    } == {
        one.timer.timescale: str(one.standing)
        for one in case.positions("2026-02-02")
        if one.standing == "met"
    }
    assert ["2026-07-21 running"] == due(case, "cla.rha.u5.6m", "2026-02-02")


def test_a_notice_of_another_placement_does_not_count_for_this_one() -> None:
    case = tell(begin(), (*IN_CARE, done("PlacementNoticeGiven", "2026-02-03", placement_id="P-2")))

    assert ["2026-02-09 overdue"] == due(case, "cla.notify.placement", "2026-02-10")


def test_under_a_care_order_no_care_plan_is_asked_for_by_the_tenth_day() -> None:
    case = tell(begin(), (into_care(legal_status="C2"), placed()))

    assert [] == due(case, "cla.careplan.10wd")


def test_a_review_that_no_one_named_is_not_taken_for_one_held_before_the_change() -> None:
    """A change that names no review was considered at none, however many were held before."""
    case = tell(begin(), (*IN_CARE, reviewed("2026-02-26"), done("CarePlanChanged", "2026-03-10")))

    assert ["2026-03-10 overdue"] == due(case, "cla.careplan.change.review", "2026-03-11")


def test_an_interim_order_renewed_at_home_starts_the_weekly_visits_anew() -> None:
    case = tell(
        begin(),
        (
            into_care(legal_status="C1"),
            placed(kind="with_parents"),
            seen("2026-02-06"),
            reviewed("2026-02-26"),
            status("2026-03-02", "C1"),
        ),
    )

    assert ["2026-02-09 met", "2026-02-13 overdue", "2026-03-06 void", "2026-03-09 running"] == due(
        case, "cla.visit.reg24.weekly", "2026-03-02"
    )


def test_a_temporary_move_leaves_the_visits_of_the_placement_as_they_were() -> None:
    case = tell(
        begin(),
        (
            *IN_CARE,
            seen("2026-02-06"),
            done("TemporaryMoveStarted", "2026-02-10", move_id="M-1", kind="hospital"),
            done("TemporaryMoveEnded", "2026-02-13", move_id="M-1"),
        ),
    )

    assert ["cla.visit.year1.6w"] == running(case, "2026-02-13", about=".visit.")


def test_a_placement_made_long_term_later_is_visited_every_three_months_from_the_next_visit() -> None:
    case = tell(
        begin(),
        (
            into_care("2024-01-08"),
            placed("2024-01-08"),
            seen("2025-02-03"),
            done("PlacementLengthDecided", "2025-02-10", placement_id="P-1", long_term=True),
            seen("2025-03-10"),
        ),
    )

    assert ["2025-03-17 met"] == due(case, "cla.visit.year1.6w")
    assert ["2025-06-10 running"] == due(case, "cla.visit.perm.3m", "2025-03-10")


def test_no_education_plan_is_asked_for_before_the_third_birthday() -> None:
    baby = tell(begin(), (into_care(born="2025-03-01"), placed()))
    toddler = tell(begin(), (into_care(born="2023-02-02"), placed()))

    assert ([], ["2026-02-16 running"]) == tuple(
        due(case, "cla.pep.initiate.10wd", "2026-02-02") for case in (baby, toddler)
    )
