"""Duties as a manager would tell them, each by a function that looks through what happened: the law of the model.

What starts a clock, what discharges it, what ends it undischarged. Written from the duties, not from the packs, for
the days from 2025 on and for what the model's histories hold: no adoption, no short breaks, no return that leaves
things out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from caseclock.processes.catalogue import OPENERS
from caseclock.timers.event import Event

Data = Mapping[str, object]


class Known:
    """What is known of a case, in the order in which it happened."""

    def __init__(self, facts: Iterable[Event]) -> None:
        self.facts = list(facts)
        self._place = {fact.event_id: place for place, fact in enumerate(self.facts)}
        self.openers: dict[str, Event] = {}
        for fact in self.facts:
            if fact.type in OPENERS:
                self.openers.setdefault(fact.episode_id, fact)

    def behind(self, fact: Event, episodes: Iterable[str], *types: str, **where: object) -> Iterator[Event]:
        """What happened after a fact, of these types, in these episodes, with these data."""
        near = set(episodes)
        for other in self.facts[self._place[fact.event_id] + 1 :]:
            if other.episode_id in near and other.type in types and has(other, where):
                yield other

    def before(self, fact: Event, *types: str) -> bool:
        """Whether any of these happened before a fact in its episode."""
        return any(
            other.type in types and other.episode_id == fact.episode_id
            for other in self.facts[: self._place[fact.event_id]]
        )

    def of(self, process: str, *types: str, **where: object) -> Iterator[Event]:
        """What happened of these types in episodes of a process."""
        for fact in self.facts:
            opener = self.openers.get(fact.episode_id)
            if opener is None or OPENERS[opener.type] != process:
                continue
            if fact.type in types and has(fact, where):
                yield fact

    def linked(self, episode: str) -> set[str]:
        """The episode, and all joined to it by what follows what."""
        joined = {episode}
        while True:
            more = set(joined)
            for name, opener in self.openers.items():
                follows = opener.data.get("follows")
                if follows in self.openers and (name in more or follows in more):
                    more |= {name, str(follows)}
            if more == joined:
                return joined
            joined = more


def has(fact: Event, where: Data) -> bool:
    return all(fact.data.get(name) == value for name, value in where.items())


def first(facts: Iterable[Event]) -> Event | None:
    return next(iter(facts), None)


@dataclass(frozen=True)
class Clock:
    """One running: what started it, what it belongs to, what discharged it, what ended it undischarged."""

    trigger: Event
    stop: Event | None
    end: Event | None = None
    key: str | None = None
    #: the day it counts from, where that is not when it was triggered
    counts_from: date | None = None


@dataclass(frozen=True)
class Duty:
    timescale: str
    number: int
    #: working_days, weeks, months or hours
    unit: str
    clocks: Callable[[Known], Iterator[Clock]]
    #: due soon so long before; a fifth of the limit unless told
    warned: tuple[int, str] | None = None
    #: weeks by which it may be extended once, with approval
    extended_by: int = 0
    #: reasons for an overrun may be recorded, and move nothing
    reasons: bool = False


def _decision(known: Known) -> Iterator[Clock]:
    for referral in known.of("front_door", "ReferralReceived"):
        own = [referral.episode_id]
        yield Clock(
            referral,
            first(known.behind(referral, own, "ReferralDecided")),
            first(known.behind(referral, own, "ReferralClosed")),
        )


def _hub(known: Known) -> Iterator[Clock]:
    """A contact, or a referral that comes without one."""
    for came in known.of("front_door", "ContactReceived", "ReferralReceived"):
        if came.type == "ReferralReceived" and known.before(came, "ContactReceived"):
            continue
        own = [came.episode_id]
        yield Clock(
            came,
            first(known.behind(came, own, "ContactDecided", "ReferralDecided")),
            first(known.behind(came, own, "ReferralClosed")),
        )


def _assessment(known: Known) -> Iterator[Clock]:
    """From the referral that is, or is decided to be, assessed; on an open case from the assessment itself."""
    for referral in known.of("front_door", "ReferralReceived"):
        near = known.linked(referral.episode_id)
        wanted = any(
            fact.episode_id in near
            for fact in known.of("front_door", "ReferralDecided", outcome="assessment")
        )
        begun = any(
            fact.episode_id in near and not fact.data.get("open_case")
            for fact in known.of("assessment", "AssessmentStarted")
        )
        if wanted or begun:
            yield _assessed(known, referral, near)
    for started in known.of("assessment", "AssessmentStarted"):
        if not started.data.get("follows") or started.data.get("open_case"):
            yield _assessed(known, started, known.linked(started.episode_id))


def _assessed(known: Known, trigger: Event, near: set[str]) -> Clock:
    ends = known.behind(trigger, near, "AssessmentCancelled", "ReferralClosed")
    lasting = (
        end for end in ends if not any(known.behind(end, near, "AssessmentStarted", "AssessmentAuthorised"))
    )
    return Clock(
        trigger,
        first(known.behind(trigger, near, "AssessmentAuthorised")),
        first(lasting),
        counts_from=_told_day(trigger, "new_information_on"),
    )


def _told_day(fact: Event, field: str) -> date | None:
    told = fact.data.get(field)
    return None if told is None else date.fromisoformat(str(told))


def _assessment_from_its_start(known: Known) -> Iterator[Clock]:
    for started in known.of("assessment", "AssessmentStarted"):
        own = [started.episode_id]
        yield Clock(
            started,
            first(known.behind(started, own, "AssessmentAuthorised")),
            first(known.behind(started, own, "AssessmentCancelled")),
        )


def _seen_in_assessment(known: Known) -> Iterator[Clock]:
    for started in known.of("assessment", "AssessmentStarted"):
        own = [started.episode_id]
        yield Clock(
            started,
            first(known.behind(started, own, "ChildSeen")),
            first(known.behind(started, own, "AssessmentCancelled", "AssessmentAuthorised")),
        )


def _conference(known: Known) -> Iterator[Clock]:
    """From the first discussion that initiated the enquiry, or from its start where none did."""
    for episode in known.openers:
        initiating = [
            fact
            for fact in known.of("section_47", "StrategyDiscussionHeld", initiates_section_47=True)
            if fact.episode_id == episode
        ]
        started = [fact for fact in known.of("section_47", "Section47Started") if fact.episode_id == episode]
        for trigger in (initiating or started)[:1]:
            yield _enquired(known, trigger)


def _conference_from_the_enquiry(known: Known) -> Iterator[Clock]:
    for started in known.of("section_47", "Section47Started"):
        if not known.before(started, "Section47Started"):
            yield _enquired(known, started)


def _enquired(known: Known, trigger: Event) -> Clock:
    own = [trigger.episode_id]
    ends = (
        fact
        for fact in known.behind(trigger, own, "Section47Concluded", "Section47Cancelled")
        if fact.data.get("outcome") != "conference"
        and not any(known.behind(fact, own, "Section47Concluded", outcome="conference"))
    )
    return Clock(trigger, first(known.behind(trigger, own, "InitialConferenceHeld")), first(ends))


def _decisions_sent(known: Known) -> Iterator[Clock]:
    """Of each conference, whichever episode tells of it."""
    held = [
        *(
            fact
            for fact in known.of("section_47", "InitialConferenceHeld")
            if fact.data.get("outcome") != "adjourned"
        ),
        *known.of("child_protection_plan", "ReviewConferenceHeld"),
    ]
    for conference in held:
        named = conference.data.get("conference_id")
        sent = known.behind(conference, known.openers, "ConferenceDecisionsSent")
        yield Clock(
            conference,
            first(fact for fact in sent if named is None or fact.data.get("conference_id") == named),
            key=None if named is None else str(named),
        )


def _first_review(known: Known) -> Iterator[Clock]:
    for started in known.of("child_protection_plan", "PlanStarted"):
        yield _under_plan(known, started, "ReviewConferenceHeld")


def _next_review(known: Known) -> Iterator[Clock]:
    for held in known.of("child_protection_plan", "ReviewConferenceHeld"):
        if held.data.get("outcome") != "end" and not known.before(held, "PlanEnded"):
            yield _under_plan(known, held, "ReviewConferenceHeld")


def _plan_visit(known: Known) -> Iterator[Clock]:
    for fact in known.of("child_protection_plan", "PlanStarted", "ChildSeen"):
        if fact.type == "PlanStarted" or not known.before(fact, "PlanEnded"):
            yield _under_plan(known, fact, "ChildSeen")


def _under_plan(known: Known, trigger: Event, stop: str) -> Clock:
    own = [trigger.episode_id]
    return Clock(
        trigger,
        first(known.behind(trigger, own, stop)),
        first(known.behind(trigger, own, "PlanEnded")),
        counts_from=_told_day(trigger, "conference_held_on") if stop == "ReviewConferenceHeld" else None,
    )


def _first_care_review(known: Known) -> Iterator[Clock]:
    for started in known.of("looked_after", "PeriodOfCareStarted"):
        yield _in_care(known, started)


def _second_care_review(known: Known) -> Iterator[Clock]:
    for held in known.of("looked_after", "ReviewHeld"):
        if not known.before(held, "ReviewHeld", "PeriodOfCareEnded"):
            yield _in_care(known, held)


def _later_care_review(known: Known) -> Iterator[Clock]:
    for held in known.of("looked_after", "ReviewHeld"):
        if known.before(held, "ReviewHeld") and not known.before(held, "PeriodOfCareEnded"):
            yield _in_care(known, held)


def _in_care(known: Known, trigger: Event) -> Clock:
    own = [trigger.episode_id]
    return Clock(
        trigger,
        first(known.behind(trigger, own, "ReviewHeld")),
        first(known.behind(trigger, own, "PeriodOfCareEnded")),
    )


def _temporary_approval(known: Known) -> Iterator[Clock]:
    for placed in known.of("looked_after", "PlacementStarted", kind="connected_person_temporary"):
        own, named = [placed.episode_id], placed.data["placement_id"]
        yield Clock(
            placed,
            first(known.behind(placed, own, "PlacementAssessed", "PlacementEnded", placement_id=named)),
            first(known.behind(placed, own, "PeriodOfCareEnded")),
            str(named),
        )


DUTIES = (
    Duty("referral.decision.1wd", 1, "working_days", _decision),
    Duty("local.contact.decision.24h", 24, "hours", _hub),
    Duty("assessment.single.45wd", 45, "working_days", _assessment, (10, "working_days"), reasons=True),
    Duty(
        "assessment.stat.duration",
        45,
        "working_days",
        _assessment_from_its_start,
        (10, "working_days"),
        reasons=True,
    ),
    Duty("local.assessment.child_seen.10wd", 10, "working_days", _seen_in_assessment),
    Duty("cp.icpc.15wd", 15, "working_days", _conference, (5, "working_days"), reasons=True),
    Duty("cp.icpc.stat", 15, "working_days", _conference_from_the_enquiry, (5, "working_days"), reasons=True),
    Duty("local.cp.decisions.24h", 24, "hours", _decisions_sent),
    Duty("cp.review.first.3m", 3, "months", _first_review, (4, "weeks")),
    Duty("cp.review.next.6m", 6, "months", _next_review, (4, "weeks")),
    Duty("local.cp.visit.10wd", 10, "working_days", _plan_visit),
    Duty("cla.review.first.20wd", 20, "working_days", _first_care_review),
    Duty("cla.review.second.3m", 3, "months", _second_care_review),
    Duty("cla.review.next.6m", 6, "months", _later_care_review),
    Duty("cla.reg24.16w", 16, "weeks", _temporary_approval, extended_by=8),
)
