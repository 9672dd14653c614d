"""What a living case has in hand: the engine, the model, and how one is held against the other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, ClassVar

from days import DAY, in_london, midnight
from duties import DUTIES
from going_down import CrashingStore
from happenings import AUTHORITY, BEGINS, CASE, ENDS, FOLLOWS, HAPPENS, OURS, RULES
from hypothesis.stateful import RuleBasedStateMachine
from model import AddedDay, Model, Name, Ran
from walking import DoesNotFit, State, next_state

from caseclock.processes.catalogue import EVERYWHERE, OPENERS, rules_of
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import CalendarChange, Store, Transaction
from caseclock.timers.event import Event
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.when import When
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Engine, Recorded
from caseclock.workflow.positions import Position, Question, positions
from caseclock.workflow.refusals import ExtensionRefused, Refused
from caseclock.workflow.verification import verify


@cache
def rules_of_the_model(authority: str | None) -> Rulebook:
    """Of the authority's timescales those that the model counts too."""
    rules = rules_of(authority).rules
    return Rulebook(authority, {name: rules[name] for name in rules if name in OURS}, OPENERS)


@dataclass(frozen=True)
class Asked:
    """A question put when things stood so, and the answer it got."""

    question: Question
    answer: list[Position]
    #: how much had been told by then
    told: int


class HeldCase(RuleBasedStateMachine):
    """One case, told to the engine and to the model alike. Counts its steps by what was done."""

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
            name for name, state in self.model.states().items() if state.process in FOLLOWS.get(process, ())
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
            assert RULES.search(refusal), (refusal, event)

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
        return name.timescale in OURS

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
        return [one for one in answer if one.timer.timescale in OURS]

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
