"""A case that lives at random in a real engine, held to the model after every step.

Things happen, are written down at once, late or on another day, are put right, taken back, extended; bank holidays are
announced; sweeps come when they come; the machine goes down in the middle. Whatever the engine answers, the model must
answer too: as at now and as at days gone by, as known at moments gone by.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, ClassVar

from days import BANK_HOLIDAYS, DAY, in_london, midnight
from duties import DUTIES
from going_down import Crash, CrashingStore
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from model import AddedDay, DoesNotFit, Model, Name, Ran, State, next_state

from caseclock.processes.catalogue import EVERYWHERE, OPENERS, rules_of
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import CalendarChange, Store, Transaction
from caseclock.timers.event import Event
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.when import When
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Engine, Recorded
from caseclock.workflow.positions import Position, Question, positions
from caseclock.workflow.refusals import DifferentContent, ExtensionRefused, Refused
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

AUTHORITY, CASE = "thurrock", "C-1"
#: a Monday morning; histories end two years on, so that nothing is due on a day no list knows
BEGINS, ENDS = datetime(2026, 1, 5, 9, tzinfo=UTC), datetime(2028, 1, 5, 9, tzinfo=UTC)
#: rules that compare dates or episodes, which the tables of states can't: told by what their refusals say
_RULES = re.compile(
    "the case was open then|is on one at a time|starts and ends on the same day|is held after that day|"
    "is held on a weekend|would come after it"
)
HAPPENS: Sequence[tuple[str, dict[str, Any]]] = (
    ("ContactReceived", {}),
    ("ContactDecided", {"outcome": "referral"}),
    ("ContactDecided", {"outcome": "advice"}),
    ("ReferralReceived", {}),
    ("ReferralDecided", {"outcome": "assessment"}),
    ("ReferralDecided", {"outcome": "no_further_action"}),
    ("ReferralClosed", {}),
    ("AssessmentStarted", {"kind": "single"}),
    ("AssessmentStarted", {"open_case": True, "new_information_on": "day"}),
    ("ChildSeen", {}),
    ("VisitAttempted", {}),
    ("AssessmentAuthorised", {}),
    ("AssessmentCancelled", {}),
    ("StrategyDiscussionHeld", {"initiates_section_47": False}),
    ("StrategyDiscussionHeld", {"initiates_section_47": True}),
    ("Section47Started", {}),
    ("Section47Concluded", {"outcome": "conference"}),
    ("Section47Concluded", {"outcome": "no_conference"}),
    ("Section47Cancelled", {}),
    ("InitialConferenceHeld", {"conference_id": "name", "outcome": "plan"}),
    ("InitialConferenceHeld", {"outcome": "adjourned"}),
    ("ConferenceDecisionsSent", {"conference_id": "name"}),
    ("PlanStarted", {}),
    ("PlanStarted", {"conference_held_on": "day"}),
    ("ReviewConferenceHeld", {"conference_id": "name", "outcome": "continue"}),
    ("ReviewConferenceHeld", {"outcome": "end"}),
    ("PlanEnded", {}),
    ("PeriodOfCareStarted", {"legal_status": "section_20"}),
    ("PlacementStarted", {"placement_id": "name", "kind": "foster"}),
    ("PlacementStarted", {"placement_id": "name", "kind": "connected_person_temporary"}),
    ("PlacementAssessed", {"placement_id": "name", "outcome": "approved"}),
    ("PlacementEnded", {"placement_id": "name"}),
    ("ReviewHeld", {}),
    ("PeriodOfCareEnded", {}),
)
_FOLLOWS = {
    "assessment": ("front_door",),
    "section_47": ("front_door", "assessment"),
    "child_protection_plan": ("section_47",),
}

_OURS = frozenset(duty.timescale for duty in DUTIES)

some = st.integers(0, 9999)


@cache
def rules_of_the_model(authority: str | None) -> Rulebook:
    """Of the authority's timescales those that the model counts too."""
    rules = rules_of(authority).rules
    return Rulebook(authority, {name: rules[name] for name in rules if name in _OURS}, OPENERS)


@dataclass(frozen=True)
class Asked:
    """A question put when things stood so, and the answer it got."""

    question: Question
    answer: list[Position]
    #: how much had been told by then
    told: int


class LivingCase(RuleBasedStateMachine):
    """One life of one case. Counts its steps, over all lives, by what was done."""

    steps: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.store = CrashingStore(self.new_store())
        self.engine = self._new_engine()
        self.model = Model()
        self.now = BEGINS
        self.written = 0
        #: timer id -> which timer, of all that ever ran
        self.names: dict[str, Name] = {}
        self.asked: list[Asked] = []

    def new_store(self) -> Store:
        return InMemoryStore()

    def _new_engine(self) -> Engine:
        return Engine(self.store, rulebooks=self.rules_of)

    def rules_of(self, authority: str | None) -> Rulebook:
        """All timescales of the authority, or only those the model counts."""
        return rules_of(authority)

    # what may happen

    @rule(days=st.sampled_from([0, 1, 3, 8, 20, 60]), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        self._later(timedelta(days=days, hours=hours))
        self._done("time passes")

    @rule(late=st.booleans())
    def a_timer_runs_out(self, late: bool) -> None:
        """Wait until just before the next one falls, or until it does."""
        falls = [at for timer in self.model.timers().values() if (at := timer.runs_out_at()) is not None]
        coming = min((at for at in falls if at > self.now + timedelta(seconds=1)), default=None)
        if coming is not None and coming < ENDS:
            self.now = coming if late else coming - timedelta(microseconds=1)
        self._done("a timer runs out")

    @rule(which=some, days_ago=st.sampled_from([0, 0, 0, 0, 1, 2, 6, 20, 50]), timed=st.booleans(), look=some)
    def something_happens(self, which: int, days_ago: int, timed: bool, look: int) -> None:
        self._record(self._next(which, days_ago, timed))
        self._done("recorded", look)

    @rule(which=some, days_ago=st.sampled_from([0, 0, 0, 1, 3, 15]), timed=st.booleans(), look=some)
    def something_more_happens(self, which: int, days_ago: int, timed: bool, look: int) -> None:
        self._record(self._next(which, days_ago, timed))
        self._done("recorded", look)

    @rule(which=some, days_ago=st.sampled_from([0, 0, 1, 2]), timed=st.booleans(), look=some)
    def something_else_happens(self, which: int, days_ago: int, timed: bool, look: int) -> None:
        self._record(self._next(which, days_ago, timed))
        self._done("recorded", look)

    @rule(
        which=some,
        days_ago=st.sampled_from([0, 0, 0, 0, 1, 2, 5, 20, 40]),
        timed=st.booleans(),
        how=st.integers(0, 2),
        look=some,
    )
    def something_reaches_us_late(self, which: int, days_ago: int, timed: bool, how: int, look: int) -> None:
        """It was written down elsewhere: on the day itself, on a day between, or some time today."""
        event = self._next(which, days_ago, timed)
        between = event.occurred.on + (in_london(self.now) - event.occurred.on) // 2
        recorded = [event.occurred, When(between), When(in_london(self.now))][how]
        self._record(replace(event, recorded=recorded))
        self._done("reached us late", look)

    @rule(which=some, days=st.sampled_from([-9, -2, -1, 0, 1, 2, 5]), timed=st.booleans(), look=some)
    def something_is_put_right(self, which: int, days: int, timed: bool, look: int) -> None:
        """Moved to another day, or one time in three taken back."""
        if target := self._any(which):
            data = {"event_id": target.event_id, "reason": "it was another child"}
            event_type = "EventRetracted"
            if which % 3:
                event_type = "EventCorrected"
                right = When(target.occurred.on + days * DAY)
                data["occurred_at"] = str(When.instant(self._instant_on(right.on, which)) if timed else right)
            self._record(self._event(event_type, target.episode_id, When.instant(self.now), data))
        self._done("put right", look)

    @rule(which=some, weeks=st.integers(-1, 10), approved=st.sampled_from([True, True, False]), look=some)
    def more_time_is_asked_for(self, which: int, weeks: int, approved: bool, look: int) -> None:
        timers = self.model.timers()
        names = sorted(timers, key=lambda name: (name.timescale != "cla.reg24.16w", name))
        if names:
            name = names[which % len(names) if which % 4 == 0 else 0]
            self._extend(name, weeks, approved)
        self._done("extended", look)

    @rule(days=st.integers(-40, 120), whose=st.sampled_from([None, AUTHORITY, "southend"]), look=some)
    def a_day_is_announced(self, days: int, whose: str | None, look: int) -> None:
        day = in_london(self.now) + days * DAY
        if day.weekday() < 5 and day not in BANK_HOLIDAYS and day not in self.model.added():
            self._announce(day, whose)
        self._done("announced", look)

    @rule(batch=st.sampled_from([1, 2, 500]), look=some)
    def a_sweep_comes(self, batch: int, look: int) -> None:
        sweep(self.engine, self.now, batch=batch)
        self.model.sweep(self.now)

        self._verified("chain", "episodes", "timers", "breaches", "missed")
        self._done("swept", look)

    @rule(which=some, calls=st.integers(0, 12), after_commit=st.booleans(), what=st.integers(0, 2), look=some)
    def the_machine_goes_down(self, which: int, calls: int, after_commit: bool, what: int, look: int) -> None:
        before = self._stored()
        event = self._next(which, 0, timed=True)
        day = in_london(self.now) + (which % 90) * DAY
        work: Callable[[], object] = [
            lambda: self.engine.record(event, at=self.now),
            lambda: sweep(self.engine, self.now, batch=1),
            lambda: add_calendar_day(self.engine, self._change(day, None)),
        ][what]
        died = self.store.died
        self.store.die_after(calls, after_commit=after_commit)
        try:
            work()
        except Crash:
            pass
        except Refused:
            pass
        self.store.live()
        if self.store.died > died and what == 0 and not after_commit:
            assert before == self._stored()
        if which % 3:
            self.engine = self._new_engine()
        # whatever came of it, doing it again ends where doing it once would have
        if what == 0:
            self._record(event)
        elif what == 1:
            sweep(self.engine, self.now)
            self.model.sweep(self.now)
        elif day.weekday() < 5 and day not in BANK_HOLIDAYS and day not in self.model.added():
            self._announce(day, None)
        self._done("crashed" if self.store.died > died else "all but crashed", look)

    @precondition(lambda self: self.model.told)
    @rule(which=some, other=st.booleans(), look=some)
    def something_is_recorded_again(self, which: int, other: bool, look: int) -> None:
        events = self.model.events()
        if events:
            event = events[which % len(events)]
            before = self._stored()
            if other:
                changed = replace(event, because=event.because + " and more")
                self._refused(DifferentContent, changed)
            else:
                assert Recorded(0, 0) == self.engine.record(event, at=self.now)
            assert before == self._stored()
        self._done("recorded again", look)

    def teardown(self) -> None:
        """Every answer that was given is given again, unless something has reached us since that was known by then."""
        if sys.exc_info()[0] is not None:
            return  # it went wrong already
        with self.store.snapshot() as unit:
            for asked in self.asked:
                if not any(self._was_known(told, asked.question) for told in self.model.told[asked.told :]):
                    assert asked.answer == self._answer(unit, asked.question), asked.question

    # how it is done

    def _later(self, by: timedelta) -> None:
        self.now = min(self.now + by, ENDS)

    def _instant_on(self, day: date, which: int) -> datetime:
        return min(midnight(day) + timedelta(minutes=which % 1380), self.now)

    def _event(self, event_type: str, episode: str, occurred: When, data: dict[str, Any]) -> Event:
        self.written += 1
        return Event(
            event_id=f"e{self.written}",
            type=event_type,
            authority=AUTHORITY,
            case_id=CASE,
            episode_id=episode,
            occurred=occurred,
            recorded=When.instant(self.now),
            by="sw.jones",
            data=data,
        )

    def _next(self, which: int, days_ago: int, timed: bool) -> Event:
        """Something that may follow on what has happened, or now and then something that may not."""
        self._later(timedelta(minutes=7))
        day = in_london(self.now) - days_ago * DAY
        occurred = When.instant(self._instant_on(day, which)) if timed else When(day)
        fitting = list(self._fitting(occurred)) if which % 13 else []
        if not fitting:
            fitting = [self._made(*HAPPENS[which % len(HAPPENS)], self._episode(which), occurred)]
        return fitting[which % len(fitting)]

    def _fitting(self, occurred: When) -> Sequence[Event]:
        states = self.model.states()
        found = []
        for event_type, data in HAPPENS:
            opens = OPENERS.get(event_type)
            if opens is not None:
                found.append(self._made(event_type, data, f"{opens}-{len(states) + 1}", occurred))
            for episode, state in states.items():
                made = self._made(event_type, data, episode, occurred)
                if _goes_on(state, made):
                    found += [made, made]
        return found

    def _made(self, event_type: str, data: dict[str, Any], episode: str, occurred: When) -> Event:
        told = dict(data)
        for name, value in data.items():
            if value == "day":
                told[name] = str(occurred.on - 3 * DAY)
            elif value == "name":
                told[name] = f"N-{1 + self.written % 2}"
        process = OPENERS.get(event_type, "")
        before = [
            name for name, state in self.model.states().items() if state.process in _FOLLOWS.get(process, ())
        ]
        if before and episode not in before:
            told["follows"] = before[-1]
        return replace(self._event(event_type, episode, occurred, told), event_id=f"e{self.written}")

    def _episode(self, which: int) -> str:
        names = [*self.model.states(), "nowhere"]
        return names[which % len(names)]

    def _any(self, which: int) -> Event | None:
        """Something that was told: mostly a fact that stands, at times one that was taken back."""
        self._later(timedelta(minutes=7))
        facts = self.model.events() if which % 7 == 0 else self.model.facts()
        return facts[which // 7 % len(facts)] if facts else None

    def _record(self, event: Event) -> None:
        """Record an event, which engine and model take or refuse alike."""
        if any(event.event_id == told.event_id for told in self.model.events()):
            assert Recorded(0, 0) == self.engine.record(event, at=self.now)
            return
        why = self._why_not(event)
        if why is not None:
            self._refused(Refused, event)
            return
        refusal = self._refusal(event)
        if refusal is None:
            self.model.tell(event)
        else:
            assert _RULES.search(refusal), (refusal, event)

    def _refusal(self, event: Event) -> str | None:
        try:
            self.engine.record(event, at=self.now)
        except Refused as refusal:
            return str(refusal)
        return None

    def _refused(self, kind: type[Refused], event: Event) -> None:
        try:
            self.engine.record(event, at=self.now)
        except kind:
            return
        raise AssertionError(f"the engine took what the model refuses: {event}")

    def _why_not(self, event: Event) -> str | None:
        """Say why an event can't be taken; None where it can."""
        if event.occurred.on > event.recorded.on:
            return "it was written down before it happened"
        if event.type in ("EventCorrected", "EventRetracted"):
            target = next(
                (told for told in self.model.events() if told.event_id == event.data["event_id"]), None
            )
            if target is None or target.type in EVERYWHERE:
                return "there is no such fact"
            if any(
                told.type == "EventRetracted" and told.data["event_id"] == target.event_id
                for told in self.model.events()
            ):
                return "it was taken back"
        if event.type == "EventCorrected" and When.parse(event.data["occurred_at"]).earliest() > self.now:
            return "it would not have happened yet"
        try:
            Model([*self.model.told, event]).states()
        except DoesNotFit as misfit:
            return str(misfit)
        return None

    def _extend(self, name: Name, weeks: int, approved: bool) -> None:
        timer = self.model.timers()[name]
        timer_id = next((one for one, known in self.names.items() if known == name), "unknown")
        of = timer.first_due or timer.due
        data = {
            "timer_id": timer_id,
            "of": list(name),
            "until": str((of.date() if isinstance(of, datetime) else of) + 7 * weeks * DAY),
            "reason": "a relative was found late",
            **({"approved_by": "head of service"} if approved else {}),
        }
        event = self._event("TimerExtended", self.model.events()[0].episode_id, When.instant(self.now), data)
        duty = next(duty for duty in DUTIES if duty.timescale == name.timescale)
        once = not any(
            told.type == "TimerExtended" and told.data["timer_id"] == timer_id for told in self.model.events()
        )
        if duty.reasons or (once and approved and 0 < weeks <= duty.extended_by):
            self.engine.record(event, at=self.now)
            self.model.tell(event)
        else:
            self._refused(ExtensionRefused, event)

    def _change(self, day: date, whose: str | None) -> CalendarChange:
        return CalendarChange(day, "A day of thanks", self.now, "head.office", "by proclamation", whose)

    def _announce(self, day: date, whose: str | None) -> None:
        add_calendar_day(self.engine, self._change(day, whose))
        if whose in (None, AUTHORITY):
            self.model.tell(AddedDay(day, in_london(self.now)))

    def _was_known(self, told: Event | AddedDay, question: Question) -> bool:
        """Whether what was told after an answer counts as known by the moment it was asked about.

        A day is known from the beginning of the day on which it was announced.
        """
        if isinstance(told, AddedDay):
            return told.known_on <= in_london(question.known_at)
        return told.recorded.latest() <= question.known_at

    # holding it to the model

    def _done(self, what: str, look: int | None = None) -> None:
        self.steps[what] += 1
        with self.store.snapshot() as unit:
            for kept in unit.timers(AUTHORITY, CASE):
                timer = kept.timer
                self.names[timer.timer_id] = Name(timer.timescale, timer.trigger_event, timer.key)
            self._same_states(unit)
            self._same_breaches(unit)
            today = in_london(self.now)
            self._same_positions(unit, Question(today, self.now, self.now))
            if look is not None:
                self._same_positions(unit, self._gone_by(look))
        self._verified("chain", "episodes", "timers", "breaches")

    def _gone_by(self, look: int) -> Question:
        """As at an earlier day, as known then or some time between then and now."""
        day = in_london(self.now) - (look % 80) * DAY
        moment = min(midnight(day + DAY) - timedelta(microseconds=1), self.now)
        known_at = moment + (self.now - moment) * (look // 80 % 3) / 2
        return Question(day, known_at, moment)

    def _same_states(self, unit: Transaction) -> None:
        stored = {
            one.episode_id: State(one.process, one.state, one.opened_on, one.closed_on)
            for one in unit.episodes(AUTHORITY, CASE)
        }

        _same(self.model.states(), stored, "states")

    def _same_breaches(self, unit: Transaction) -> None:
        stored = {
            Ran(self.names[one.timer_id], one.due_on or one.due_at or date.max): str(
                one.cause or one.standing
            )
            for one in unit.breaches(AUTHORITY, CASE)
            if self._is_ours(self.names[one.timer_id])
        }
        ran = {
            one.breach_id: Ran(self.names[one.timer_id], one.due_on or one.due_at or date.max)
            for one in unit.breaches(AUTHORITY, CASE)
        }
        said = [
            (ran[str(event.data["breach_id"])], str(event.data.get("cause", "raised")))
            for event in unit.events(AUTHORITY, CASE)
            if event.type in ("BreachRaised", "BreachWithdrawn")
            and self._is_ours(self.names[str(event.data["timer_id"])])
        ]

        _same(self.model.breaches, stored, "breaches")
        _same(Counter(self.model.said), Counter(said), "what was said of breaches")

    def _is_ours(self, name: Name) -> bool:
        return name.timescale in _OURS

    def _same_positions(self, unit: Transaction, question: Question) -> None:
        answer = self._answer(unit, question)
        found = {
            Name(one.timer.timescale, one.timer.trigger_event, one.timer.key): (
                one.timer.started_on,
                one.timer.due_on or one.timer.due_at,
                one.timer.first_due_on,
                str(one.standing),
                one.over,
                one.timer.stop_event,
            )
            for one in answer
        }
        expected = {
            name: (
                timer.started_on,
                timer.due,
                timer.first_due,
                timer.standing(question.moment),
                self.model.over(timer, question.moment, question.known_at),
                timer.ended.event_id if timer.ended else None,
            )
            for name, timer in self.model.timers(question.as_at, question.known_at).items()
        }

        _same(expected, found, question)
        self.asked.append(Asked(question, answer, len(self.model.told)))

    def _answer(self, unit: Transaction, question: Question) -> list[Position]:
        answer = positions(self.engine, unit, question, authority=AUTHORITY, case_id=CASE)
        return [one for one in answer if one.timer.timescale in _OURS]

    def _verified(self, *kinds: str) -> None:
        for one in verify(self.engine, self.now).findings:
            assert one.kind not in kinds, one.words

    def _stored(self) -> object:
        with self.store.snapshot() as unit:
            return (
                unit.chain(AUTHORITY, CASE),
                unit.episodes(AUTHORITY, CASE),
                unit.timers(AUTHORITY, CASE),
                unit.breaches(AUTHORITY, CASE),
                unit.calendar_changes(),
            )


def _same(model: Mapping[Any, object], engine: Mapping[Any, object], asked: object) -> None:
    for name in {*model, *engine}:
        assert model.get(name) == engine.get(name), (
            f"{name}: the model says {model.get(name)}, the engine {engine.get(name)}; asked {asked}"
        )


def _goes_on(state: State, event: Event) -> bool:
    try:
        next_state(state.process, state.state, event)
    except DoesNotFit:
        return False
    return True
