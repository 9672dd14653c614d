"""What a clock may ask of what was before it: where a placement began, what was told since, how old the child is."""

from typing import Any

import pytest
from story import Told, begin

from caseclock.processes.catalogue import OPENERS
from caseclock.timers.packs import PackRefused, read_pack
from caseclock.timers.rulebook import rulebook
from caseclock.timers.timescale import Timescale

HEAD = """
[pack]
id = "test"
title = "Made for a test"
process = "looked_after"
reviewed_on = 2026-01-01

[[timescale]]
id = "test.clock"
duty = "Do what the test asks for"
basis = "local"
source = "this test"
verification = "K"
effective_from = 2000-01-01
counting = "day_after_trigger"
stops = [{ event = "ReviewHeld" }]
"""


def read(lines: str) -> Timescale:
    (timescale,) = read_pack(HEAD + lines, "a test").timescales
    return timescale


def under(lines: str, *happened: tuple[str, str, dict[str, Any]], born: str = "2015-06-10") -> list[str]:
    """The last days of the clocks that these lines of a pack start in a period of care, with their standings."""
    pack = read_pack(HEAD + lines, "a test")
    case: Told = begin(rulebooks=lambda authority: rulebook([pack], authority=authority, openers=OPENERS))
    case.happened("PeriodOfCareStarted", "2026-02-02", "L-1", date_of_birth=born, legal_status="V2")
    for event, on, data in happened:
        case.happened(event, on, "L-1", **data)
    return [f"{one.timer.due_on} {one.standing}" for one in case.positions("2026-03-31")]


def placed(on: str, placement: str = "P-1", **data: Any) -> tuple[str, str, dict[str, Any]]:
    return "PlacementStarted", on, {"placement_id": placement, **data}


def happened(event: str, on: str, **data: Any) -> tuple[str, str, dict[str, Any]]:
    return event, on, data


def test_a_value_may_be_refused_and_a_missing_one_is_not_it() -> None:
    lines = (
        'limit = { weeks = 1 }\nstarts = [{ event = "PlacementStarted", where_not = { kind = "adoption" } }]'
    )

    assert ["2026-02-16 overdue", "2026-03-09 overdue"] == under(
        lines,
        placed("2026-02-09"),
        placed("2026-02-23", kind="adoption"),
        placed("2026-03-02", kind="foster"),
    )


def test_what_was_told_before_the_last_placement_began_is_forgotten() -> None:
    lines = """limit = { weeks = 1 }
starts = [{ event = "ChildSeen", facts = [
  { field = "long_term", events = "PlacementStarted", since = "PlacementStarted", values = "true" },
] }]"""

    assert ["2026-02-17 overdue"] == under(
        lines,
        placed("2026-02-09", long_term=True),
        happened("ChildSeen", "2026-02-10"),
        placed("2026-02-23", "P-2"),
        happened("ChildSeen", "2026-02-24"),
    )


def test_a_fact_may_be_that_of_the_same_placement() -> None:
    """The next placement begins, on the same day, before the end of this one is written down."""
    lines = """limit = { weeks = 1 }
starts = [{ event = "PlacementEnded", facts = [
  { field = "kind", events = "PlacementStarted", same = "placement_id", not_values = "adoption" },
] }]"""

    assert ["2026-03-02 overdue"] == under(
        lines,
        placed("2026-02-09", kind="foster"),
        placed("2026-02-23", "P-2", kind="adoption"),
        happened("PlacementEnded", "2026-02-23", placement_id="P-1"),
        happened("PlacementEnded", "2026-03-02", placement_id="P-2"),
    )


@pytest.mark.parametrize(
    ("condition", "due"),
    [
        ('unless = [{ event = "VisitAttempted" }]', ["2026-02-17 overdue", "2026-03-03 overdue"]),
        ('after = [{ event = "VisitAttempted" }]', ["2026-02-19 overdue"]),
    ],
)
def test_a_clock_looks_back_to_where_the_placement_began_and_no_further(
    condition: str, due: list[str]
) -> None:
    lines = f'limit = {{ weeks = 1 }}\nstarts = [{{ event = "ChildSeen", since = "PlacementStarted", {condition} }}]'

    assert due == under(
        lines,
        placed("2026-02-09"),
        happened("ChildSeen", "2026-02-10"),
        happened("VisitAttempted", "2026-02-11"),
        happened("ChildSeen", "2026-02-12"),
        placed("2026-02-23", "P-2"),
        happened("ChildSeen", "2026-02-24"),
    )


def test_a_clock_may_count_on_from_what_happened_before_it() -> None:
    lines = """limit = { weeks = 4 }
starts = [{ event = "LegalStatusChanged", since = "PlacementStarted", counts_from_last = "ChildSeen" }]"""

    assert ["2026-03-10 overdue", "2026-03-30 overdue"] == under(
        lines,
        placed("2026-02-09"),
        happened("ChildSeen", "2026-02-10"),
        happened("LegalStatusChanged", "2026-02-20", legal_status="C1"),
        placed("2026-02-23", "P-2"),
        happened("LegalStatusChanged", "2026-03-02", legal_status="C2"),  # nobody has seen the child there
    )


@pytest.mark.parametrize(
    ("born", "due"),
    [
        ("2023-02-10", ["2026-02-16 overdue"]),  # three on the day
        ("2023-02-11", []),
        ("", ["2026-02-16 overdue"]),  # not told
    ],
)
def test_a_clock_may_run_from_an_age_on(born: str, due: list[str]) -> None:
    lines = 'limit = { working_days = 4 }\nstarts = [{ event = "PlacementStarted", age_from = 3 }]'

    assert due == under(lines, placed("2026-02-10"), born=born)


@pytest.mark.parametrize(
    ("born", "due"),
    [
        ("2021-08-11", ["2026-08-10 running"]),  # five the day after
        ("2021-08-10", []),
        ("", []),  # not told
    ],
)
def test_a_clock_may_ask_how_old_the_child_will_be(born: str, due: list[str]) -> None:
    lines = """limit = { months = 6 }
starts = [{ event = "PlacementStarted", age_under = 5, age_in = { months = 6 } }]"""

    assert due == under(lines, placed("2026-02-10"), born=born)


def test_a_start_may_have_its_own_limit_and_its_own_end() -> None:
    lines = """starts = [
  { event = "PlacementStarted", limit = { weeks = 1 }, voids = [{ event = "VisitAttempted" }] },
  { event = "ChildSeen", limit = { weeks = 6 } },
]"""

    assert ["2026-02-16 void", "2026-03-24 overdue"] == under(
        lines,
        placed("2026-02-09"),
        happened("ChildSeen", "2026-02-10"),
        happened("VisitAttempted", "2026-02-11"),
    )
    assert ["1 week", "6 weeks"] == [rule.limit.words() for rule in read(lines).limits]


def test_what_was_done_before_counts_only_for_the_occurrence_it_names() -> None:
    lines = """limit = { calendar_days = 0 }
early = true
key = "review_id"
starts = [{ event = "CarePlanChanged" }]"""

    assert ["2026-03-02 met", "2026-03-03 overdue", "2026-03-04 overdue"] == under(
        lines,
        happened("ReviewHeld", "2026-02-26", review_id="R-1"),
        happened("CarePlanChanged", "2026-03-02", review_id="R-1"),
        happened("CarePlanChanged", "2026-03-03", review_id="R-2"),
        happened("CarePlanChanged", "2026-03-04"),
    )


def test_every_event_looked_back_to_is_one_the_timer_depends_on() -> None:
    timescale = read(
        'starts = [{ event = "ChildSeen", limit = { weeks = 1 }, since = "PlacementStarted", '
        'after = [{ event = "VisitAttempted" }], voids = [{ event = "HomeNoticeReceived" }], '
        'counts_from_last = "LegalStatusChanged", facts = [{ field = "kind", events = "PlacementAssessed", '
        'since = "PlacementEnded", values = "foster" }] }]'
    )

    assert {
        "ChildSeen",
        "PlacementStarted",
        "VisitAttempted",
        "HomeNoticeReceived",
        "LegalStatusChanged",
        "PlacementAssessed",
        "PlacementEnded",
        "ReviewHeld",
    } == timescale.mentions()


def test_a_fact_must_say_which_values_it_takes_or_refuses() -> None:
    with pytest.raises(PackRefused, match="a fact needs values, or not_values"):
        read("""limit = { weeks = 1 }
starts = [{ event = "ChildSeen", facts = [{ field = "kind", events = "PlacementStarted" }] }]""")
