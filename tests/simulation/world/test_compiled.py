"""What is compiled says what it was compiled from: moves those of the machines, clocks those of the evaluation."""

from datetime import date, timedelta
from itertools import accumulate

import pytest

from caseclock.processes.catalogue import PROCESSES, rules_of
from caseclock.processes.definition import NOT_BEGUN, Process
from caseclock.processes.machine import drive
from caseclock.simulation.compiled import DueTable, moved, moves_of
from caseclock.simulation.compiled_path import CompiledPath, PathRefused, Step, live_through
from caseclock.simulation.six_stages import STAGES, STEPS, six_stages
from caseclock.simulation.world.chance import Chance
from caseclock.timers.calendar import england_and_wales
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.timer import BREACHED_OUTCOMES, Outcome

FIRST, LAST = date(2023, 1, 2), date(2026, 12, 31)
#: days between events of generated cases
_WAITS = (0, 0, 1, 2, 5, 14, 21, 40, 64, 95)


@pytest.mark.parametrize("process", PROCESSES.values(), ids=lambda process: process.name)
def test_compiled_moves_are_those_of_the_machine(process: Process) -> None:
    """Every state, every event, every value that a move looks at, one it does not know, and none."""
    moves = moves_of(process)
    told: list[tuple[str, str, object]] = []
    for event in process.events:
        fields = {name for move in process.moves if move.event == event for name in move.if_}
        values = {
            value
            for move in process.moves
            if move.event == event
            for one in move.if_.values()
            for value in one
        }
        data: list[dict[str, object]] = [
            {},
            *({name: value} for name in fields for value in {*values, "?", True}),
        ]
        for state in (NOT_BEGUN, *(each.name for each in process.states)):
            for one in data:
                compiled, driven = moved(moves, state, event, one), drive(process, state, event, one)
                if compiled != driven:
                    told.append((state, event, (one, compiled, driven)))

    assert [] == told


def test_a_due_table_gives_the_days_that_a_case_is_judged_by() -> None:
    """Two hundred Mondays from January 2023: Christmas, Easter, the coronation of May 2023."""
    path = six_stages(FIRST, LAST)
    table = DueTable(rules_of(None), england_and_wales())
    wrong = []
    for number in range(0, 1400, 7):
        days = [FIRST + timedelta(days=number + 30 * place) for place in range(len(STEPS))]
        for timer in path.timers(days):
            asked = timer.recorded_on or date(2030, 1, 1)
            if timer.timescale != "cp.review.stat" and timer.due_on != table.last_day(
                timer.timescale, timer.started_on, asked
            ):
                wrong.append((timer.timescale, timer.started_on))

    assert [] == wrong


def test_a_due_table_knows_a_bank_holiday_from_the_day_it_was_announced() -> None:
    """The funeral of 19 September 2022 was announced on the 10th: a referral of 1 August was due a day later then."""
    table = DueTable(rules_of(None), england_and_wales())
    referral = date(2022, 8, 1)

    assert date(2022, 10, 4) == table.last_day("assessment.single.45wd", referral, date(2022, 9, 9))
    assert date(2022, 10, 5) == table.last_day("assessment.single.45wd", referral, date(2022, 9, 10))


def test_compiled_clocks_are_those_of_the_evaluation() -> None:
    """Generated cases, many with several events on one day, weekends among them: late where the evaluation says so."""
    path = six_stages(FIRST, LAST)
    chance = Chance(1)
    wrong: list[tuple[list[date], object]] = []
    for _ in range(300):
        waits = [_WAITS[chance.whole(len(_WAITS))] for _ in STEPS]
        numbers = list(accumulate(waits))
        days = [FIRST + timedelta(days=number) for number in numbers]
        judged = {
            timer.timescale: timer.outcome in BREACHED_OUTCOMES
            or (timer.outcome is Outcome.RUNNING and timer.due_on is not None and days[-1] > timer.due_on)
            for timer in path.timers(days)
        }
        compiled = dict(zip((clock.timescale for clock in path.clocks), path.late(numbers), strict=True))
        if judged != compiled:
            wrong.append((days, (judged, compiled)))

    assert [] == wrong[:1]


def test_a_caseload_is_late_as_often_as_its_cases_are_one_by_one() -> None:
    path = six_stages(FIRST, LAST)
    chance = Chance(2)
    arrivals = sorted(300 * chance.share() for _ in range(60))
    stays = [[chance.exponential(mean) for _ in arrivals] for mean in (1.0, 40.0, 3.0, 15.0, 12.0, 80.0)]
    finished, late = live_through(path, STAGES, arrivals, stays)
    expected = dict.fromkeys(late, 0)
    for case, came in enumerate(arrivals):
        moments = list(accumulate([came, *(waits[case] for waits in stays)]))
        stage_of = {place: moments[number] for number, stage in enumerate(STAGES) for place in stage.places}
        days = [FIRST + timedelta(days=int(stage_of[place])) for place in range(len(STEPS))]
        for timer in evaluate(path.prototype(days), Setting(rules_of(None), england_and_wales())):
            if timer.outcome in BREACHED_OUTCOMES or (
                timer.outcome is Outcome.RUNNING and timer.due_on is not None and days[-1] > timer.due_on
            ):
                expected[timer.timescale] += 1

    assert 60 == finished
    assert expected == late


def test_a_path_across_a_change_of_the_law_is_refused() -> None:
    with pytest.raises(PathRefused, match=r"changes between 2013-01-01 and 2014-12-31"):
        six_stages(date(2013, 1, 1), date(2014, 12, 31))


def test_a_path_with_a_clock_in_hours_is_refused() -> None:
    setting = Setting(rules_of("thurrock"), england_and_wales())

    with pytest.raises(PathRefused, match=r"local\.contact\.decision\.24h is a clock of another kind"):
        CompiledPath((Step("ContactReceived", "R-1", {"source": "school"}),), setting, FIRST, LAST)
