"""What a living case has in hand: the engine, the model, and how one is held against the other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from adopting import Adoption
from counting import Name
from days import DAY, in_london, midnight
from duties import DUTIES
from happenings import AUTHORITY, CASE, ENDS, FOLLOWS, HAPPENS, RULES
from holding import Holding
from model import Model
from told import AddedDay
from walking import DoesNotFit, State, next_state

from caseclock.processes.catalogue import EVERYWHERE, OPENERS
from caseclock.store.protocol import CalendarChange
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.adoption import adopt_pack
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Recorded
from caseclock.workflow.refusals import ExtensionRefused, Refused


class HeldCase(Holding):
    """What may be done to the case, told to the engine and to the model alike."""

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

    def _adopt(self, adoption: Adoption) -> None:
        adopt_pack(self.engine, adoption.pack(self.now))
        self.model.tell(adoption.told(in_london(self.now)))


def _goes_on(state: State, event: Event) -> bool:
    try:
        next_state(state.process, state.state, event)
    except DoesNotFit:
        return False
    return True
