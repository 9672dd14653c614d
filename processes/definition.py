"""What a process is: its states, its moves, the events it knows and the data they carry; checked when it is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from caseclock.timers.timescale import as_text

#: the state of an episode before its first event
NOT_BEGUN = "not_begun"


class ProcessRefused(ValueError):
    """A process table that does not hold together."""


@dataclass(frozen=True, slots=True)
class State:
    name: str
    #: what a manager would say of a case in it
    words: str
    #: the episode is over: nothing more is owed in it
    final: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table: this event, in these states, leads there."""

    event: str
    when: tuple[str, ...]
    #: None stays where it is
    to: str | None = None
    #: holds only for these data values (as text; "" for a missing field); no condition for all
    if_: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def applies(self, data: Mapping[str, object]) -> bool:
        return all(as_text(data.get(name)) in accepted for name, accepted in self.if_.items())


@dataclass(frozen=True, slots=True)
class Field:
    """What an event's data may hold under one name."""

    name: str
    #: accepted values as text; empty accepts any
    choices: tuple[str, ...] = ()
    required: bool = False
    #: whether it must be an ISO date, or an instant with its offset
    is_date: bool = False


@dataclass(frozen=True, eq=False)
class Process:
    """The definition of one pathway. Making one checks it; raises ProcessRefused with every fault found."""

    name: str
    title: str
    version: str
    #: what a reader needs to know before the table
    words: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    #: fields by event; events with no entry carry no data the engine looks at
    fields: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)
    #: first London date on whose records episodes opened run on this version
    in_use_from: date = date.min

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise ProcessRefused(f"{self.name} does not hold together: " + " ".join(faults))

    @property
    def events(self) -> tuple[str, ...]:
        """Every event it handles, in the order of the table."""
        return tuple(dict.fromkeys(move.event for move in self.moves))

    @property
    def openers(self) -> tuple[str, ...]:
        """Events that open an episode."""
        return tuple(dict.fromkeys(move.event for move in self.moves if NOT_BEGUN in move.when))

    def state(self, name: str) -> State:
        return next(state for state in self.states if state.name == name)

    def allowed(self, state: str) -> tuple[str, ...]:
        """Name the events that may happen in a state, in the order of the table."""
        return tuple(dict.fromkeys(move.event for move in self.moves if state in move.when))

    def next_state(self, state: str, event: str, data: Mapping[str, object]) -> str | None:
        """Give the state an event leads to, or None where it is not allowed; the first line that applies decides."""
        for move in self._lines().get((state, event), ()):
            if move.applies(data):
                return state if move.to is None else move.to
        return None

    def depends_on_data(self, state: str, event: str) -> bool:
        """Say whether where an event leads from a state, or whether it may happen there, depends on its data."""
        lines = self._lines().get((state, event))
        return lines is not None and bool(lines[0].if_)

    def _lines(self) -> Mapping[tuple[str, str], tuple[Move, ...]]:
        lines = self.__dict__.get("_by_state_and_event")
        if lines is None:
            lines = {}
            for move in self.moves:
                for state in move.when:
                    lines[state, move.event] = (*lines.get((state, move.event), ()), move)
            self.__dict__["_by_state_and_event"] = lines
        return lines

    def _faults(self) -> list[str]:
        names = [state.name for state in self.states]
        faults = [f"State '{name}' stands twice." for name in set(names) if names.count(name) > 1]
        for move in self.moves:
            unknown = {*move.when, *([move.to] if move.to else [])} - {*names, NOT_BEGUN}
            faults += [f"{move.event} names the unknown state '{name}'." for name in sorted(unknown)]
            if NOT_BEGUN in move.when and move.to is None:
                faults.append(f"{move.event} opens an episode but leads nowhere.")
        if faults:
            return faults
        reached, frontier = {NOT_BEGUN}, {NOT_BEGUN}
        while frontier:
            frontier = {move.to for move in self.moves if move.to and frontier & {*move.when}} - reached
            reached |= frontier
        faults += [f"State '{name}' can't be reached." for name in names if name not in reached]
        for state in self.states:
            leaves = any(state.name in move.when and move.to not in (None, state.name) for move in self.moves)
            if not leaves and not state.final:
                faults.append(f"State '{state.name}' is a dead end but not final.")
        known = set(self.events)
        faults += [
            f"Fields are given for {event}, which no move handles."
            for event in self.fields
            if event not in known
        ]
        return faults
