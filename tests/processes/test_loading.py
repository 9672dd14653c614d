"""What a process or a pack may not be is refused when it is made, in a sentence that says what to mend."""

import re
from typing import Any

import pytest

from caseclock.processes.catalogue import check_pack
from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, ProcessRefused, State
from caseclock.timers.packs import read_pack

OPEN = State("open", "work goes on")
DONE = State("done", "the work is done", final=True)
BEGUN = Move("WorkBegun", when=(NOT_BEGUN,), to="open")
ENDED = Move("WorkEnded", when=("open",), to="done")


def process(*moves: Move, states: tuple[State, ...] = (OPEN, DONE), **more: Any) -> Process:
    return Process("work", "Work", "1", "Work on a case.", states, moves, **more)


def test_a_process_that_holds_together_is_made() -> None:
    assert ("WorkBegun",) == process(BEGUN, ENDED).openers


@pytest.mark.parametrize(
    ("moves", "states", "says"),
    [
        pytest.param(
            (BEGUN, ENDED),
            (OPEN, DONE, State("lost", "nobody comes here", final=True)),
            "work does not hold together: State 'lost' can't be reached.",
            id="a state nothing leads to",
        ),
        pytest.param(
            (BEGUN, ENDED, Move("WorkResumed", when=("paused",), to="open")),
            (OPEN, DONE, State("paused", "it waits")),
            "State 'paused' can't be reached.",
            id="a state that leads somewhere and that nothing leads to",
        ),
        pytest.param(
            (BEGUN, ENDED, Move("WorkPaused", when=("open",), to="paused")),
            (OPEN, DONE, State("paused", "it waits")),
            "State 'paused' is a dead end but not final.",
            id="a state one can't leave",
        ),
        pytest.param(
            (
                BEGUN,
                ENDED,
                Move("WorkPaused", when=("open",), to="paused"),
                Move("NoteMade", when=("paused",)),
            ),
            (OPEN, DONE, State("paused", "it waits")),
            "State 'paused' is a dead end but not final.",
            id="a state in which one can only stay",
        ),
        pytest.param(
            (BEGUN, Move("WorkEnded", when=("opne",), to="done")),
            (OPEN, DONE),
            "WorkEnded names the unknown state 'opne'.",
            id="a state misspelt where a move begins",
        ),
        pytest.param(
            (BEGUN, Move("WorkEnded", when=("open",), to="doen")),
            (OPEN, DONE),
            "WorkEnded names the unknown state 'doen'.",
            id="a state misspelt where a move leads",
        ),
        pytest.param(
            (Move("WorkBegun", when=(NOT_BEGUN,)), ENDED),
            (OPEN, DONE),
            "WorkBegun opens an episode but leads nowhere.",
            id="an opening that leads nowhere",
        ),
        pytest.param(
            (BEGUN, ENDED), (OPEN, OPEN, DONE), "State 'open' stands twice.", id="a state named twice"
        ),
    ],
)
def test_a_table_that_does_not_hold_together_is_refused(
    moves: tuple[Move, ...], states: tuple[State, ...], says: str
) -> None:
    with pytest.raises(ProcessRefused, match=re.escape(says)):
        process(*moves, states=states)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ProcessRefused) as refusal:
        process(Move("WorkBegun", when=("a",), to="b"), Move("WorkEnded", when=("c",), to="done"))

    assert ["'a'", "'b'", "'c'"] == re.findall(r"unknown state ('\w')", str(refusal.value))


def test_fields_of_an_event_that_never_happens_are_refused() -> None:
    with pytest.raises(
        ProcessRefused, match=re.escape("Fields are given for WorkEnde, which no move handles.")
    ):
        process(BEGUN, ENDED, fields={"WorkEnde": (Field("outcome"),)})


PACK = """
[pack]
id = "test"
title = "Made for a test"
process = "front_door"
reviewed_on = 2026-01-01

[[timescale]]
id = "test.limit"
duty = "Do what the test asks for"
basis = "local"
source = "this test"
verification = "K"
effective_from = 2000-01-01
counting = "day_after_trigger"
limit = { working_days = 1 }
"""


STARTS = 'starts = [{ event = "ReferralReceived" }]\n'
STOPS = 'stops = [{ event = "ReferralDecided" }]\n'


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (STARTS.replace("Received", "Recieved") + STOPS, "test.limit in test waits for ReferralRecieved"),
        (STARTS + STOPS.replace("Decided", "Made"), "test.limit in test waits for ReferralMade"),
        (STARTS + STOPS + 'voids = [{ event = "CaseLost" }]', "test.limit in test waits for CaseLost"),
        (
            STARTS + STOPS.replace(" }]", ', process = "assessment" }]'),
            "test.limit: ReferralDecided never happens in assessment.",
        ),
    ],
)
def test_a_pack_whose_timers_nothing_could_start_or_stop_is_refused(lines: str, says: str) -> None:
    with pytest.raises(ProcessRefused, match=re.escape(says)):
        check_pack(read_pack(PACK + lines, "test.toml"))


def test_a_pack_of_known_events_is_taken() -> None:
    check_pack(read_pack(PACK + STARTS + STOPS, "test.toml"))
