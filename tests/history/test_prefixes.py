"""What was answered on a day is answered again whenever someone asks as known on that day, whatever came since.

Histories are recorded step by step. After each step it is asked where every timer stands, as at that moment and as at
a day before; when everything has been told, the same is asked as known then.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import pytest
from histories import AUTHORITY, attempts
from hypothesis import given, settings
from hypothesis import strategies as st

from caseclock.exchange.importing import import_files
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import AdoptedPack, CalendarChange
from caseclock.timers.event import Event
from caseclock.timers.when import london_date
from caseclock.workflow.adoption import adopt_pack
from caseclock.workflow.calendar_days import add_calendar_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Position, Question, asked, positions
from caseclock.workflow.refusals import Refused
from caseclock.workflow.sweep import sweep

SAMPLES = Path(str(files("caseclock") / "samples"))
#: one child in so many of the samples; each of them where a long run is asked for
SHARE = 1 if os.environ.get("CASECLOCK_HISTORY_STEPS") else 20
IMPORTED_AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
#: sixty working days for an assessment, from the day in the file on; from a day gone by too, since it is longer
LONGER = """
[pack]
id = "longer"
title = "Assessment, longer"
process = "assessment"
reviewed_on = {begins}

[[timescale]]
id = "assessment.single.45wd"
duty = "Complete the assessment"
basis = "statutory_guidance"
source = "An amendment"
verification = "K"
effective_from = {begins}
counting = "day_after_trigger"
limit = {{ working_days = 60 }}
extension = {{ kind = "reasons" }}
starts = [{{ event = "ReferralReceived" }}]
stops = [{{ event = "AssessmentAuthorised" }}]
"""

Answer = frozenset[Position]


@dataclass
class Recorder:
    """A case that is recorded step by step, and every question put about it on the way with its answer."""

    case_id: str
    engine: Engine = field(default_factory=lambda: Engine(InMemoryStore()))
    given: list[tuple[Question, Answer]] = field(default_factory=list)

    def ask(self, now: datetime, *days_ago: int) -> None:
        """Ask as one does on the day: where do they stand now, where did they stand some days ago."""
        for question in (
            asked(now=now),
            *(asked(now=now, as_at=london_date(now) - timedelta(days)) for days in days_ago),
        ):
            as_known_then = replace(question, known_at=min(question.known_at, now))
            self.given.append((as_known_then, self.answer(question)))

    def forget(self, day: date) -> None:
        """A day announced counts as known from the beginning of that day: what was answered earlier on it is moot."""
        self.given = [(asked, answer) for asked, answer in self.given if london_date(asked.known_at) < day]

    def answer(self, question: Question, engine: Engine | None = None) -> Answer:
        engine = engine or self.engine
        with engine.store.snapshot() as unit:
            return frozenset(positions(engine, unit, question, authority=AUTHORITY, case_id=self.case_id))

    def answered_alike(self, engine: Engine | None = None) -> int:
        """Ask everything again, of another engine where one is given; gives how many answers were the same."""
        for question, answer in self.given:
            assert answer == self.answer(question, engine), question
        return len(self.given)


@settings(max_examples=25, deadline=None)
@given(tried=attempts(most=14, second_thoughts=4), data=st.data())
def test_every_prefix_of_a_history_is_answered_as_it_was(tried: list[Event], data: st.DataObject) -> None:
    """With sweeps, holidays announced and a longer limit adopted between the steps."""
    told = Recorder("C-1")
    adopted = False
    for event in tried:
        at = event.recorded.latest()
        with suppress(Refused):
            told.engine.record(event, at=at)
        match data.draw(st.sampled_from(["nothing", "nothing", "sweep", "holiday", "pack"])):
            case "sweep":
                sweep(told.engine, at)
            case "holiday":
                told.forget(london_date(at))
                day = london_date(at) + timedelta(data.draw(st.integers(-30, 40)))
                with suppress(Refused):
                    add_calendar_day(told.engine, CalendarChange(day, "A holiday", at, "clerk", "proclaimed"))
            case "pack" if not adopted and london_date(at) > date(2015, 1, 1):
                told.forget(london_date(at))
                begins = london_date(at) - timedelta(data.draw(st.integers(0, 60)))
                pack = AdoptedPack("longer", LONGER.format(begins=begins), at, "head.of.service", "amended")
                adopt_pack(told.engine, pack)
                adopted = True
        told.ask(at, data.draw(st.integers(1, 90)))
    sweep(told.engine, IMPORTED_AT)

    assert len(told.given) == told.answered_alike()


@cache
def imported() -> Engine:
    """Every sample return, brought in at once."""
    engine = Engine(InMemoryStore())
    samples = [SAMPLES / name for name in ("cin_census", "annex_a", "ssda903", "event_lines")]
    import_files(samples, engine=engine, authority=AUTHORITY, imported_at=IMPORTED_AT)
    return engine


def logs() -> Iterator[tuple[str, list[Event]]]:
    """Of one child in so many what the samples tell, in the order in which it was written down."""
    with imported().store.snapshot() as unit:
        for number, (_, case_id) in enumerate(unit.case_ids(AUTHORITY)):
            if number % SHARE == 0:
                told = [event for event in unit.events(AUTHORITY, case_id) if event.by != "caseclock"]
                yield case_id, sorted(told, key=lambda event: event.recorded.latest())


def recorded(case_id: str, log: Iterable[Event]) -> Recorder:
    """Record a child's events as they were written down, day by day."""
    told = Recorder(case_id)
    for at, together in groupby(log, key=lambda event: event.recorded.latest()):
        told.engine.record(*(replace(event, seq=0) for event in together), at=at)
        sweep(told.engine, at)
        told.ask(at, 20)
    return told


@pytest.mark.slow
def test_every_prefix_of_what_the_samples_tell_is_answered_as_it_was() -> None:
    """By the case recorded step by step, and by the one that was brought in at once, long after."""
    children = answers = 0
    for case_id, log in logs():
        told = recorded(case_id, log)
        answers += told.answered_alike()
        children += 1
        assert len(told.given) == told.answered_alike(imported()), case_id

    assert answers > 2 * children > 60
