"""One case as it is looked at: episodes, timers, breaches and history, as at a day and as known at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from caseclock.desk.breaches import AskedBreach, standing_breaches, withdrawn_breaches
from caseclock.desk.words import day
from caseclock.processes.catalogue import EVERYWHERE, OPENERS, PROCESSES
from caseclock.processes.rereferral import referrals
from caseclock.processes.versions import version_named
from caseclock.store.protocol import Transaction
from caseclock.store.sentences import sentence
from caseclock.timers.durations import MonthPolicy
from caseclock.timers.event import Event, in_order
from caseclock.timers.history import CORRECTED, RETRACTED, History
from caseclock.timers.when import When
from caseclock.workflow.answers import answered
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Position, Question, case_positions
from caseclock.workflow.replay import MIGRATED, Misfit, replay


@dataclass(frozen=True, slots=True)
class EpisodeShown:
    """One episode, as its events known then make it."""

    episode_id: str
    process: str
    title: str
    state: str
    #: the state, as a manager would say it
    words: str
    opened_on: date
    closed_on: date | None
    follows: str | None
    #: events that may happen in that state
    may_happen: tuple[str, ...]
    #: day of the earlier referral that makes this one a re-referral
    re_referral_of: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    event: Event
    sentence: str
    #: 'taken back' or the day it was corrected to, where a later event put it right; else empty
    mended: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """All that is shown of a case."""

    authority: str
    case_id: str
    asked: Question
    episodes: tuple[EpisodeShown, ...]
    positions: tuple[Position, ...]
    #: those that stood and those withdrawn, in the order in which they fell
    breaches: tuple[AskedBreach, ...]
    #: breach id -> unanswered, explained, exempted, escalated or reopened
    answers: dict[str, str]
    #: oldest first
    history: tuple[Entry, ...]


def case_page(
    engine: Engine,
    unit: Transaction,
    question: Question,
    authority: str,
    case_id: str,
    months: MonthPolicy | None = None,
) -> CasePage:
    """Put a case together as a question asks."""
    setting = engine.setting(unit, authority)
    if months is not None:
        setting = replace(setting, months=months)
    events = unit.events(authority, case_id)
    history = History(events, OPENERS, as_at=question.as_at, known_at=question.known_at)
    positions = case_positions(unit, setting, question, authority, case_id)
    stored = unit.breaches(authority, case_id)
    breaches = [
        *standing_breaches(positions, stored, question),
        *withdrawn_breaches(positions, stored, question),
    ]
    known = [
        event
        for event in events
        if event.recorded.latest() <= question.known_at and event.occurred.on <= question.as_at
    ]
    return CasePage(
        authority,
        case_id,
        question,
        tuple(episodes_in(history)),
        tuple(
            sorted(positions, key=lambda one: (one.timer.started_on, one.timer.timescale, one.timer.timer_id))
        ),
        tuple(sorted(breaches, key=lambda breach: (breach.fell_on, breach.timescale, breach.breach_id))),
        {breach.breach_id: str(answered(known, breach.breach_id).answer) for breach in breaches},
        tuple(_entries(known)),
    )


def episodes_in(history: History) -> list[EpisodeShown]:
    """Give the episodes of a case as a history has them, in the order in which they began."""
    again = {referral.event_id: previous.occurred.on for referral, previous in referrals(history) if previous}
    shown = []
    for opened in history.episodes.values():
        process = PROCESSES[opened.process]
        told = [
            event
            for event in history.events
            if event.episode_id == opened.episode_id
            and (event.type not in EVERYWHERE or event.type == MIGRATED)
        ]
        reached = replay(told)
        # what was known at an earlier moment may lack an event in between: then the state it would be in is not told
        if isinstance(reached, Misfit):
            name, words, closed_on = "unknown", "not known: an event in between was written down later", None
            may_happen: tuple[str, ...] = ()
        else:
            process = version_named(opened.process, reached.process_version)
            state = process.state(reached.state)
            name, words, closed_on = reached.state, state.words, reached.closed_on
            may_happen = process.allowed(reached.state)
        shown.append(
            EpisodeShown(
                opened.episode_id,
                process.name,
                process.title,
                name,
                words,
                opened.opener.occurred.on,
                closed_on,
                opened.follows,
                may_happen,
                again.get(opened.opener.event_id),
            )
        )
    return shown


def _entries(known: Sequence[Event]) -> list[Entry]:
    """Put every event into words where it stands, those taken back or corrected since included and marked."""
    mended: dict[str, str] = {}
    for event in known:
        target = str(event.data.get("event_id"))
        if event.type == RETRACTED:
            mended[target] = "taken back"
        elif event.type == CORRECTED:
            mended[target] = f"corrected to {day(When.parse(str(event.data['occurred_at'])).on)}"
    return [Entry(event, sentence(event), mended.get(event.event_id, "")) for event in in_order(known)]
