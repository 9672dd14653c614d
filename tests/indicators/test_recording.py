"""How much was written up as soon as an authority wants it, by standard, beside what was done in time.

Thurrock wants what tells of risk written up in 24 hours and other work in two weeks, eight in ten of each.
"""

import pytest
from caseload import YEAR_END, Caseload
from walks import step

RISK, OTHER = "local.recording.risk.24h", "local.recording.other.2w"
PLAN = step("PlanStarted", "2025-06-02", "P-1", conference_held_on="2025-06-02")
EARLIER = PLAN.moved("2025-01-13")


def visits(load: Caseload, *told: tuple[str, str], by: str = "sw.jones") -> None:
    """A child on a plan is visited: on these days, written up on those."""
    case = load.child(EARLIER)
    for on, recorded in told:
        case.happened("ChildSeen", on, "P-1", recorded=recorded, by=by, alone=True)


@pytest.fixture
def load() -> Caseload:
    return Caseload(authority="thurrock")


def test_each_standard_is_counted_by_itself(load: Caseload) -> None:
    visits(load, ("2026-02-02", "2026-02-16"), ("2026-02-03", "2026-02-18"), ("2026-02-04", "2026-02-04"))
    case = load.child()
    case.happened(
        "StrategyDiscussionHeld",
        "2026-02-02 10:00",
        "S-1",
        recorded="2026-02-03 10:01",
        initiates_section_47=True,
    )
    case.happened("Section47Started", "2026-02-03 11:00", "S-1")
    scores = load.scores()

    assert {RISK: (1, 2, 50.0), OTHER: (2, 3, 200 / 3)} == {
        name: (scores[name].tally.numerator, scores[name].denominator, scores[name].value)
        for name in (RISK, OTHER)
    }


def test_a_write_up_counts_in_the_period_in_which_it_was_made(load: Caseload) -> None:
    """Of a visit of March written up in April nobody knew as the year ended."""
    visits(load, ("2025-03-17", "2025-04-02"), ("2026-03-16", "2026-04-01"))

    assert [(0, 1), (0, 1)] == [
        load.counted(OTHER),
        load.counted(OTHER, "2026-04-30", months=1),
    ]


def test_what_is_written_up_on_the_last_day_counts_and_on_the_day_before_the_first_does_not(
    load: Caseload,
) -> None:
    visits(load, ("2025-03-31", "2025-03-31"), ("2025-04-01", "2025-04-01"), ("2026-03-31", "2026-03-31"))

    assert (2, 2) == load.counted(OTHER)


def test_what_a_return_tells_is_in_neither_number(load: Caseload) -> None:
    visits(load, ("2026-02-02", "2026-02-02"), by="return:annex_a")

    assert (0, 0) == load.counted(OTHER)


def test_the_target_share_stands_beside_it(load: Caseload) -> None:
    assert {"Target share": 80.0} == load.scores()[RISK].comparators


def test_an_authority_without_the_standard_has_no_such_line() -> None:
    assert set() == {name for name in Caseload().scores() if "recording" in name}


def test_practice_is_counted_alike_with_and_without_recording_standards() -> None:
    """The same late write-up of a review in time, in an authority that has such standards and in one that has not."""
    told = []
    for authority in ("thurrock", "anywhere"):
        load = Caseload(authority=authority)
        case = load.child(PLAN)
        case.happened(
            "ReviewConferenceHeld",
            "2025-09-02",
            "P-1",
            recorded="2025-11-03",
            conference_id="RC-1",
            outcome="end",
        )
        told.append(
            {name: line.tally for name, line in load.scores(YEAR_END).items() if "recording" not in name}
        )

    assert told[0] == told[1]


def test_a_late_write_up_alone_leaves_the_practice_and_takes_from_the_recording(load: Caseload) -> None:
    case = load.child(PLAN)
    case.happened(
        "ReviewConferenceHeld",
        "2025-09-02",
        "P-1",
        recorded="2025-11-03",
        conference_id="RC-1",
        outcome="continue",
    )
    case.happened("ReviewConferenceHeld", "2026-03-02", "P-1", conference_id="RC-2", outcome="continue")
    scores = load.scores()
    plans = scores["plans.reviews_in_time"]

    assert (100.0, 0.0) == (plans.value, plans.recording_value)
    assert (1, 2) == load.counted(OTHER)
