"""The `transitions` machine of each process, and the table compiled from the same moves, always agree."""

from collections.abc import Iterator
from itertools import product

import pytest

from caseclock.processes.catalogue import EVENT_TYPES, EVERYWHERE, OPENERS, PROCESSES
from caseclock.processes.definition import NOT_BEGUN, Process
from caseclock.processes.machine import drive, machine


def kinds_of_data(process: Process, event: str) -> Iterator[dict[str, object]]:
    """Every combination of the values that decide between moves, one that is not known and none among them.

    The values of other fields stand one at a time: together they would be a million for a placement.
    """
    fields = process.fields.get(event, ())
    deciding = {name for move in process.moves if move.event == event for name in move.if_}
    values = {field.name: (*field.choices, "something else") if field.choices else () for field in fields}
    choices = [(*values[name], None) for name in values if name in deciding]
    names = [name for name in values if name in deciding]
    for told in product(*choices):
        yield {name: value for name, value in zip(names, told, strict=True) if value is not None}
    for name in values.keys() - deciding:
        for value in values[name]:
            yield {name: value}


@pytest.mark.parametrize("process", PROCESSES.values(), ids=list(PROCESSES))
def test_table_and_machine_lead_to_the_same_state(process: Process) -> None:
    disagreements = [
        (state, event, data)
        for state in (NOT_BEGUN, *(state.name for state in process.states))
        for event in (*EVENT_TYPES, "NothingLikeThis")
        for data in kinds_of_data(process, event)
        if drive(process, state, event, data) != process.next_state(state, event, data)
    ]

    assert [] == disagreements


@pytest.mark.parametrize("process", PROCESSES.values(), ids=list(PROCESSES))
def test_what_is_allowed_in_a_state_is_what_some_data_let_happen(process: Process) -> None:
    for state in (NOT_BEGUN, *(state.name for state in process.states)):
        possible = {
            event
            for event in process.events
            if any(process.next_state(state, event, data) for data in kinds_of_data(process, event))
        }

        assert possible == set(process.allowed(state))


@pytest.mark.parametrize("process", PROCESSES.values(), ids=list(PROCESSES))
def test_every_event_a_process_handles_can_happen_in_some_state(process: Process) -> None:
    handled = {
        event for state in (NOT_BEGUN, *(s.name for s in process.states)) for event in process.allowed(state)
    }

    assert set(process.events) == handled


@pytest.mark.parametrize("process", PROCESSES.values(), ids=list(PROCESSES))
def test_nothing_is_added_to_a_machine_by_itself(process: Process) -> None:
    """No `to_decided` from anywhere, no model with a state of its own: one machine serves every case."""
    assert set(process.events) == set(machine(process).events)
    assert [] == machine(process).models
    assert machine(process) is machine(process)


def test_an_event_opens_episodes_of_one_process_and_events_of_every_process_open_none() -> None:
    assert {event: process.name for process in PROCESSES.values() for event in process.openers} == dict(
        OPENERS
    )
    assert set() == set(EVERYWHERE) & {event for process in PROCESSES.values() for event in process.events}
