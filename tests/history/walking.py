"""A naive walk along the tables of processes, for the slow model."""

from datetime import date
from typing import NamedTuple

from caseclock.processes.catalogue import OPENERS, PROCESSES
from caseclock.timers.event import Event


class State(NamedTuple):
    process: str
    state: str
    opened_on: date
    closed_on: date | None


class DoesNotFit(Exception):
    """An event can't have happened where it would stand."""


def walked(facts: list[Event]) -> dict[str, State]:
    """Walk facts, in the order in which they happened, along the tables of their processes."""
    states: dict[str, State] = {}
    named = {fact.episode_id for fact in facts}
    for fact in facts:
        if fact.episode_id not in states:
            if fact.type not in OPENERS:
                raise DoesNotFit(f"{fact.type} comes before its episode began")
            follows = fact.data.get("follows")
            if follows and follows not in named:
                raise DoesNotFit(f"{fact.type} follows {follows}, of which nothing is told")
            states[fact.episode_id] = State(OPENERS[fact.type], "not_begun", fact.occurred.on, None)
        now = states[fact.episode_id]
        to = next_state(now.process, now.state, fact)
        if to != now.state:
            final = {state.name for state in PROCESSES[now.process].states if state.final}
            closed_on = fact.occurred.on if to in final else None
            states[fact.episode_id] = now._replace(state=to, closed_on=closed_on)
    return states


def next_state(process: str, state: str, fact: Event) -> str:
    """Look through the table for the first line that fits."""
    for move in PROCESSES[process].moves:
        told = {name: _text(fact.data.get(name)) for name in move.if_}
        if (
            move.event == fact.type
            and state in move.when
            and all(told[name] in move.if_[name] for name in told)
        ):
            return move.to or state
    raise DoesNotFit(f"{fact.type} does not happen in {state}")


def _text(value: object) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
