"""Recording standards: how soon something is written up, told apart from whether it was done in time.

The clocks go forward on Sunday 29 March 2026.
"""

from typing import Any

import pytest
from story import Told, begin, instant

from caseclock.processes.catalogue import OPENERS
from caseclock.timers.event import Event
from caseclock.timers.explain import explain
from caseclock.timers.history import History
from caseclock.timers.packs import PackRefused, read_pack
from caseclock.timers.rulebook import Rulebook, rulebook

HEAD = """
[pack]
id = "test"
title = "Made for a test"
process = "assessment"
reviewed_on = 2026-01-01
"""
COMMON = """
basis = "local"
source = "this test"
verification = "K"
effective_from = 2000-01-01
"""
RECORDING = f"""
[[timescale]]
id = "test.recording"
duty = "Write up a visit"
kind = "recording"
{COMMON}
"""
STARTS = 'starts = [{ event = "ChildSeen" }]\n'
COUNTING = 'counting = "day_after_trigger"\n'
SEEN_IN_TEN_DAYS = f"""
[[timescale]]
id = "test.seen"
duty = "See the child"
{COMMON}
{COUNTING}
limit = {{ calendar_days = 10 }}
starts = [{{ event = "AssessmentStarted" }}]
stops = [{{ event = "ChildSeen" }}]
"""


def book(limit: str, *more: str) -> Rulebook:
    """Rules with one standard for writing up visits, beside one for making them."""
    text = f"{HEAD}{RECORDING}{COUNTING}{STARTS}limit = {limit}\n{''.join(more)}{SEEN_IN_TEN_DAYS}"
    return rulebook([read_pack(text, "a test")], authority=None, openers=OPENERS)


def assessed(limit: str = "{ hours = 24 }", *, by: str = "sw.jones", **opened: object) -> Told:
    """An assessment under way since Monday 2 March 2026, in which the child is to be seen by 12 March.

    `opened` is what else the event that opens it tells.
    """
    rules = book(limit)
    case = begin(rulebooks=lambda _: rules)
    data: dict[str, Any] = {"kind": "single", "open_case": True, **opened}
    case.happened("AssessmentStarted", "2026-03-02", "A-1", by=by, **data)
    return case


def seen(case: Told, on: str, recorded: str, by: str = "sw.jones") -> Event:
    return case.happened("ChildSeen", on, "A-1", recorded=recorded, by=by, alone=True)


def written_up(case: Told) -> tuple[str, int]:
    position = case.timer("test.recording")
    return str(position.standing), position.over


@pytest.mark.parametrize(
    ("on", "recorded", "expected"),
    [
        ("2026-03-05 16:40", "2026-03-06 16:40", ("met", 0)),
        ("2026-03-05 16:40", "2026-03-06 16:40:00.000001", ("met_late", 1)),
        ("2026-03-05 16:40", "2026-03-07 10:40", ("met_late", 18)),
        ("2026-03-28 16:40", "2026-03-29 17:40", ("met", 0)),
        ("2026-03-28 16:40", "2026-03-29 17:41", ("met_late", 1)),
    ],
)
def test_hours_to_write_up_are_elapsed_hours(on: str, recorded: str, expected: tuple[str, int]) -> None:
    case = assessed()
    seen(case, on, recorded)

    assert expected == written_up(case)


@pytest.mark.parametrize(
    ("on", "recorded", "expected"),
    [
        ("2026-03-05", "2026-03-06 23:59", ("met", 0)),
        ("2026-03-05", "2026-03-07 00:00", ("met_late", 1)),
        ("2026-03-05 16:40", "2026-03-06", ("met", 0)),
        ("2026-03-05 16:40", "2026-03-07", ("met_late", 8)),
        ("2026-03-05", "2026-03-06", ("met", 0)),
        ("2026-03-05", "2026-03-07", ("met_late", 1)),
        ("2026-03-05", "2026-03-08", ("met_late", 24)),
    ],
)
def test_nobody_is_blamed_for_hours_that_may_not_have_passed(
    on: str, recorded: str, expected: tuple[str, int]
) -> None:
    """What is known to the day runs from the end of the day it happened to the start of the day it was written up."""
    case = assessed()
    seen(case, on, recorded)

    assert expected == written_up(case)


@pytest.mark.parametrize(
    ("limit", "last", "after", "unit"),
    [
        ("{ weeks = 2 }", "2026-03-21", "2026-03-22", "calendar_days"),  # from a Saturday to a Saturday
        ("{ working_days = 2 }", "2026-03-10", "2026-03-11", "working_days"),
        ("{ calendar_days = 0 }", "2026-03-07 23:59", "2026-03-08 00:00", "calendar_days"),
    ],
)
def test_days_and_weeks_to_write_up_are_whole_days(limit: str, last: str, after: str, unit: str) -> None:
    stands = []
    for recorded in (last, after):
        case = assessed(limit)
        seen(case, "2026-03-07 11:00", recorded)
        stands.append((*written_up(case), case.timer("test.recording").timer.unit))

    assert [("met", 0, unit), ("met_late", 1, unit)] == stands


def test_before_the_write_up_there_is_no_such_timer_and_after_it_none_that_runs() -> None:
    case = assessed()
    seen(case, "2026-03-05 16:40", "2026-03-09 10:00")

    def known(moment: str) -> list[str]:
        return [
            str(one.standing) for one in case.positions(moment, known=moment) if one.timer.is_of_recording
        ]

    assert [[], ["met_late"]] == [known("2026-03-09 09:59"), known("2026-03-09 10:00")]


def test_done_in_time_and_written_up_late_is_a_breach_of_recording_alone() -> None:
    case = assessed()
    case.swept("2026-03-13")  # nobody has written of a visit by then
    seen(case, "2026-03-10", "2026-03-20")
    case.swept("2026-03-20")

    assert ("recorded_late", "met_late") == (case.standing("test.seen"), case.standing("test.recording"))
    assert {
        ("test.seen", "withdrawn", "recorded_late"),
        ("test.recording", "closed", None),
    } == {(one.timescale, str(one.standing), one.cause) for one in case.breaches()}


def test_done_late_and_written_up_at_once_is_a_breach_of_practice_alone() -> None:
    case = assessed()
    seen(case, "2026-03-13 15:00", "2026-03-13 15:10")
    case.swept("2026-03-20")

    assert ("met_late", "met") == (case.standing("test.seen"), case.standing("test.recording"))
    assert ["test.seen"] == [one.timescale for one in case.breaches()]


def test_a_late_write_up_is_raised_once_and_closed_on_the_day_it_was_made() -> None:
    case = assessed()
    seen(case, "2026-03-05 16:40", "2026-03-09 10:00")

    assert (1, 0) == (case.swept("2026-03-09"), case.swept("2026-03-10"))
    (breach,) = case.breaches()
    assert ("closed", "2026-03-09") == (str(breach.standing), str(breach.closed_on))


def test_it_is_told_under_the_episode_and_process_of_the_event() -> None:
    """The pack is one of assessments; the visit was made under a plan."""
    case = assessed()
    case.happened("PlanStarted", "2026-03-04", "P-1", follows="A-1")
    case.happened("ChildSeen", "2026-03-05", "P-1", alone=True)
    timer = case.timer("test.recording").timer

    assert ("P-1", "child_protection_plan") == (timer.episode_id, timer.process)


def test_what_a_return_tells_was_written_up_nobody_knows_when() -> None:
    case = assessed(by="return:annex_a")
    seen(case, "2026-03-05", "2026-03-05", by="return:annex_a")
    timer = case.timer("test.recording").timer

    assert ("unknown", 0) == written_up(case)
    assert (None, None, True) == (timer.stopped_on, timer.recorded_on, timer.is_of_recording)
    assert "does not tell when this was written up" in timer.reason
    assert 0 == case.swept("2026-04-30")


@pytest.mark.parametrize(
    "opened", [{"untold": ["AssessmentAllocated"]}, {"told_from": {"AssessmentAuthorised": "2026-03-04"}}]
)
def test_neither_does_anybody_know_of_a_source_that_tells_in_part(opened: dict[str, Any]) -> None:
    case = assessed(**opened)
    seen(case, "2026-03-05", "2026-03-25")

    assert ("unknown", 0) == written_up(case)


def test_what_a_person_adds_to_what_a_return_opened_is_that_persons_own_telling() -> None:
    case = assessed(by="return:cin_census", untold=["AssessmentAllocated"])
    seen(case, "2026-03-05 10:00", "2026-03-06 12:30")

    assert ("met_late", 3) == written_up(case)


def test_a_correction_to_an_earlier_day_makes_the_write_up_later() -> None:
    case = assessed()
    visit = seen(case, "2026-03-09 10:00", "2026-03-09 11:00")
    case.corrected(visit, "2026-03-05 10:00", recorded="2026-03-16")

    assert ("met_late", 73) == written_up(case)


def test_a_correction_to_a_later_day_withdraws_the_breach_since_its_date_moved() -> None:
    case = assessed()
    visit = seen(case, "2026-03-05 10:00", "2026-03-09 11:00")
    case.swept("2026-03-09")
    case.corrected(visit, "2026-03-09 10:00", recorded="2026-03-16")

    assert ("met", 0) == written_up(case)
    assert [("withdrawn", "rescheduled")] == [(str(one.standing), one.cause) for one in case.breaches()]


def test_what_is_taken_back_needed_no_write_up() -> None:
    case = assessed()
    visit = seen(case, "2026-03-05 10:00", "2026-03-09 11:00")
    case.swept("2026-03-09")
    case.retracted(visit, recorded="2026-03-16")

    assert [] == [one for one in case.positions() if one.timer.is_of_recording]
    assert [("withdrawn", "retracted")] == [(str(one.standing), one.cause) for one in case.breaches()]


def test_its_explanation_names_the_write_up_and_blames_no_practice() -> None:
    case = assessed()
    visit = seen(case, "2026-03-05", "2026-03-09")
    with case.engine.store.snapshot() as unit:
        history = History(unit.events(case.authority, case.case_id), OPENERS)
        setting = case.engine.setting(unit, case.authority)
    timer = case.timer("test.recording").timer
    told = explain(history, setting, timer.timer_id, instant("2026-04-01")).lines()

    assert visit.event_id == timer.stop_event
    assert [
        "The limit: written up within 24 hours by the clock, whatever it does on the wall.",
        "Only the day on which it happened is known, so the hours are counted from its end.",
        "It ends at 23:59 on Friday 6 March 2026.",
        "It was stopped by the write-up of that same event: Monday 9 March 2026, by sw.jones.",
        (
            "As at Wednesday 1 April 2026: It was written up late by 48 hours. "
            "The recording is late; whether the practice was is told by other timescales."
        ),
    ] == [told[2], *told[4:]]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            f"{COUNTING}{STARTS}limit = {{ hours = 24 }}\nstops = [{{ event = 'ChildSeen' }}]",
            "take out stops",
        ),
        (f"{COUNTING}{STARTS}limit = {{ hours = 24 }}\nkey = 'review_id'\nearly = true", "out early, key"),
        (f"{COUNTING}starts = [{{ event = 'ChildSeen', nth = 1 }}]\nlimit = {{ hours = 24 }}", "out nth"),
        (f"{COUNTING}{STARTS}", "and one limit"),
        (f"{COUNTING}limit = {{ hours = 24 }}", "needs starts"),
        (f"counting = 'beginning_with'\n{STARTS}limit = {{ weeks = 2 }}", "day_after_trigger"),
    ],
)
def test_a_recording_standard_that_looks_at_anything_else_does_not_load(lines: str, sentence: str) -> None:
    with pytest.raises(PackRefused, match=sentence):
        read_pack(f"{HEAD}{RECORDING}{lines}\n", "a test")
