"""What a model is told apart from events: days that are not worked, and versions of the law."""

from dataclasses import dataclass
from datetime import date

from caseclock.timers.event import Event


@dataclass(frozen=True)
class AddedDay:
    """A day that is not worked, and when that became known."""

    day: date
    known_on: date


@dataclass(frozen=True)
class NewVersion:
    """A limit of so many days for clocks that start on a day or later, and when that became known."""

    timescale: str
    begins: date
    number: int
    known_on: date


Told = Event | AddedDay | NewVersion
