"""Looked-after children over the year from 1 April 2025 to 31 March 2026."""

import pytest
from care import into_care, moved_out, out_of_care, placed, reviewed, status
from caseload import YEAR_END, Caseload, counted_of
from walks import Step, step

from caseclock.timers.durations import MonthPolicy


def missing(on: str, episode: str = "M-1", **data: object) -> Step:
    return step("ChildMissing", on, episode, **data)


@pytest.mark.parametrize(
    ("steps", "counted"),
    [
        ((into_care("2026-03-31"),), 1),
        ((into_care("2026-04-01"),), 0),
        ((into_care("2025-06-02"), out_of_care("2026-03-31")), 0),
        ((into_care("2025-06-02"), out_of_care("2026-04-01")), 1),
        ((step("AdmissionPlanned", "2026-03-02", "L-1"),), 0),
        ((step("AdmissionPlanned", "2026-03-02", "L-1"), into_care("2026-03-23")), 1),
        ((into_care("2025-06-02", "short_break_series"),), 0),
        ((into_care("2025-06-02", "V4"), status("2025-09-01", "section_20")), 1),
    ],
)
def test_children_looked_after_are_those_in_care_as_the_last_day_ends(
    steps: tuple[Step, ...], counted: int
) -> None:
    assert (counted, 0) == counted_of("looked_after.rate", *steps)


@pytest.mark.parametrize(("held", "expected"), [("2026-03-02", (1, 1)), ("2026-03-03", (0, 1))])
def test_a_first_review_is_in_time_up_to_the_20th_working_day(held: str, expected: tuple[int, int]) -> None:
    """From Monday 2 February 2026."""
    assert expected == counted_of("looked_after.reviews_in_time", into_care(), reviewed(held))


@pytest.mark.parametrize(
    ("first", "second", "by_month", "by_days"),
    [
        ("2025-12-01", "2026-03-02", (1, 2), (2, 2)),  # 3 months from 1 December are 90 days
        ("2025-06-02", "2025-09-02", (2, 2), (1, 2)),  # and from 2 June 92
    ],
)
def test_a_second_review_by_either_month_policy(
    first: str, second: str, by_month: tuple[int, int], by_days: tuple[int, int]
) -> None:
    came = {"2025-12-01": "2025-11-10", "2025-06-02": "2025-05-12"}[first]
    told = (into_care(came), reviewed(first), reviewed(second, "R-2"))
    counted = [
        counted_of("looked_after.reviews_in_time", *told, policy=policy)
        for policy in (MonthPolicy.CALENDAR_MONTHS, MonthPolicy.DAYS_91_183)
    ]

    assert [by_month, by_days] == counted


def test_a_review_after_placement_for_adoption_is_judged_by_its_own_limit() -> None:
    """Four weeks from Monday 3 November 2025, in place of six months from the review of June."""
    told = (
        into_care("2025-05-12", "care_order"),
        placed("2025-05-12"),
        reviewed("2025-06-02"),
        reviewed("2025-09-02", "R-2"),
        status("2025-10-01", "placement_order"),
        moved_out("2025-11-03"),
        placed("2025-11-03", "adoption", "P-2"),
    )
    held = [
        counted_of("looked_after.reviews_in_time", *told, reviewed(on, "R-3"))
        for on in ("2025-12-01", "2025-12-02")
    ]

    assert [(3, 3), (2, 3)] == held


def test_a_review_not_yet_held_is_in_neither_number() -> None:
    assert (0, 0) == counted_of("looked_after.reviews_in_time", into_care("2025-06-02"))


def test_each_time_a_looked_after_child_goes_missing_counts() -> None:
    steps = (
        into_care("2025-01-06"),
        missing("2025-03-31", "M-0", kind="missing", **{"from": "care"}),  # before the year
        missing("2025-04-01", "M-1", kind="missing", **{"from": "care"}),
        step("ChildReturned", "2025-04-02", "M-1"),
        missing("2025-04-04", "M-2", kind="missing", **{"from": "care"}),
        missing("2025-05-06", "M-3", kind="away", **{"from": "care"}),
    )

    assert (2, 0) == counted_of("looked_after.missing", *steps)


@pytest.mark.parametrize(
    ("steps", "counted"),
    [
        ((missing("2025-06-02", **{"from": "home"}),), 0),
        ((missing("2025-06-02"),), 0),  # a child who lives at home
        ((into_care("2025-06-02"), missing("2025-06-02")), 1),
        ((into_care("2025-06-02"), out_of_care("2025-09-01"), missing("2025-09-01")), 1),
        ((into_care("2025-06-02"), out_of_care("2025-09-01"), missing("2025-09-02")), 0),
        ((into_care("2025-06-02", "short_break_series"), missing("2025-06-09")), 0),
    ],
)
def test_where_it_is_not_told_from_where_the_period_of_care_tells(
    steps: tuple[Step, ...], counted: int
) -> None:
    assert (counted, 0) == counted_of("looked_after.missing", *steps)


def _moves(*days: str) -> tuple[Step, ...]:
    """In care from 6 January 2025, in another placement from each of these days."""
    steps = [into_care("2025-01-06"), placed("2025-01-06", placement="P-0")]
    for number, on in enumerate(days):
        steps += [moved_out(on, f"P-{number}"), placed(on, placement=f"P-{number + 1}")]
    return tuple(steps)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (_moves("2025-04-01", "2025-09-01"), (1, 1)),  # the first of three went on into the year
        (_moves("2025-03-31", "2025-09-01"), (0, 1)),  # and here had ended before it
        (_moves("2025-03-31", "2025-09-01", "2026-03-31"), (1, 1)),
        (_moves("2025-09-01"), (0, 1)),
        ((*_moves("2025-06-02", "2025-09-01"), out_of_care("2026-03-31")), (0, 0)),
        ((), (0, 0)),
    ],
)
def test_three_placements_are_those_lived_in_during_the_year(
    steps: tuple[Step, ...], expected: tuple[int, int]
) -> None:
    assert expected == counted_of("looked_after.three_placements", *steps)


def test_a_temporary_move_is_no_placement() -> None:
    away = (
        step("TemporaryMoveStarted", "2025-10-01", "L-1", move_id="T-1", kind="hospital"),
        step("TemporaryMoveEnded", "2025-10-08", "L-1", move_id="T-1"),
    )

    assert (0, 1) == counted_of("looked_after.three_placements", *_moves("2025-09-01"), *away)


def test_placements_of_an_earlier_period_of_care_in_the_year_count() -> None:
    back = (
        step("PeriodOfCareStarted", "2026-01-05", "L-2", legal_status="section_20"),
        step("PlacementStarted", "2026-01-05", "L-2", placement_id="P-9", kind="foster"),
    )

    assert (1, 1) == counted_of(
        "looked_after.three_placements", *_moves("2025-09-01"), out_of_care("2025-11-03"), *back
    )


def test_a_placement_whose_end_was_not_written_down_ends_as_the_next_begins() -> None:
    old = [placed(on, placement=f"P-{on}") for on in ("2024-01-08", "2024-03-04", "2024-06-03")]

    assert (0, 1) == counted_of("looked_after.three_placements", into_care("2024-01-08"), *old)


def _settled(
    born: str = "2015-06-10", came: str = "2023-09-30", lived_there_from: str = "2024-03-31"
) -> tuple[Step, ...]:
    return (
        into_care(came, born=born),
        placed(came, placement="P-0"),
        moved_out(lived_there_from, "P-0"),
        placed(lived_there_from),
    )


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (_settled(), (1, 1)),  # two years to the day
        (_settled(lived_there_from="2024-04-01"), (0, 1)),
        (_settled(came="2023-10-01"), (0, 0)),  # in care for a day less than two and a half years
        (_settled(born="2010-04-01"), (1, 1)),  # 16 tomorrow
        (_settled(born="2010-03-31"), (0, 0)),  # 16 today
        ((*_settled(), moved_out("2026-03-31")), (0, 1)),  # placed nowhere as the day ends
        ((*_settled(), out_of_care("2026-03-31")), (0, 0)),
    ],
)
def test_the_same_placement_for_two_years_of_children_in_care_for_two_and_a_half(
    steps: tuple[Step, ...], expected: tuple[int, int]
) -> None:
    assert expected == counted_of("looked_after.same_placement", *steps)


def test_a_placement_for_adoption_is_taken_with_the_one_before_it() -> None:
    with_adopters = (moved_out("2025-11-03"), placed("2025-11-03", "adoption", "P-2"))
    in_care_again = (moved_out("2025-11-03"), placed("2025-11-03", "foster", "P-2"))

    assert [(1, 1), (0, 1)] == [
        counted_of("looked_after.same_placement", *_settled(), *moved)
        for moved in (with_adopters, in_care_again)
    ]


def test_a_child_of_whom_the_deciding_day_is_not_told_is_in_neither_number() -> None:
    unborn = step("PeriodOfCareStarted", "2020-01-06", "L-1", legal_status="care_order")
    sighted = (into_care("2023-04-03"), placed("2024-06-03", began_earlier=True))

    assert [(0, 0), (0, 0)] == [
        counted_of("looked_after.same_placement", *steps)
        for steps in ((unborn, placed("2020-01-06")), sighted)
    ]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((into_care(), placed(area="own")), (1, 1)),
        ((into_care(), placed(area="adjoining")), (0, 1)),
        ((into_care(), placed()), (0, 0)),  # where is not told
        (
            (
                into_care(),
                placed(area="own"),
                moved_out("2026-03-02"),
                placed("2026-03-02", placement="P-2", area="distant"),
            ),
            (0, 1),
        ),
        ((into_care(), placed(area="own"), out_of_care("2026-03-02")), (0, 0)),
    ],
)
def test_placements_in_the_own_area_are_those_lived_in_on_the_last_day(
    steps: tuple[Step, ...], expected: tuple[int, int]
) -> None:
    assert expected == counted_of("looked_after.in_own_area", *steps)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((into_care("2024-01-10"), out_of_care("2025-04-01", "adopted")), (1, 1)),
        ((into_care("2024-01-10"), out_of_care("2025-04-01", "E11")), (1, 1)),
        ((into_care("2024-01-10"), out_of_care("2025-04-01", "returned_home")), (0, 1)),
        ((into_care("2024-01-10"), out_of_care("2025-03-31", "adopted")), (0, 0)),  # last year
        ((into_care("2024-01-10"), out_of_care("2025-04-01", "not_told")), (0, 0)),
        ((into_care("2024-01-10", "short_break_series"), out_of_care("2025-04-01", "other")), (0, 0)),
    ],
)
def test_children_who_left_care_and_those_of_them_adopted(
    steps: tuple[Step, ...], expected: tuple[int, int]
) -> None:
    assert expected == counted_of("looked_after.adopted", *steps)


def test_a_child_who_left_care_twice_is_counted_once_by_the_last_time() -> None:
    again = (
        step("PeriodOfCareStarted", "2025-07-07", "L-2", legal_status="care_order"),
        step("PeriodOfCareEnded", "2026-03-02", "L-2", reason="adopted"),
    )
    load = Caseload()
    load.child(into_care("2024-01-10"), out_of_care("2025-05-06", "returned_home"), *again)

    assert [(1, 1), (1, 0)] == [load.counted("looked_after.adopted"), load.counted("adoption.children")]


def test_the_days_to_an_adoptive_family_are_an_average() -> None:
    """Thirty days in care before moving in with adopters, and a hundred."""
    load = Caseload()
    for came, moved_in in [("2025-01-06", "2025-02-05"), ("2025-01-06", "2025-04-16")]:
        load.child(
            into_care(came),
            placed(came, placement="P-0"),
            moved_out(moved_in, "P-0"),
            placed(moved_in, "adoption"),
            out_of_care("2026-01-12", "adopted"),
        )
    line = load.scores()["adoption.days"]

    assert (130, 2, 65.0) == (line.tally.numerator, line.denominator, line.value)


@pytest.mark.parametrize(
    "steps",
    [
        (into_care("2025-01-06"), placed("2025-01-06"), out_of_care("2026-01-12", "adopted")),
        (into_care("2025-01-06"), placed("2025-03-03", "adoption"), out_of_care("2026-01-12", "other")),
        (
            step("PeriodOfCareStarted", "2025-01-06", "L-1", legal_status="E1", began_earlier=True),
            placed("2025-03-03", "adoption"),
            out_of_care("2026-01-12", "adopted"),
        ),
    ],
)
def test_no_days_are_counted_where_either_end_of_them_is_not_told(steps: tuple[Step, ...]) -> None:
    assert (0, 0) == counted_of("adoption.days", *steps)


def test_the_placement_that_led_to_the_order_is_the_last_with_adopters() -> None:
    """A first placement for adoption broke down."""
    told = (
        into_care("2024-06-03"),
        placed("2024-07-01", "adoption", "P-1"),
        moved_out("2024-08-05", "P-1"),
        placed("2024-08-05", "foster", "P-2"),
        moved_out("2024-09-11", "P-2"),
        placed("2024-09-11", "adoption", "P-3"),
        out_of_care("2025-10-06", "adopted"),
    )

    assert (100, 1) == counted_of("adoption.days", *told, until=YEAR_END)
