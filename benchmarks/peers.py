"""What others do with the same machine in the same run: an event-sourcing library, a job store, and the naive glue.

Each peer does the same work in turns with ours, so that both meet the same machine. Theirs is less: no timescale, no
chain, no check of what is recorded.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy import event as listening
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from transitions import Machine

from benchmarks.figures import Figure, seconds
from benchmarks.journeys import AFTERWARDS, ANYWHERE, as_written, on_a_plan
from benchmarks.recording import nothing_held
from caseclock.store.sql import open_store
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine

PART = "peers on SQLite, in the same run (ratio: ours over theirs)"
TURNS = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """Who keeps cases at hand between two events of theirs while one more event is measured."""

    folder: str
    by_us: bool
    by_them: bool
    #: how many times as fast as theirs ours is to be; None where that is only told
    wanted: float | None = None


#: as each library comes: an engine keeps the last few hundred cases at hand, and theirs loads an aggregate each time;
#: then like with like
ONE_MORE = {
    "as each comes": Kept("comes", by_us=True, by_them=False, wanted=3),
    "read anew by both": Kept("anew", by_us=False, by_them=False),
    "at hand for both": Kept("at_hand", by_us=True, by_them=True),
}


def peers(cases: int) -> Iterator[Figure]:
    """Measure recording beside what a team would reach for first, and one more event beside an aggregate's."""
    with TemporaryDirectory() as folder:
        for name, which in ONE_MORE.items():
            yield _one_more(Path(folder) / which.folder, name, which, cases, length=25)
        yield from _glue(Path(folder), cases)


def _ratio(
    name: str, ours: list[float], theirs: list[float], each: int, wanted: float | None, done: str
) -> Figure:
    ratios = [their / our for our, their in zip(ours, theirs, strict=True)][1:]
    return Figure(
        PART,
        name,
        each / median(ours[1:]),
        "events/s",
        floor=each / median(theirs[1:]),
        wanted="" if wanted is None else f"at least {wanted:g} times theirs",
        kept=None if wanted is None else median(ratios) >= wanted,
        done=done,
        rounds=tuple(ratios),
    )


# one more event on a case of so many


class Aggregated(Aggregate):
    """A case as an event-sourcing library keeps it: loaded from its events, changed, saved."""

    @event("Opened")
    def __init__(self, started: str) -> None:
        self.state = "open"
        self.seen = 0

    @event("Seen")
    def see(self, on: str, by: str, because: str) -> None:
        self.seen += 1


def _one_more(folder: Path, name: str, kept: Kept, cases: int, length: int) -> Figure:
    """Measure one more event on cases of so many (theirs are kept at hand by the cache it has for that)."""
    folder.mkdir()
    # each journey goes on for as many events as there are turns
    journeys = [
        on_a_plan(length + TURNS, authority=ANYWHERE, case_id=f"P-{number}") for number in range(cases)
    ]
    with open_store(f"sqlite:///{folder / 'ours.db'}", synchronous="NORMAL") as store:
        engine = Engine(store)
        for told in journeys:
            engine.take_in(
                ANYWHERE,
                told[0].case_id,
                [(one,) for one in told[:length]],
                told[length - 1].recorded.latest(),
            )
        theirs = Application[Any](
            env={
                "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                "SQLITE_DBNAME": str(folder / "theirs.db"),
                "SQLITE_LOCK_TIMEOUT": "30",
                **({"AGGREGATE_CACHE_MAXSIZE": str(cases)} if kept.by_them else {}),
            }
        )
        ids = []
        for told in journeys:
            aggregate = Aggregated(started=str(told[0].occurred.on))
            for one in told[1:length]:
                aggregate.see(str(one.occurred.on), one.by, one.because)
            theirs.save(aggregate)
            ids.append(aggregate.id)
        ours_took, theirs_took = [], []
        with nullcontext() if kept.by_us else nothing_held():
            for turn in range(TURNS):
                more = [told[length + turn] for told in journeys]
                ours_took.append(seconds(partial(_record, engine, more)))
                theirs_took.append(seconds(partial(_see_each, theirs, ids, more)))
        theirs.close()
    return _ratio(
        f"one more event on a case of {length}, {name}, beside pyeventsourcing's",
        ours_took,
        theirs_took,
        cases,
        kept.wanted,
        f"{cases * TURNS:,} events",
    )


def _see_each(application: Application[Any], ids: list[Any], more: list[Event]) -> None:
    for identity, one in zip(ids, more, strict=True):
        aggregate: Any = application.repository.get(identity)
        aggregate.see(str(one.occurred.on), one.by, one.because)
        application.save(aggregate)


def _record(engine: Engine, told: list[Event]) -> None:
    for one in told:
        engine.record(one, at=one.recorded.latest())


# the naive glue


class _Base(DeclarativeBase):
    pass


class GlueCase(_Base):
    """A case as a row of an object mapper."""

    __tablename__ = "glue_cases"
    case_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]


class GlueEvent(_Base):
    """An event as a row of an object mapper."""

    __tablename__ = "glue_events"
    event_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("glue_cases.case_id"))
    type: Mapped[str]
    occurred_at: Mapped[datetime]
    by: Mapped[str]


def ring(timer_id: str) -> None:
    """Do nothing: what the glue would do when a job runs is not measured."""


class Glue:
    """What a team writes first: a row in a session, a machine for the case, two jobs for its timers."""

    def __init__(self, file: Path) -> None:
        self.engine = create_engine(f"sqlite:///{file}")

        @listening.listens_for(self.engine, "connect")
        def connected(connection: Any, _: object) -> None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")

        _Base.metadata.create_all(self.engine)
        self.scheduler = BackgroundScheduler(
            jobstores={"default": SQLAlchemyJobStore(engine=self.engine)}, timezone="UTC"
        )
        self.scheduler.start(paused=True)

    def record(self, one: Event) -> None:
        with Session(self.engine) as session:
            case = session.get(GlueCase, one.case_id)
            if case is None:
                case = GlueCase(case_id=one.case_id, state="open")
                session.add(case)
                session.flush()
            machine: Any = Machine(
                model=None,
                states=["open", "moved"],
                transitions=[["go", "*", "moved"]],
                initial=case.state,
                auto_transitions=False,
            )
            model = _Model()
            machine.add_model(model, initial=case.state)
            model.go()  # type: ignore[attr-defined]
            case.state = model.state  # type: ignore[attr-defined]
            session.add(
                GlueEvent(
                    event_id=one.event_id,
                    case_id=one.case_id,
                    type=one.type,
                    occurred_at=one.recorded.latest(),
                    by=one.by,
                )
            )
            session.commit()
        for days in (45, 60):
            self.scheduler.add_job(
                ring, "date", run_date=AFTERWARDS + timedelta(days=days), args=[str(uuid4())]
            )

    def close(self) -> None:
        self.scheduler.shutdown(wait=False)
        self.engine.dispose()


class _Model:
    pass


def _glue(folder: Path, cases: int) -> Iterator[Figure]:
    told = as_written(cases, authority=ANYWHERE)
    glue = Glue(folder / "glue.db")
    with open_store(f"sqlite:///{folder / 'beside.db'}", synchronous="NORMAL") as store:
        engine = Engine(store)
        length = len(told) // TURNS
        ours, theirs = [], []
        for turn in range(TURNS):
            some = told[turn * length : (turn + 1) * length]
            ours.append(seconds(partial(_record, engine, some)))
            theirs.append(seconds(partial(_each, glue.record, some)))
    yield _ratio(
        "one event recorded, beside an ORM row, `transitions` and two APScheduler jobs",
        ours,
        theirs,
        length,
        2.5,
        f"{length * TURNS:,} events",
    )
    glue.close()


def _each(do: Callable[[Event], None], told: list[Event]) -> None:
    for one in told:
        do(one)
