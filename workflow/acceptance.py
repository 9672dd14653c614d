"""May these events join this case's log? Judged where an event happened, not where it arrived."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from caseclock.processes.catalogue import EVENT_TYPES, EVERYWHERE, OPENERS, PROCESSES
from caseclock.processes.definition import NOT_BEGUN
from caseclock.processes.machine import drive
from caseclock.processes.versions import version_named
from caseclock.store.protocol import Episode
from caseclock.timers.event import Event, comes_last
from caseclock.workflow.case_file import CaseFile
from caseclock.workflow.episode_rules import ToldEpisode, can_break_a_rule, check_rules
from caseclock.workflow.refusals import BadData, DifferentContent, IllegalEvent
from caseclock.workflow.replay import Misfit, by_episode, replay, told_by_episode

_MENDS = ("EventCorrected", "EventRetracted")


def unrecorded(file: CaseFile, events: Sequence[Event]) -> list[Event]:
    """Leave out events the log has already; raises DifferentContent where an id is taken by another content."""
    fresh: dict[str, Event] = {}
    for event in events:
        known = file.by_id.get(event.event_id) or fresh.get(event.event_id)
        if known is None:
            fresh[event.event_id] = event
        elif not same_content(known, event):
            raise DifferentContent(
                f"Can't record {event.type} on case {event.case_id}: event id '{event.event_id}' is taken by "
                f"{known.type} of {known.occurred} with other content. Give the event an id of its own, or record an "
                "EventCorrected."
            )
    return list(fresh.values())


def same_content(known: Event, event: Event) -> bool:
    """Compare two events but for their place in the log and for when an undated write-up happened to be read."""
    return replace(event, seq=known.seq, recorded=known.recorded) == known


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of adding events to a case file."""

    #: names of the episodes that changed, or are no more
    episodes: list[str]
    #: whether it was one event, and it happened after all others
    at_the_end: bool = False
    #: whether an episode began with that
    opens: bool = False
    #: whether it told another date of birth than was known
    tells_birth: bool = False


def accept(file: CaseFile, events: Sequence[Event]) -> Accepted:
    """Add events to a case file, all or none.

    The events are well formed (checks.py). Raises Refused, with the file unchanged, where one does not fit.
    """
    if len(events) == 1 and (moved := _driven(file, events[0])) is not None:
        before, born = file.episodes.get(moved.episode_id), file.history().date_of_birth()
        file.add([events[0].at_place(len(file.events) + 1)])
        file.episodes[moved.episode_id] = moved
        return Accepted(
            episodes=[] if moved is before else [moved.episode_id],
            at_the_end=True,
            opens=before is None,
            tells_birth=file.history().date_of_birth() != born,
        )
    tried = file.copy()
    first = len(file.events) + 1
    tried.add(event.at_place(seq) for seq, event in enumerate(events, first))
    _check_targets(tried, events)
    _check_episodes(tried, events)
    changed = tried.replay_episodes()
    _check_followed(tried, [name for name in changed if name not in tried.episodes], events[0])
    file.take_over(tried)
    return Accepted(changed)


def _driven(file: CaseFile, event: Event) -> Episode | None:
    """Take the common way: one event, later than all others of its case, through the process's machine.

    None where the event may not come last, or opens an episode that it may not open: the whole case is looked at then.
    """
    if event.type in EVERYWHERE or not comes_last(file.history().events, event):
        return None
    episode = file.episodes.get(event.episode_id)
    moved = _opened(file, event) if episode is None else _moved(episode, event)
    if moved is not None and can_break_a_rule(event.type, episode or moved):
        told = told_by_episode([*file.history().events, event])
        episodes = file.episodes | {moved.episode_id: moved}
        check_rules(
            {name: ToldEpisode(episodes[name], found) for name, found in told.items()}, [(event, event)]
        )
    return moved


def _moved(episode: Episode, event: Event) -> Episode:
    process = version_named(episode.process, episode.process_version)
    reached = drive(process, episode.state, event.type, event.data)
    if reached is None:
        raise _illegal(event, Misfit(event, process, episode.state), late=False)
    if reached == episode.state:
        return episode
    closed_on = event.occurred.on if process.state(reached).final else None
    return replace(episode, state=reached, closed_on=closed_on)


def _opened(file: CaseFile, event: Event) -> Episode | None:
    follows = event.data.get("follows")
    if event.type not in OPENERS or (follows and str(follows) not in file.episodes):
        return None
    if any(other.follows == event.episode_id for other in file.episodes.values()):
        return None  # told before what it follows
    opened = replay([event])
    return opened if isinstance(opened, Episode) else None


def _check_targets(tried: CaseFile, events: Sequence[Event]) -> None:
    """Refuse corrections of what is not there, or was taken back before. One that reaches us late is let in."""
    for event in events:
        if event.type == "SourceTold" and all(
            other.episode_id != event.episode_id or other.type in EVERYWHERE for other in tried.events
        ):
            raise BadData(
                f"Can't record SourceTold on case {event.case_id}: it has no episode '{event.episode_id}'. "
                "Record the episode first."
            )
        if event.type not in _MENDS:
            continue
        target = str(event.data["event_id"])
        what = f"Can't record {event.type} on case {event.case_id}: event '{target}'"
        known = tried.by_id.get(target)
        if known is None:
            raise BadData(f"{what} is not in its log. Name an event of this case.")
        if known.type in EVERYWHERE:
            raise BadData(
                f"{what} is a {known.type}, which can't be taken back. Record what is true now instead."
            )
        if any(
            other.type == "EventRetracted"
            and other.data["event_id"] == target
            and other.event_id != event.event_id
            and other.recorded.latest() <= event.recorded.latest()
            for other in tried.events
        ):
            raise BadData(f"{what} was retracted already. Record the fact anew under an id of its own.")


def _check_episodes(tried: CaseFile, events: Sequence[Event]) -> None:
    """Replay the episodes that the events touch, as corrected, and refuse the first misfit."""
    fresh = {event.event_id for event in events}
    told = by_episode(tried.events)
    touched = {event.episode_id for event in events if event.type not in EVERYWHERE}
    targets = [tried.by_id[str(event.data["event_id"])] for event in events if event.type in _MENDS]
    touched |= {target.episode_id for target in targets if target.type not in EVERYWHERE}
    rebuilt = dict(tried.episodes)
    for episode_id in sorted(touched):
        if episode_id not in told:
            continue
        outcome = replay(told[episode_id])
        if isinstance(outcome, Misfit):
            raise _illegal(events[0], outcome, late=outcome.event.event_id not in fresh)
        rebuilt[episode_id] = outcome
        opener, before = told[episode_id][0], tried.episodes.get(episode_id)
        if before is None or before.follows != outcome.follows:
            _check_opening(told, outcome, opener, events[0])
    facts = [
        (event, tried.by_id[str(event.data["event_id"])] if event.type in _MENDS else event)
        for event in events
    ]
    check_rules({name: ToldEpisode(rebuilt[name], found) for name, found in told.items()}, facts)


def _check_opening(told: dict[str, list[Event]], episode: Episode, opener: Event, cause: Event) -> None:
    """Refuse an opening that follows an episode the case does not have; `cause` may have made it the opening."""
    if episode.follows is None or episode.follows in told:
        return
    if cause.type in _MENDS:
        raise IllegalEvent(
            f"Can't record {cause.type} on case {cause.case_id}: {opener.type} of {opener.occurred} would then open "
            f"episode '{episode.episode_id}', and it follows episode '{episode.follows}', which the case does not "
            "have. Retract that first, or both together."
        )
    raise IllegalEvent(
        f"Can't record {opener.type} on case {opener.case_id}: it follows episode '{episode.follows}', which the "
        "case does not have. Record that episode first, or leave `follows` out."
    )


def _check_followed(tried: CaseFile, gone: Sequence[str], event: Event) -> None:
    """Refuse to take back the only event of an episode that others follow."""
    for episode in tried.episodes.values():
        if episode.follows in gone:
            raise IllegalEvent(
                f"Can't record {event.type} on case {event.case_id}: nothing would be left of episode "
                f"'{episode.follows}', and episode '{episode.episode_id}' follows it. Retract the events of that one "
                "first, or all of them together."
            )


def _illegal(event: Event, misfit: Misfit, *, late: bool) -> IllegalEvent:
    told = misfit.event
    where = f"case {told.case_id}, episode {told.episode_id}"
    if misfit.process is None and late:
        return IllegalEvent(
            f"Can't record {event.type} on {where}: {told.type} of {told.occurred} would be left in an episode that "
            "never began. Retract that first, or both together."
        )
    if misfit.process is None:
        openers = [event for name in EVENT_TYPES[told.type] for event in PROCESSES[name].openers]
        return IllegalEvent(
            f"Can't record {event.type} on {where}: the episode has not begun. It begins with one of "
            f"{', '.join(openers)}."
        )
    state = "not begun" if misfit.state == NOT_BEGUN else f"'{misfit.state}'"
    words = "" if misfit.state == NOT_BEGUN else f" ({misfit.process.state(misfit.state).words})"
    allowed = misfit.process.allowed(misfit.state)
    remedy = f"Allowed there: {', '.join(allowed)}." if allowed else "Nothing can follow; open a new episode."
    if late:
        return IllegalEvent(
            f"Can't record {event.type} of {event.occurred} on {where}: {told.type} of {told.occurred}, recorded "
            f"already, would not fit behind it, since the episode would be {state}{words} by then. {remedy}"
        )
    return IllegalEvent(
        f"Can't record {told.type} of {told.occurred} on {where}: it was {state}{words} then. {remedy}"
    )
