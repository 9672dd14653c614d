"""How a living case is held to its model: states, breaches and positions must be the same after every step."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, ClassVar

from counting import Name
from days import DAY, in_london, midnight
from going_down import CrashingStore
from happenings import AUTHORITY, BEGINS, CASE, OURS
from hypothesis.stateful import RuleBasedStateMachine
from model import Model, Ran
from told import AddedDay, NewVersion, Told
from walking import State

from caseclock.processes.catalogue import OPENERS, rules_of
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Store, Transaction
from caseclock.timers.rulebook import Rulebook
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Position, Question, positions
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


class Holding(RuleBasedStateMachine):
    """One case, in an engine and in the model: what they say must be the same. Counts its steps by what was done."""

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
                unit.adopted_packs(),
            )

    def _was_known(self, told: Told, question: Question) -> bool:
        """Whether what was told after an answer counts as known by the moment it was asked about.

        A day is known from the beginning of the day on which it was announced, a version from that of its adoption.
        """
        if isinstance(told, AddedDay | NewVersion):
            return told.known_on <= in_london(question.known_at)
        return told.recorded.latest() <= question.known_at


def _same(model: Mapping[Any, object], engine: Mapping[Any, object], asked: object) -> None:
    for name in {*model, *engine}:
        assert model.get(name) == engine.get(name), (
            f"{name}: the model says {model.get(name)}, the engine {engine.get(name)}; asked {asked}"
        )
