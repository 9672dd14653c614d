"""How a timer ended and where it stands, in sentences: the last of its explanation."""

from collections.abc import Iterator
from datetime import datetime

from caseclock.timers.dates_in_words import day_words, when_words
from caseclock.timers.event import Event
from caseclock.timers.timer import AtEnd, Outcome, Standing, Timer
from caseclock.timers.when import london_date

_STANDINGS = {
    Standing.RUNNING: "It is running.",
    Standing.DUE_SOON: "It is due soon.",
    Standing.EXTENDED: "It is running on its extension.",
    Standing.OVERDUE: "It is overdue",
    Standing.MET: "It was met.",
    Standing.RECORDED_LATE: "It was met in time and written up late: the recording is late, the practice is not.",
    Standing.MET_LATE: "It was met late",
    Standing.TOO_EARLY: "It was done before it lawfully could be.",
    Standing.VOID: "It is void.",
    Standing.UNKNOWN: "Whether it was met is unknown; that is not a breach.",
}
#: of the write-up of an event, which is known only once it is made
_RECORDINGS = _STANDINGS | {
    Standing.MET: "It was written up in time.",
    Standing.MET_LATE: "It was written up late",
    Standing.UNKNOWN: "Whether it was written up in time is unknown; that is not a breach.",
}


def end_words(stop: Event | None, void: Event | None, timer: Timer) -> Iterator[str]:
    """Tell what discharged a timer, or ended its duty, and what is not known of it."""
    if timer.is_of_recording:
        if stop is not None and timer.stopped_on is not None:
            yield f"It was stopped by the write-up of that same event: {when_words(stop.recorded)}, by {stop.by}."
    elif stop is not None:
        written = f"recorded {when_words(stop.recorded)} by {stop.by}"
        yield f"It was discharged by {stop.type} of {when_words(stop.occurred)}, {written}."
    elif void is not None:
        yield f"The duty ended with {void.type} of {when_words(void.occurred)}, recorded by {void.by}."
    if timer.outcome is Outcome.UNKNOWN:
        yield timer.reason
    elif timer.at_end is AtEnd.UNKNOWN:
        yield "Its source does not tell as far as the last day; once that has passed, whether it was done is unknown."


def stands_words(stands: Standing, past: int, timer: Timer, moment: datetime) -> str:
    """Say where a timer stands at an aware instant, and by how much it is over where it is."""
    words = (_RECORDINGS if timer.is_of_recording else _STANDINGS)[stands]
    if stands in (Standing.OVERDUE, Standing.MET_LATE):
        unit = timer.unit.replace("_", " ")
        words += f" by {past} {unit.removesuffix('s') if past == 1 else unit}."
    if timer.is_of_recording and stands is Standing.MET_LATE:
        words += " The recording is late; whether the practice was is told by other timescales."
    return f"As at {day_words(london_date(moment))}: {words}"
