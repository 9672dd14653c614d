"""Writing what recording brought about: the log, what is derived from it, and what others are to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from caseclock.store.protocol import Episode, Transaction
from caseclock.timers.event import Event
from caseclock.workflow.allocation import answer_of, bears_on_facts, facts_of
from caseclock.workflow.answers import ANSWERS
from caseclock.workflow.case_file import CaseFile
from caseclock.workflow.messages import Outgoing, moves, told
from caseclock.workflow.settling import Settled


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of recording: how many events are new, and how many timers were written."""

    events: int
    timers: int


@dataclass(frozen=True, slots=True)
class Step:
    """One group of events accepted, and what followed from it."""

    #: with their places in the log, Caseclock's own behind them
    events: list[Event]
    #: names of those that changed, or are no more
    episodes: list[str]
    settled: Settled
    #: those that changed as they were before; None for one that was not there
    was: Mapping[str, Episode | None] = field(default_factory=dict)


def write_steps(
    unit: Transaction,
    file: CaseFile,
    steps: Sequence[Step],
    at: datetime,
    outgoing: Outgoing,
    marks: tuple[int, int] | None,
) -> Recorded:
    """Write what the steps brought about, the last state of each row once.

    `marks` are those of calendar and packs that it was worked out under; it is refused where they are no more so.
    """
    events = [event for step in steps for event in step.events]
    was = {name: one for step in reversed(steps) for name, one in step.was.items()}
    own = [event for step in steps for event in step.settled.events]
    outgoing.make_room(unit, len(was) + len(own))
    if events:
        is_new = not file.case.version
        file.case = unit.append(file.case, events, marks=marks)
        if is_new or any(map(bears_on_facts, events)):
            unit.write_facts([facts_of(file.case.authority, file.case.case_id, file.history())])
        answered = dict.fromkeys(str(one.data["breach_id"]) for one in events if one.type in ANSWERS)
        if answered:
            unit.write_breach_answers([answer_of(file.events, named) for named in answered])
    changed = dict.fromkeys(name for step in steps for name in step.episodes)
    if changed:
        unit.write_episodes([file.episodes[name] for name in changed if name in file.episodes])
        no_more = [name for name in changed if name not in file.episodes]
        unit.remove_episodes(file.case.authority, file.case.case_id, no_more)
    touched = dict.fromkeys(kept.timer.timer_id for step in steps for kept in step.settled.timers)
    removed = dict.fromkeys(timer_id for step in steps for timer_id in step.settled.removed)
    timers = [file.timers[timer_id] for timer_id in touched if timer_id in file.timers]
    unit.write_timers(timers)
    gone = [timer_id for timer_id in removed if timer_id not in file.timers]
    if gone:
        unit.remove_timers(file.case.authority, gone)
    breaches = dict.fromkeys(breach.breach_id for step in steps for breach in step.settled.breaches)
    if breaches:
        unit.write_breaches([file.breaches[named] for named in breaches])
    if was or own:
        outgoing.put(unit, [*moves(file, was, events, at), *told(own, at)])
    return Recorded(sum(len(step.events) for step in steps), len(timers) + len(gone))
