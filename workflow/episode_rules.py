"""Rules on episodes that no table of states can hold: they compare dates, or one episode with another.

Each is one function in `RULES`, named with the events that may break it. Rules that the Department for Education
checks returns by carry the number of its validation rule.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from caseclock.processes.catalogue import PROCESSES
from caseclock.processes.definition import NOT_BEGUN
from caseclock.store.protocol import Episode
from caseclock.timers.event import Event
from caseclock.workflow.refusals import IllegalEvent

#: states of a referral in which its case is open
_OPEN_REFERRAL = ("awaiting_decision", "decided")
_SATURDAY = 5
#: what happens under a plan, and not behind it
_OF_A_PLAN = frozenset(
    {
        "ChildBorn",
        "ChildInNeedReviewHeld",
        "ChildSeen",
        "CoreGroupHeld",
        "PlanPanelHeld",
        "ReviewConferenceHeld",
        "SupervisionHeld",
        "VisitAttempted",
    }
)
_PLANS = ("child_protection_plan", "child_in_need_plan")


@dataclass(frozen=True, slots=True)
class ToldEpisode:
    """An episode and its events, corrected, in the order in which they happened."""

    episode: Episode
    events: Sequence[Event]

    @property
    def opener(self) -> Event:
        return self.events[0]


#: every episode of a case by its name
Told = Mapping[str, ToldEpisode]


@dataclass(frozen=True, slots=True)
class EpisodeRule:
    """One rule, and which events can break it."""

    name: str
    #: events whose arrival, correction or retraction can break it
    events: frozenset[str]
    #: says in a sentence why not and what to do; None where it holds
    broken: Callable[[Told, ToldEpisode], str | None]
    #: only an episode that has ended can break it
    once_ended: bool = False


def referral_while_open(case: Told, ours: ToldEpisode) -> str | None:
    """New information on a case that is open is no new referral; one that a contact became is not judged."""
    if ours.opener.type != "ReferralReceived":
        return None
    for other in _others(case, ours, "ReferralReceived"):
        if "ReferralClosed" in other.opener.data.get("untold", ()):
            continue
        still_open = other.episode.state in _OPEN_REFERRAL
        since, until = _open_days(other)
        if _overlap(_open_days(ours), (since, until), still_open=still_open):
            return (
                f"the case was open then, from the referral of {since}{f' until {until}' if until else ''}. New "
                "information on an open case is no new referral: start an assessment with open_case, or close the "
                "earlier referral."
            )
    return None


def one_plan_at_a_time(case: Told, ours: ToldEpisode) -> str | None:
    """A child is on one child protection plan at a time; a new one may start on the day another ends."""
    for other in _others(case, ours, "PlanStarted"):
        if "PlanEnded" in other.opener.data.get("untold", ()):
            continue
        since, until = other.opener.occurred.on, other.episode.closed_on
        mine = ours.opener.occurred.on, ours.episode.closed_on
        if _overlap(mine, (since, until), still_open=until is None):
            return (
                f"the child was on a child protection plan from {since}{f' until {until}' if until else ''}, and is on "
                "one at a time. End that plan first, or mend the dates."
            )
    return None


def one_period_of_care_at_a_time(case: Told, ours: ToldEpisode) -> str | None:
    """A child is looked after in one period at a time; a new one may start on the day another ends."""
    mine = _days_in_care(ours)
    if mine is None:
        return None
    for name, other in case.items():
        theirs = _days_in_care(other)
        if name == ours.episode.episode_id or theirs is None:
            continue
        if "PeriodOfCareEnded" in other.opener.data.get("untold", ()):
            continue
        since, until = theirs
        if _overlap(mine, theirs, still_open=until is None):
            return (
                f"the child was looked after from {since}{f' until {until}' if until else ''}, and is in one period of "
                "care at a time (SSDA903 rules 142 and 433). Record it in that period, end that one first, or mend the "
                "dates."
            )
    return None


def plan_ends_after_it_starts(_: Told, ours: ToldEpisode) -> str | None:
    """A child protection plan does not start and end on the same day."""
    if ours.episode.closed_on != ours.opener.occurred.on:
        return None
    return (
        f"the plan started on {ours.opener.occurred.on}, and no child protection plan starts and ends on the same day "
        "(children in need census, rule 8840). Mend the date, or retract PlanStarted if there was no plan."
    )


def review_after_the_start(_: Told, ours: ToldEpisode) -> str | None:
    """A review conference is held strictly after its plan's start."""
    started = ours.opener.occurred.on
    if all(held.occurred.on > started for held in ours.events if held.type == "ReviewConferenceHeld"):
        return None
    return (
        f"the plan started on {started}, and a review conference is held after that day, not on it (children in need "
        "census, rule 8841). Mend the date; the conference that made the plan is InitialConferenceHeld."
    )


def no_conference_on_a_weekend(_: Told, ours: ToldEpisode) -> str | None:
    """An initial child protection conference is not held on a Saturday or Sunday; a bank holiday is allowed."""
    conference = next(
        (
            held
            for held in ours.events
            if held.type == "InitialConferenceHeld" and held.occurred.on.weekday() >= _SATURDAY
        ),
        None,
    )
    if conference is None:
        return None
    day = conference.occurred.on
    return (
        f"{day} is a {day:%A}, and no initial child protection conference is held on a weekend (children in need "
        "census, rule 8875). Mend the date."
    )


def nothing_after_the_end(_: Told, ours: ToldEpisode) -> str | None:
    """What belongs to a plan happens by the day it ends. What is sent round may be sent later."""
    ended = ours.episode.closed_on
    if ended is None or ours.episode.process not in _PLANS:
        return None
    late = next((one for one in ours.events if one.type in _OF_A_PLAN and one.occurred.on > ended), None)
    if late is None:
        return None
    return (
        f"the plan ended on {ended}, and {late.type} of {late.occurred.on} would come after it. Mend the date, record "
        "it in the episode that followed, or put right the plan's end."
    )


RULES: tuple[EpisodeRule, ...] = (
    EpisodeRule("a referral while the case is open", frozenset({"ReferralReceived"}), referral_while_open),
    EpisodeRule(
        "one child protection plan at a time", frozenset({"PlanStarted", "PlanEnded"}), one_plan_at_a_time
    ),
    EpisodeRule(
        "one period of care at a time",
        frozenset({"PeriodOfCareStarted", "PeriodOfCareEnded"}),
        one_period_of_care_at_a_time,
    ),
    EpisodeRule(
        "a plan that starts and ends on one day",
        frozenset({"PlanStarted", "PlanEnded"}),
        plan_ends_after_it_starts,
    ),
    EpisodeRule(
        "a review conference by the day of the plan's start",
        frozenset({"PlanStarted", "ReviewConferenceHeld"}),
        review_after_the_start,
    ),
    EpisodeRule(
        "an initial conference on a weekend",
        frozenset({"InitialConferenceHeld"}),
        no_conference_on_a_weekend,
    ),
    EpisodeRule(
        "something under a plan after its end",
        _OF_A_PLAN | {"PlanEnded", "ChildInNeedPlanEnded"},
        nothing_after_the_end,
        once_ended=True,
    ),
)

#: events that can break a rule though they come last in an episode that goes on
_JUDGED = frozenset().union(*(rule.events for rule in RULES if not rule.once_ended))


def can_break_a_rule(event_type: str, episode: Episode) -> bool:
    """Say whether an event that comes last in an episode must be judged by the rules at all."""
    return event_type in _JUDGED or episode.closed_on is not None


def check_rules(case: Told, facts: Iterable[tuple[Event, Event]]) -> None:
    """Raise IllegalEvent where a rule is broken.

    `facts` are the events to be recorded, each with the fact it tells: itself, or what it corrects or retracts.
    """
    for event, fact in facts:
        ours = case.get(fact.episode_id)
        if ours is None:  # nothing is left of it
            continue
        for rule in RULES:
            if fact.type in rule.events and (why := rule.broken(case, ours)):
                raise IllegalEvent(
                    f"Can't record {event.type} of {event.occurred} on case {event.case_id}: {why}"
                )


def _others(case: Told, ours: ToldEpisode, opener: str) -> Iterator[ToldEpisode]:
    """Yield the other episodes of the case that begin with an event of a type."""
    for name, other in case.items():
        if name != ours.episode.episode_id and other.opener.type == opener:
            yield other


def _days_in_care(told: ToldEpisode) -> tuple[date, date | None] | None:
    """Give a period of care's first day and its last, None while it goes on; None for what is no period of care."""
    started = next((one.occurred.on for one in told.events if one.type == "PeriodOfCareStarted"), None)
    if started is None:
        return None
    return started, next((one.occurred.on for one in told.events if one.type == "PeriodOfCareEnded"), None)


def _open_days(told: ToldEpisode) -> tuple[date, date | None]:
    """Give the days from which and to which an episode was open: to its first end, whatever was added to that."""
    process, state = PROCESSES[told.episode.process], NOT_BEGUN
    for event in told.events:
        state = process.next_state(state, event.type, event.data) or state
        if process.state(state).final:
            return told.opener.occurred.on, event.occurred.on
    return told.opener.occurred.on, None


def _overlap(ours: tuple[date, date | None], other: tuple[date, date | None], *, still_open: bool) -> bool:
    """Say whether two episodes, each from its first day to its last, share a day; one may begin as the other ends.

    An earlier one that reaches us late, its end not yet told, is let in: its end is judged when it comes.
    """
    (ours_from, ours_to), (other_from, other_to) = ours, other
    if other_from <= ours_from:
        over_at_once = other_from == ours_from == ours_to  # and so before the other
        return not over_at_once and (still_open or (other_to is not None and ours_from < other_to))
    return ours_to is not None and other_from < ours_to
