"""Where an engine goes wrong on looked-after children, each named as the catalogue names it."""

import pytest
from care import done, due, into_care, moved_out, placed, reviewed, running, seen, status
from story import begin
from walks import Step, tell

from caseclock.processes.catalogue import rules_of
from caseclock.timers.durations import Unit
from caseclock.workflow.refusals import ExtensionRefused

IN_CARE = (into_care(), placed())
BREAKS = into_care(legal_status="short_break_series")


def stays(*days: tuple[str, str]) -> list[Step]:
    """Short breaks, each from a day to a day."""
    return [
        one
        for n, (start, end) in enumerate(days, 1)
        for one in (placed(start, "short_break", f"SB-{n}"), moved_out(end, f"SB-{n}"))
    ]


def test_trap_3_a_review_found_later_splits_the_interval() -> None:
    case = tell(begin(), (*IN_CARE, reviewed("2026-02-26"), reviewed("2026-05-20", "R-2")))
    case.happened("ReviewHeld", "2026-11-02", "L-1", review_id="R-4")
    case.happened("ReviewHeld", "2026-09-01", "L-1", recorded="2026-11-30", review_id="R-3")

    assert ["2026-11-20 recorded_late", "2027-03-01 met", "2027-05-02 overdue"] == due(
        case, "cla.review.next.6m"
    )


def test_trap_3_each_move_starts_the_first_week_anew() -> None:
    moves = [
        (moved_out(day, f"P-{n}"), placed(day, placement=f"P-{n + 1}"))
        for n, day in ((1, "2026-02-06"), (2, "2026-02-13"))
    ]
    case = tell(begin(), (*IN_CARE, *(one for move in moves for one in move)))

    assert ["2026-02-09 void", "2026-02-13 void", "2026-02-20 running"] == due(
        case, "cla.visit.first.1w", "2026-02-13"
    )


def test_trap_3_a_move_does_not_inherit_what_the_last_placement_was_meant_to_be() -> None:
    """Two years in a long-term placement, then a new one: six weeks again, and no agreement carried over."""
    case = tell(
        begin(),
        (
            into_care("2024-01-08"),
            placed("2024-01-08", long_term=True, child_agrees=True),
            moved_out("2026-01-12"),
            placed("2026-01-12", placement="P-2"),
            seen("2026-01-14"),
        ),
    )

    assert ["2026-02-25 running"] == due(case, "cla.visit.year1.6w", "2026-01-14")
    assert [] == due(case, "cla.visit.ltf.6m")


def test_trap_3_home_under_a_care_order_the_week_runs_from_the_order_not_the_move() -> None:
    case = tell(
        begin(),
        (
            into_care(legal_status="C1"),
            placed(kind="with_parents"),
            seen("2026-02-27"),
            status("2026-03-02", "C2"),
        ),
    )

    assert ["2026-03-09 running"] == due(case, "cla.visit.co_home", "2026-03-02")
    assert ["cla.visit.co_home"] == running(case, "2026-03-02", about=".visit.")


@pytest.mark.parametrize(
    ("assessed", "first_review", "derived", "regulation"),
    [
        ("2026-03-04", "2026-03-09", "2026-03-02 met_late", "2026-03-09 met"),  # a late review
        ("2026-02-25", "2026-02-16", "2026-03-02 met", "2026-02-16 met_late"),  # an early one
    ],
)
def test_trap_4_a_derived_limit_parts_company_with_the_regulation_where_the_review_moves(
    assessed: str, first_review: str, derived: str, regulation: str
) -> None:
    steps = sorted(
        [done("HealthAssessmentCompleted", assessed, kind="initial"), reviewed(first_review)],
        key=lambda one: one.on,
    )
    case = tell(begin(), (*IN_CARE, *steps))

    assert [derived] == due(case, "cla.iha.20wd")
    assert [regulation] == due(case, "cla.iha.before_review")


def test_trap_4_permanence_is_bound_to_the_second_review_and_not_to_four_months() -> None:
    early = tell(begin(), (*IN_CARE, reviewed("2026-02-26"), reviewed("2026-04-01", "R-2")))
    late = tell(
        begin(),
        (
            *IN_CARE,
            reviewed("2026-02-26"),
            reviewed("2026-06-01", "R-2"),
            done("PermanencePlanAgreed", "2026-06-01"),
        ),
    )

    assert ["2026-04-01 overdue", "2026-05-26 void"] == due(early, "cla.permanence.2ndreview")
    assert ["2026-05-26 met_late", "2026-06-01 met"] == due(late, "cla.permanence.2ndreview")


def test_trap_5_placement_for_adoption_replaces_the_ordinary_reviews_and_visits() -> None:
    case = tell(
        begin(),
        (
            *IN_CARE,
            seen("2026-02-06"),
            reviewed("2026-02-26"),
            moved_out("2026-03-02"),
            placed("2026-03-02", "adoption", "P-2"),
        ),
    )

    assert ["adoption.visit.weekly"] == running(case, "2026-03-02", about=".visit.")
    assert ["adoption.review.placed.4w"] == running(case, "2026-03-02", about=".review.p")
    assert ["2026-05-26 void"] == due(case, "cla.review.second.3m", "2026-03-02")
    assert ["2026-03-30 running"] == due(case, "adoption.review.placed.4w", "2026-03-02")


def test_trap_5_after_the_first_review_with_adopters_no_number_of_visits_is_set() -> None:
    case = tell(
        begin(),
        (
            *IN_CARE,
            placed("2026-03-02", "adoption", "P-2"),
            seen("2026-03-06"),
            reviewed("2026-03-11"),
            seen("2026-03-20"),
        ),
    )

    assert [] == running(case, "2026-03-20", about=".visit.")
    assert ["2026-06-11 running"] == due(case, "adoption.review.placed.3m", "2026-03-20")


def test_trap_5_once_the_authority_may_place_for_adoption_other_reviews_run() -> None:
    case = tell(begin(), (*IN_CARE, reviewed("2026-02-26"), status("2026-03-16", "E1")))

    assert ["2026-05-26 void"] == due(case, "cla.review.second.3m", "2026-03-16")
    assert ["2026-06-16 running"] == due(case, "adoption.review.unplaced.3m", "2026-03-16")
    assert ["cla.visit.first.1w"] == running(case, "2026-03-16", about=".visit.")  # visits are as before


def test_trap_5_short_breaks_have_visits_and_reviews_of_their_own_and_no_assessments() -> None:
    case = tell(begin(), (BREAKS, placed("2026-02-06", "short_break", "SB-1"), seen("2026-02-07")))

    assert [
        "cla.careplan.10wd",
        "cla.iro.appoint.5wd",
        "cla.shortbreak.limits",
        "cla.shortbreak.review",
        "cla.shortbreak.stay.17d",
        "cla.shortbreak.visit",
    ] == running(case, "2026-02-07", about="cla.")


def test_trap_5_a_child_on_remand_has_the_care_plan_of_the_remand() -> None:
    case = tell(begin(), (into_care(legal_status="J1"), placed()))

    assert ["cla.remand.careplan"] == running(case, "2026-02-02", about="careplan")


def test_trap_6_seventeen_days_are_a_stay_and_the_eighteenth_is_one_too_many() -> None:
    case = tell(begin(), (BREAKS, *stays(("2026-02-06", "2026-02-23"), ("2026-04-06", "2026-04-24"))))

    assert ["2026-02-23 met", "2026-04-23 met_late"] == due(case, "cla.shortbreak.stay.17d")


def test_trap_6_seventy_five_days_are_counted_in_any_twelve_months_and_not_in_calendar_years() -> None:
    """Four stays of 17 days leave seven days to a fifth, whatever the calendar year."""
    four = (
        ("2025-06-02", "2025-06-19"),
        ("2025-09-01", "2025-09-18"),
        ("2025-12-01", "2025-12-18"),
        ("2026-02-02", "2026-02-19"),
    )
    fifth = tell(begin(), (into_care("2025-06-02", "V4"), *stays(*four, ("2026-04-06", "2026-04-14"))))
    a_year_on = tell(begin(), (into_care("2025-06-02", "V4"), *stays(*four, ("2026-06-22", "2026-07-08"))))

    assert "2026-04-13 met_late" in due(fifth, "cla.shortbreak.limits")
    assert "2026-07-16 met" in due(a_year_on, "cla.shortbreak.limits")


def test_trap_6_seventy_two_hours_are_the_sum_of_stays_in_28_days() -> None:
    def secure(what: str, on: str, stay: str) -> Step:
        return done(f"SecureAccommodation{what}", on, stay_id=stay)

    case = tell(
        begin(),
        (
            *IN_CARE,
            secure("Started", "2026-03-02 12:00", "S-1"),
            secure("Ended", "2026-03-04 12:00", "S-1"),  # 48 hours
            secure("Started", "2026-03-13 09:00", "S-2"),
        ),
    )

    assert ["2026-03-05 12:00:00+00:00 met", "2026-03-14 09:00:00+00:00 overdue"] == due(
        case, "cla.secure.72h"
    )


@pytest.mark.parametrize(
    ("timescale", "unit"),
    [
        ("adoption.review.placed.4w", Unit.WEEKS),  # not 20 working days
        ("cla.review.first.20wd", Unit.WORKING_DAYS),
        ("cla.visit.first.1w", Unit.WEEKS),  # not five working days
        ("cla.secure.72h", Unit.HOURS),  # not three days
        ("cla.reg24.16w", Unit.WEEKS),  # not four months
        ("cla.visit.perm.3m", Unit.MONTHS),  # not twelve weeks
    ],
)
def test_trap_7_units_that_look_alike_are_kept_apart(timescale: str, unit: Unit) -> None:
    assert {unit} == {rule.limit.unit for rule in rules_of(None).rules[timescale][-1].limits}


def test_trap_7_four_weeks_and_twenty_working_days_end_on_different_days_around_easter() -> None:
    adopted = tell(begin(), (into_care("2026-03-16"), placed("2026-03-16", "adoption")))
    fostered = tell(begin(), (into_care("2026-03-16"), placed("2026-03-16")))

    assert "2026-04-13" == adopted.due("adoption.review.placed.4w")
    assert "2026-04-15" == fostered.due("cla.review.first.20wd")


def test_trap_8_a_visit_that_was_attempted_stops_no_clock() -> None:
    case = tell(begin(), (*IN_CARE, done("VisitAttempted", "2026-02-06")))

    assert ["2026-02-09 overdue"] == due(case, "cla.visit.first.1w", "2026-02-10")


def test_trap_8_a_visit_between_short_breaks_is_not_a_visit_on_a_placed_day() -> None:
    case = tell(begin(), (BREAKS, *stays(("2026-02-06", "2026-02-08")), seen("2026-02-20")))

    assert ["2026-05-06 running"] == due(case, "cla.shortbreak.visit", "2026-02-20")


def test_trap_10_silence_is_agreement() -> None:
    case = tell(
        begin(),
        (*IN_CARE, reviewed("2026-02-26"), done("ReviewDecisionsIssued", "2026-03-05", review_id="R-1")),
    )

    assert ["2026-03-12 met"] == due(case, "cla.review.la_response.5wd", "2026-03-13")  # ten from the review


def test_trap_12_only_the_connected_persons_approval_can_be_moved() -> None:
    case = tell(begin(), IN_CARE)
    timer = case.timer("cla.review.first.20wd", "2026-02-02").timer

    with pytest.raises(ExtensionRefused, match="gives no extension"):
        case.happened("TimerExtended", "2026-02-20", "L-1", timer_id=timer.timer_id, reason="illness")


@pytest.mark.parametrize(
    ("started", "weeks_end"),
    [
        ("2020-04-23", "2020-08-13"),
        ("2020-04-24", "2020-10-09"),
        ("2020-09-25", "2021-03-12"),
        ("2020-09-28", "2021-01-18"),
    ],
)
def test_trap_13_a_temporary_rule_holds_for_what_starts_under_it(started: str, weeks_end: str) -> None:
    """Sixteen weeks but for the summer of 2020, when it was twenty-four."""
    case = tell(begin(), (into_care(started), placed(started, "connected_person_temporary")))

    assert weeks_end == case.due("cla.reg24.16w")


@pytest.mark.parametrize(("started", "due_on"), [("2011-03-31", "2011-04-28"), ("2011-04-01", "2011-05-05")])
def test_trap_14_a_clock_keeps_the_rule_of_the_day_on_which_it_started(started: str, due_on: str) -> None:
    """Four weeks under the old regulations, 20 working days under the new, with a royal wedding on 29 April."""
    assert due_on == tell(begin(), [into_care(started)]).due("cla.review.first.20wd")


def test_trap_15_what_was_not_practicable_is_recorded_with_its_reason_and_stays_late() -> None:
    case = tell(begin(), (into_care(), placed(emergency=True)))
    timer = case.timer("cla.notify.placement", "2026-02-02").timer
    case.happened(
        "TimerExtended", "2026-02-09", "L-1", timer_id=timer.timer_id, reason="the father can't be found"
    )
    tell(case, [done("PlacementNoticeGiven", "2026-02-12", placement_id="P-1")])

    assert ["2026-02-09 met_late"] == due(case, "cla.notify.placement")


def test_trap_19_the_fifth_birthday_switches_the_interval_in_mid_cycle() -> None:
    case = tell(
        begin(),
        (
            into_care("2025-06-02", born="2021-01-15"),
            placed("2025-06-02"),
            done("HealthAssessmentCompleted", "2025-06-20", kind="initial"),
            done("HealthAssessmentCompleted", "2025-12-10", kind="review"),
        ),
    )

    assert ["2025-12-20 met"] == due(case, "cla.rha.u5.6m")
    assert ["2026-12-10 running"] == due(case, "cla.rha.5plus.12m", "2026-01-05")


def test_trap_20_no_number_of_wales_or_scotland_holds() -> None:
    """Wales: 15 working days to a secure review, four weeks and 120 days of short breaks."""
    case = tell(begin(), (*IN_CARE, done("SecureAccommodationStarted", "2026-03-06 09:00", stay_id="S-1")))
    told = {
        rule.limit.words()
        for name in ("cla.secure.review.1m", "cla.shortbreak.limits", "cla.shortbreak.stay.17d")
        for version in rules_of(None).rules[name]
        for rule in version.limits
    }

    assert ["2026-04-06 running"] == due(case, "cla.secure.review.1m", "2026-03-06")
    assert {"1 month", "3 months", "75 calendar days", "17 calendar days"} == told
