"""Contacts, referrals and assessments over the year from 1 April 2025 to 31 March 2026."""

import pytest
from caseload import YEAR_END, Caseload, counted_of
from story import Told
from walks import Step, step


def referral(on: str) -> Step:
    return step("ReferralReceived", on, f"R-{on}")


def nothing_further(on: str) -> tuple[Step, Step]:
    """A referral that leads to nothing, so that a further one is a new referral."""
    return referral(on), step("ReferralDecided", on, f"R-{on}", outcome="no_further_action")


def started(on: str, **data: object) -> Step:
    return step("AssessmentStarted", on, f"A-{on}", kind="single", open_case=True, **data)


def authorised(began: str, on: str) -> Step:
    return step("AssessmentAuthorised", on, f"A-{began}", outcome="child_in_need")


def test_contacts_and_referrals_are_told_per_ten_thousand_children() -> None:
    load = Caseload()
    load.child(step("ContactReceived", "2025-06-02", "C-1"), step("ContactReceived", "2025-09-01", "C-2"))
    load.child(*nothing_further("2025-06-02"))
    scores = load.scores(population=40_000)

    assert [(2, 40_000, 0.5), (1, 40_000, 0.25)] == [
        (line.tally.numerator, line.denominator, line.value)
        for line in (scores["contacts.rate"], scores["referrals.rate"])
    ]


def test_a_rate_of_a_quarter_is_told_for_a_whole_year() -> None:
    """475 referrals a year to 10,000 children are a quarter of that in three months."""
    load = Caseload()
    load.child(*nothing_further("2026-02-02"))
    quarter = load.scores(months=3, population=10_000)["referrals.rate"]

    assert (1, 4.0) == (quarter.tally.numerator, quarter.value)


@pytest.mark.parametrize(
    ("first", "again", "expected"),
    [
        ("2024-05-10", "2025-05-10", (1, 1)),  # the corresponding date is still within twelve months
        ("2024-05-10", "2025-05-11", (0, 1)),
        ("2025-05-10", "2025-05-12", (1, 2)),  # the first is a referral of the year too
        ("2025-03-28", "2025-04-01", (1, 1)),  # of which the first is not
    ],
)
def test_a_referral_within_twelve_months_of_the_one_before_is_a_re_referral(
    first: str, again: str, expected: tuple[int, int]
) -> None:
    assert expected == counted_of("referrals.again", *nothing_further(first), *nothing_further(again))


@pytest.mark.parametrize(("again", "expected"), [("2025-02-28", (1, 1)), ("2025-03-01", (0, 1))])
def test_twelve_months_after_29_february_end_with_28_february(again: str, expected: tuple[int, int]) -> None:
    told = (*nothing_further("2024-02-29"), *nothing_further(again))

    assert expected == counted_of("referrals.again", *told, until="2025-03-31")


def test_each_of_a_chain_of_referrals_is_held_against_the_one_before_it() -> None:
    """The third came 22 months after the first, and ten after the second."""
    told = [one for on in ("2024-05-10", "2025-05-02", "2026-03-05") for one in nothing_further(on)]

    assert (2, 2) == counted_of("referrals.again", *told)


def test_one_childs_referral_makes_no_other_childs_a_re_referral() -> None:
    load = Caseload()
    load.child(*nothing_further("2025-05-02"))
    load.child(*nothing_further("2025-06-02"))

    assert (0, 2) == load.counted("referrals.again")


def test_a_referral_taken_back_makes_no_re_referral() -> None:
    load = Caseload()
    case = load.child()
    wrong = case.happened("ReferralReceived", "2025-05-02", "R-1")
    case.retracted(wrong, recorded="2025-05-06")
    case.happened("ReferralReceived", "2025-06-02", "R-2")

    assert (0, 1) == load.counted("referrals.again")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-03-10", (1, 1)),  # Tuesday 6 January is day 0 of the statistic, Tuesday 10 March day 45
        ("2026-03-11", (0, 1)),
    ],
)
def test_an_assessment_is_timely_up_to_its_own_45th_working_day(on: str, expected: tuple[int, int]) -> None:
    """The referral of 2 January, from which the duty runs, was due on 6 March: the statistic does not ask."""
    told = (referral("2026-01-02"), started("2026-01-06", follows="R-2026-01-02"))

    assert expected == counted_of("assessments.in_time", *told, authorised("2026-01-06", on))


def test_assessments_authorised_in_the_year_are_counted_whenever_they_began() -> None:
    load = Caseload()
    load.child(started("2025-03-17"), authorised("2025-03-17", "2025-04-01"))
    load.child(started("2025-03-18"), authorised("2025-03-18", "2025-03-31"))

    assert [(1, 1), (1, 0)] == [load.counted("assessments.in_time"), load.counted("assessments.rate")]


@pytest.mark.parametrize("ended", [(), (step("AssessmentCancelled", "2025-12-01", "A-2025-06-02"),)])
def test_an_assessment_cancelled_or_still_open_is_in_neither_number(ended: tuple[Step, ...]) -> None:
    assert (0, 0) == counted_of("assessments.in_time", started("2025-06-02"), *ended)


def _authorised(case: Told, began: str, on: str, recorded: str, by: str = "mgr.khan") -> None:
    case.happened("AssessmentAuthorised", on, f"A-{began}", recorded=recorded, by=by, outcome="child_in_need")


def test_late_practice_and_late_recording_are_told_apart() -> None:
    """Four assessments due on 10 March: in time; in time and written up late; late; and told by a return."""
    load = Caseload()
    for on, recorded in [
        ("2026-03-10", "2026-03-10"),
        ("2026-03-10", "2026-03-11"),
        ("2026-03-11", "2026-03-11"),
    ]:
        _authorised(load.child(started("2026-01-06")), "2026-01-06", on, recorded)
    _authorised(
        load.child(started("2026-01-06")), "2026-01-06", "2026-03-10", "2026-03-10", "return:cin_census"
    )
    line = load.scores()["assessments.in_time"]

    assert (3, 4, 75.0) == (line.tally.numerator, line.denominator, line.value)
    assert (1, 1, 3) == (line.tally.recorded_late, line.tally.both_in_time, line.tally.told)
    assert 100 / 3 == line.recording_value


def test_of_what_returns_tell_alone_no_recording_is_told() -> None:
    load = Caseload()
    _authorised(load.child(started("2026-01-06")), "2026-01-06", "2026-03-10", "2026-03-10", "return:annex_a")
    line = load.scores()["assessments.in_time"]

    assert (100.0, None) == (line.value, line.recording_value)


def test_before_the_write_up_was_made_it_was_not_known_to_be_done() -> None:
    load = Caseload()
    _authorised(load.child(started("2026-01-06")), "2026-01-06", "2026-03-10", "2026-04-14")

    assert [(0, 0), (1, 1)] == [
        load.counted("assessments.in_time"),
        load.counted("assessments.in_time", YEAR_END, known="2026-04-14"),
    ]
