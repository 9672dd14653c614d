"""Moving: when the calendar or the law changes, the timers it bears on move, and their case's log says why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from caseclock.store.protocol import AdoptedPack, CalendarChange
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.event import Event
from caseclock.timers.packs import read_pack
from caseclock.timers.timer import Timer
from caseclock.timers.when import When, london_date
from caseclock.workflow.case_file import CaseFile
from caseclock.workflow.settling import CASECLOCK, Settled, settle


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change of the calendar or the packs moved."""

    cases: int
    timers: int


@dataclass(frozen=True, slots=True)
class Cause:
    """What moves timers, and whose doing it is."""

    #: tells the TimersMoved events of one cause from those of another
    name: str
    at: datetime
    by: str
    because: str
    #: None where it holds for every authority
    authority: str | None = None
    #: whether it may start timers in a case that has none
    starts: bool = False

    def bears_on(self, timers: Iterable[Timer]) -> bool:
        """Say whether it may change a case's timers: not those that had ended and were written up before."""
        known_on = london_date(self.at)
        return self.starts or any(one.recorded_on is None or one.recorded_on >= known_on for one in timers)


def cause_of(change: CalendarChange | AdoptedPack) -> Cause:
    """Say how a change of calendar or packs is told in the logs of the cases that it moves."""
    if isinstance(change, CalendarChange):
        instead = f" instead of {change.replaces}" if change.replaces else ""
        because = f"{change.title} on {change.day}{instead} is not worked: {change.because}"
        return Cause(change.day.isoformat(), change.known_at, change.by, because, change.authority)
    title = read_pack(change.text, change.pack_id).title
    return Cause(
        # the digest tells one edition of a pack from the next, which may move the same cases again
        name=f"{change.pack_id}:{digest(change.text)[:12]}",
        at=change.known_at,
        by=change.by,
        because=f"{title} was adopted: {change.because}",
        authority=change.authority,
        starts=True,
    )


def digest(text: str) -> str:
    """Give the SHA-256 of a pack's text, by which one edition of it is told from another."""
    return sha256(text.encode()).hexdigest()


def moved(file: CaseFile, setting: Setting, cause: Cause) -> tuple[Settled, int]:
    """Work a case's timers out anew, and say in an event which moved; gives how many did."""
    before = {timer_id: kept.timer for timer_id, kept in file.timers.items()}
    settled = settle(file, evaluate(file.history(), setting), considered=None, at=cause.at)
    moves = [
        (before[kept.timer.timer_id], kept.timer)
        for kept in settled.timers
        if kept.timer.timer_id in before and _due(before[kept.timer.timer_id]) != _due(kept.timer)
    ]
    if moves:
        settled.events.insert(0, _told(file, moves, cause))
    return settled, len(moves)


def _due(timer: Timer) -> date | datetime | None:
    return timer.due_on or timer.due_at


def _told(file: CaseFile, moves: list[tuple[Timer, Timer]], cause: Cause) -> Event:
    first = moves[0][1]
    name = f"TimersMoved:{first.case_id}:{cause.name}:{cause.authority or 'all'}"
    # broken off between, another change and then this one again: it tells of what was left
    times = sum(event_id.startswith(name) for event_id in file.by_id)
    return Event(
        event_id=f"{name}:{times + 1}" if times else name,
        type="TimersMoved",
        authority=first.authority,
        case_id=first.case_id,
        episode_id=first.episode_id,
        occurred=When.instant(cause.at),
        recorded=When.instant(cause.at),
        by=cause.by or CASECLOCK,
        because=cause.because,
        data={
            "cause": cause.name,
            "moved": [
                {
                    "timer_id": now.timer_id,
                    "timescale": now.timescale,
                    "from": _text(_due(was)),
                    "to": _text(_due(now)),
                }
                for was, now in moves
            ],
        },
    )


def _text(due: date | datetime | None) -> str | None:
    return None if due is None else due.isoformat()
