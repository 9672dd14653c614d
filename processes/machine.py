"""One `transitions` machine per process, made from its table and shared by every case; nothing is attached to it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from transitions import EventData, Machine, MachineError

from caseclock.processes.definition import NOT_BEGUN, Move, Process


class _Token:
    """What the machine moves: a state and nothing else, made for one event and thrown away."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


@cache
def machine(process: Process) -> Machine:
    """Make a process's machine; the same one every time."""
    made = Machine(
        model=None,
        states=[NOT_BEGUN, *(state.name for state in process.states)],
        initial=NOT_BEGUN,
        auto_transitions=False,
        ignore_invalid_triggers=False,
        send_event=True,
    )
    for move in process.moves:
        for source in move.when:
            made.add_transition(
                move.event, source, source if move.to is None else move.to, conditions=[_condition(move)]
            )
    return made


def _condition(move: Move) -> Callable[[EventData], bool]:
    def applies(event: EventData) -> bool:
        return move.applies(event.kwargs["data"])

    return applies


def drive(process: Process, state: str, event: str, data: Mapping[str, Any]) -> str | None:
    """Let the machine take one event from a state; gives the state it leads to, or None where it is not allowed.

    Where that does not depend on the data, the machine is asked once, and its answer remembered.
    """
    if process.depends_on_data(state, event):
        return _driven(process, state, event, data)
    return _driven_without_data(process, state, event)


@cache
def _driven_without_data(process: Process, state: str, event: str) -> str | None:
    return _driven(process, state, event, {})


def _driven(process: Process, state: str, event: str, data: Mapping[str, Any]) -> str | None:
    trigger = machine(process).events.get(event)
    if trigger is None:
        return None
    token = _Token(state)
    try:
        moved = trigger.trigger(token, data=data)
    except MachineError:
        return None
    return token.state if moved else None
