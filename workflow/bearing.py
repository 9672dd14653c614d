"""What new events bear on: the timers to work out anew once they are in a case's log."""

from collections.abc import Sequence

from caseclock.processes.catalogue import OPENERS
from caseclock.timers.at_the_end import WorkedOut, worked_out_at_the_end
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.workflow.acceptance import Accepted
from caseclock.workflow.case_file import CaseFile

#: events after which, unless they come last, every timescale is worked out anew: they can bear on any of them
_BEAR_ON_ALL = frozenset({"TimerExtended", "EventCorrected", "EventRetracted", "SourceTold", *OPENERS})


def work_out(file: CaseFile, setting: Setting, fresh: Sequence[Event], accepted: Accepted) -> WorkedOut:
    """Work out the timers that events just accepted can bear on.

    Raises CalendarExhausted or DurationRefused where one can't be counted.
    """
    history = file.history()
    if accepted.at_the_end and not accepted.tells_birth:
        return worked_out_at_the_end(
            history, setting, fresh[0], opens=accepted.opens, unfinished=file.unfinished
        )
    if accepted.tells_birth or any(
        event.type in _BEAR_ON_ALL or _may_move_others(event, history) for event in fresh
    ):
        return WorkedOut(evaluate(history, setting), whole=None)
    book = setting.rulebook
    affected = {rule for event in fresh for rule in book.mentioning(event.type)}
    # timers that look at one event each are left as they are, but for those of the new events
    whole = frozenset(rule for rule in affected if not book.looks_at_one_event(rule))
    return WorkedOut(evaluate(history, setting, affected, among=fresh), whole)


def _may_move_others(event: Event, history: History) -> bool:
    """Say whether an event that does not come last may change where others stand among each other on its day.

    One with a time does, where there are others that have none.
    """
    return event.occurred.at is not None and any(
        other.occurred.at is None and other.occurred.on == event.occurred.on for other in history.events
    )
