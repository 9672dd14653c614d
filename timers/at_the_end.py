"""An event at the end of a case's history: the timers it can bear on, worked out without the others.

Whatever comes last leaves most of a long chain as it was: a visit that was paid in time stays so. What has to be worked
out is the timers that still run, those that the event starts, and the few timescales of which it may change the past.
That this gives what `evaluate` gives is held by tests/workflow/test_shortcuts.py.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from caseclock.timers.anchors import anchors_at
from caseclock.timers.evaluation import Setting, evaluate, run
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import Outcome, Timer

#: outcomes that only a discharge gives: whatever happens later, it stays the first
_DISCHARGED = frozenset({Outcome.MET, Outcome.RECORDED_LATE, Outcome.MET_LATE, Outcome.TOO_EARLY})


@dataclass
class WorkedOut:
    """Timers worked out anew, and which of those known before they stand for."""

    timers: list[Timer] = field(default_factory=list)
    #: timescales of which all timers were worked out; None for every timescale
    whole: frozenset[str] | None = frozenset()
    #: ids of timers of other timescales that were worked out
    others: list[str] = field(default_factory=list)


def is_finished(timer: Timer) -> bool:
    """Say whether nothing that happens later can change a timer.

    Where a duty ended undone, something done later on the same day still discharges it.
    """
    return timer.is_of_recording or (timer.stop_event is not None and timer.outcome in _DISCHARGED)


def worked_out_at_the_end(
    history: History,
    setting: Setting,
    event: Event,
    *,
    opens: bool,
    unfinished: Callable[[str], Iterable[Timer]],
) -> WorkedOut:
    """Work out what an event, the last of a history and new to it, can bear on.

    The event tells no other date of birth than was known, puts nothing right, and `opens` says whether its episode
    begins with it; no episode follows that one yet. `unfinished` gives the timers of a timescale as they were before
    the event, all that are not finished.
    """
    book = setting.rulebook
    whole = set(book.changed_behind(event.type))
    if opens:  # timers are told under the nearest episode of their own process
        whole.update(book.of_process(history.episodes[event.episode_id].process))
    worked_out = WorkedOut(whole=frozenset(whole))
    timers = {timer.timer_id: timer for timer in evaluate(history, setting, whole)} if whole else {}
    started = book.started_by(event.type)
    for name in book.mentioning(event.type):
        if name in whole:
            continue
        places = {history.place(event)} if name in started else set()
        for timer in unfinished(name):
            if timer.stop_event is None or timer.stopped_on is None or timer.stopped_on >= event.occurred.on:
                places.add(history.place_of(timer.trigger_event))
                worked_out.others.append(timer.timer_id)
        for place in sorted(places):
            for anchor in anchors_at(history, book.rules[name], place):
                timer = run(history, setting, anchor)
                timers.setdefault(timer.timer_id, timer)
    worked_out.timers = sorted(timers.values(), key=lambda timer: timer.timescale)
    return worked_out
