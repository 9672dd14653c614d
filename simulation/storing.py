"""A simulated history told to the durable engine, with a clock that is driven: swept after every day of recording.

What comes of it is what production would have: the same log, timers, breaches and outbox.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from caseclock.timers.event import Event
from caseclock.timers.when import end_of_day, start_of_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep


class HasCases(ValueError):
    """A database that holds cases is no place for a service that never was."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"{url} holds cases already, and simulated children don't belong among others. Give a database that is "
            "empty or is not there yet."
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """What was recorded, and what ran out meanwhile."""

    events: int
    breaches: int
    until: date


def refuse_cases(engine: Engine, url: str) -> None:
    """Raise HasCases where a store holds any case."""
    with engine.store.snapshot() as unit:
        if next(iter(unit.case_ids(None)), None) is not None:
            raise HasCases(url)


def store(
    events: Iterable[Event], engine: Engine, until: date, progress: Callable[[date, int], None] | None = None
) -> Stored:
    """Record events, given in order of recording, strictly and case by case, and sweep each night up to a day.

    Each case's events of one day of recording are one unit of work. `progress` is told the day and how many events
    there are so far. What is due on the last day has not run out yet. Raises Refused where an event does not fit its
    case.
    """
    recorded = raised = 0
    night = None
    for day, of_day in groupby(events, key=lambda event: event.recorded.on):
        if night is not None:
            raised += sweep(engine, start_of_day(day)).raised
        by_case: dict[tuple[str, str], list[Event]] = {}
        for event in of_day:
            by_case.setdefault((event.authority, event.case_id), []).append(event)
        for told in by_case.values():
            recorded += engine.record(*told, at=told[-1].recorded.latest()).events
        night = day
        if progress:
            progress(day, recorded)
    last = max(until, night or until)
    raised += sweep(engine, end_of_day(last)).raised
    return Stored(recorded, raised, last)
