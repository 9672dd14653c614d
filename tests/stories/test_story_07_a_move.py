"""A move on Friday 20 February 2026: whatever the old rhythm said, the visits start anew."""

import pytest
from care import into_care, moved_out, placed, seen
from story import Told, begin
from walks import Step, tell

FIRST = "cla.visit.first.1w"
NEXT = "cla.visit.year1.6w"
OLD_HOME = (into_care("2025-12-19"), placed("2025-12-19"), seen("2025-12-23"), seen("2026-01-27"))
OUT = moved_out("2026-02-20")
IN = placed("2026-02-20", placement="P-2")


def timers(case: Told, timescale: str, on: str) -> list[tuple[str, str]]:
    found = [one for one in case.positions(on) if one.timer.timescale == timescale]
    return sorted((str(one.timer.due_on), str(one.standing)) for one in found)


@pytest.mark.parametrize("move", [(OUT, IN), (IN, OUT)], ids=["end written first", "start written first"])
def test_a_visit_is_owed_within_a_week_of_the_move(move: tuple[Step, Step]) -> None:
    case = tell(begin(), (*OLD_HOME, *move))

    assert [("2025-12-26", "met"), ("2026-02-27", "running")] == timers(case, FIRST, "2026-02-20")
    assert ("2026-03-10", "void") in timers(case, NEXT, "2026-02-20")  # six weeks from 27 January


def test_seen_in_the_new_home_the_child_is_seen_again_six_weeks_on() -> None:
    case = tell(begin(), (*OLD_HOME, OUT, IN, seen("2026-02-24")))

    assert [("2025-12-26", "met"), ("2026-02-27", "met")] == timers(case, FIRST, "2026-03-02")
    assert ("2026-04-07", "running") in timers(case, NEXT, "2026-03-02")
