"""A case that lives at random in a real engine, held to the model after every step.

Things happen, are written down at once, late or on another day, are put right, taken back, extended; bank holidays are
announced; sweeps come when they come; the machine goes down in the middle. Whatever the engine answers, the model must
answer too: as at now and as at days gone by, as known at moments gone by.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from adopting import ADOPTABLE, Adoption
from days import BANK_HOLIDAYS, DAY, in_london
from going_down import Crash
from happenings import AUTHORITY, ENDS, some
from held_case import HeldCase
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from caseclock.timers.when import When
from caseclock.workflow.adoption import AdoptionRefused, adopt_pack
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Recorded
from caseclock.workflow.refusals import DifferentContent, Refused
from caseclock.workflow.sweep import sweep


class LivingCase(HeldCase):
    """One life of one case: what may happen to it, in any order."""

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

    @rule(which=some, begins=st.sampled_from([-60, -5, 0, 1, 9]), number=st.integers(3, 25), look=some)
    def a_version_is_adopted(self, which: int, begins: int, number: int, look: int) -> None:
        """Of a local standard; one that would shorten it for clocks that have started is refused."""
        adoption = Adoption(ADOPTABLE[which % len(ADOPTABLE)], in_london(self.now) + begins * DAY, number)
        if not adoption.contradicts(self.model):
            if adoption.shortens(self.model, in_london(self.now)):
                with pytest.raises(AdoptionRefused, match="would shorten"):
                    adopt_pack(self.engine, adoption.pack(self.now))
            else:
                self._adopt(adoption)
        self._done("adopted", look)

    @rule(batch=st.sampled_from([1, 2, 500]), look=some)
    def a_sweep_comes(self, batch: int, look: int) -> None:
        sweep(self.engine, self.now, batch=batch)
        self.model.sweep(self.now)

        self._verified("chain", "episodes", "timers", "breaches", "missed")
        self._done("swept", look)

    @rule(which=some, calls=st.integers(0, 12), after_commit=st.booleans(), what=st.integers(0, 3), look=some)
    def the_machine_goes_down(self, which: int, calls: int, after_commit: bool, what: int, look: int) -> None:
        before = self._stored()
        event = self._next(which, 0, timed=True)
        day = in_london(self.now) + (which % 90) * DAY
        adoption = Adoption(ADOPTABLE[which % len(ADOPTABLE)], in_london(self.now), 5 + which % 20)
        if what == 3 and adoption.contradicts(self.model):
            what = 1
        work: Callable[[], object] = [
            lambda: self.engine.record(event, at=self.now),
            lambda: sweep(self.engine, self.now, batch=1),
            lambda: add_calendar_day(self.engine, self._change(day, None)),
            lambda: adopt_pack(self.engine, adoption.pack(self.now)),
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
        elif what == 3:
            self._adopt(adoption)
        elif day.weekday() < 5 and day not in BANK_HOLIDAYS:
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
