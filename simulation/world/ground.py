"""The ground everything happens on: families, the agenda, the staff, the diaries, and what was counted on the way."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappush
from itertools import count
from typing import Any

from caseclock.simulation.compiled import DueTable
from caseclock.simulation.scenario import Scenario
from caseclock.simulation.world.chance import Chance, Chooser, mixed, named, number_of
from caseclock.simulation.world.days import DAY, EVENING, MORNING, Days
from caseclock.simulation.world.diaries import Desk, Diary, Queue
from caseclock.simulation.world.telling import Case, Scribe
from caseclock.simulation.world.workers import Staff, Task, Worker
from caseclock.timers.evaluation import Setting

#: days of a year and of a month, on average
YEAR, MONTH = 365.25, 30.4375
#: who tells of the days before the first one simulated: what an earlier system handed over, as a return would
BEFORE = "return:before"


def purpose(name: str) -> int:
    """Give the number of a purpose, by which its chance is apart from that of any other."""
    return number_of(name) & 0xFFFFFFFF


class Family:
    """Brothers and sisters who share a referral, an assessment and a conference."""

    __slots__ = ("cases", "every", "key", "name", "referral", "source", "threads", "worker")

    def __init__(self, name: str, key: int, cases: list[Case], source: str) -> None:
        self.name, self.key, self.source = name, key, source
        #: its children that are not grown up, and all there ever were
        self.cases, self.every = cases, list(cases)
        #: what is going on with the family: assessments, enquiries, plans, children in care
        self.threads: set[str] = set()
        #: the open referral's episode, or None
        self.referral: str | None = None
        #: the worker who holds the family, or None
        self.worker: Worker | None = None

    def chance(self, of: int, *more: int) -> Chance:
        """Begin the stream of chance of one purpose."""
        return Chance(self.key, of, *more)


@dataclass
class Facts:
    """What was counted on the way that no event tells."""

    families: int = 0
    #: the last working day of each month -> families waiting for a worker, by kind of team
    waiting: dict[str, dict[str, int]] = field(default_factory=dict)
    #: the same day -> assessments to be read by a supervisor, papers to be typed
    piles: dict[str, dict[str, int]] = field(default_factory=dict)
    #: the same day -> families or children for each worker there, full-time equivalent, by kind of team
    caseload: dict[str, dict[str, float]] = field(default_factory=dict)
    #: kind of team -> share of the hours there were that were worked on cases
    busy: dict[str, float] = field(default_factory=dict)
    #: working days that conferences, reviews and hearings were booked behind the day wanted, on average
    booked_behind: dict[str, float] = field(default_factory=dict)


class Ground:
    """One authority of a scenario, in one replication."""

    def __init__(self, scenario: Scenario, setting: Setting, seed: int, replication: int) -> None:
        self.scenario, self.setting = scenario, setting
        #: beginning of every stream of chance
        self.key = named(seed, replication, number_of(scenario.authority))
        self.days = Days(scenario.begins, scenario.last_day, setting.holidays)
        self.due = DueTable(setting.rulebook, setting.holidays)
        self.scribe = Scribe(scenario.authority, self.days, scenario.recording)
        self.families: list[Family] = []
        self.facts = Facts()
        self._order = count()
        #: the day lived through just now
        self.today = self.days.start
        #: its agenda is not done yet
        self._is_morning = True
        self._agenda: defaultdict[int, list[tuple[Callable[..., None], tuple[Any, ...]]]] = defaultdict(list)
        self._build()

    def _build(self) -> None:
        scenario, days = self.scenario, self.days
        self.staff: dict[str, Staff] = {}
        self.supervisors: dict[str, Desk] = {}
        first = 1
        there = 1 - scenario.staffing.absence - scenario.staffing.leave_days / 252
        for place, kind in enumerate(("assessment", "protection", "care")):
            teams = [(name, team) for name, team in scenario.teams.items() if team.does == kind]
            staff = Staff(
                [(name, team.workers) for name, team in teams],
                days, scenario.work, scenario.staffing, mixed(self.key + place), first,
            )  # fmt: skip
            self.staff[kind] = staff
            first += len(staff.workers)
            supervised = sum(team.supervisors for _, team in teams) * max(there, 0.1)
            self.supervisors[kind] = Desk(supervised * scenario.staffing.authorised_a_day)
        diaries, hub, staffing = scenario.diaries, scenario.hub, scenario.staffing
        self.conferences = Diary(days, diaries.conferences_a_week)
        self.reviews = Diary(days, diaries.reviews_a_week)
        self.hearings = Diary(days, diaries.hearings_a_week)
        self.papers = Desk(diaries.papers_a_day)
        self.screening = Queue(hub.screeners * staffing.contacts_a_day * max(there, 0.1))
        self.deciding = Queue(hub.managers * staffing.decisions_a_day * max(there, 0.1))
        self.categories = Chooser(scenario.outcomes.categories)

    def at(self, day: float, then: Callable[..., None], *what: Any) -> None:
        """Let something happen on a day, in the order in which it was put down; nothing behind the last day.

        What is put down for a day gone by happens today, or tomorrow where today's agenda is done already.
        """
        if day < self.days.count:
            first = self.today if self._is_morning else self.today + 1
            self._agenda[max(int(day), first)].append((then, what))

    def on_a_working_day(self, day: float, then: Callable[..., None], *what: Any) -> None:
        if day < self.days.count:
            self.at(self.days.working(int(day)), then, *what)

    def begin_day(self, day: int) -> None:
        """Let everything happen that was put down for a day."""
        self.today, self._is_morning = day, True
        # while it is lived through, more may be put down for the same day
        for then, what in self._agenda[day]:
            then(*what)
        del self._agenda[day]
        self._is_morning = False

    def last_day(self, timescale: str, started: int, asked: int | None = None) -> int | None:
        """Give the last day in time of a timescale whose clock started on a day; None where it does not hold."""
        dates = self.days.dates
        found = self.due.last_day(timescale, dates[started], dates[asked if asked is not None else started])
        return None if found is None else self.days.number(found)

    def tell(self, case: Case, event_type: str, episode: str, moment: int, by: str, **data: Any) -> int:
        return self.scribe.tell(case, event_type, episode, moment, by, data)

    def give(self, worker: Worker, task: Task) -> None:
        """Put a task on a worker's list."""
        heappush(worker.tasks, (task.rank, task.due, next(self._order), task))

    def take_on(self, family: Family, worker: Worker) -> Worker:
        """Say who goes on with a family that a worker was just given: who holds it already, or else that worker."""
        if family.worker is None:
            family.worker = worker
            self._given(family, worker)
        else:
            worker.families -= 1
        return family.worker

    def hand_over(self, family: Family, worker: Worker) -> None:
        """Let another worker, who was just given a family, hold it from now on."""
        if family.worker is not None:
            family.worker.families -= 1
        family.worker = worker
        self._given(family, worker)

    def _given(self, family: Family, worker: Worker) -> None:
        for case in family.cases:
            case.given = worker.team, worker.name

    def from_days(self, days: dict[str, int]) -> dict[str, str]:
        """Give, by type of event, the dates from which they are told, as an opening event says it."""
        return {event_type: self.days.date_of(day).isoformat() for event_type, day in days.items()}

    def count(self, day: int) -> None:
        """Note, on the last working day of each month, what waits and how much everybody holds."""
        days = self.days
        if days.dates[days.after(day, 1)].month == days.dates[day].month:
            return
        month = days.dates[day].isoformat()
        facts = self.facts
        facts.waiting[month] = {kind: len(staff.waiting) for kind, staff in self.staff.items()}
        facts.piles[month] = {kind: len(desk) for kind, desk in self.supervisors.items()}
        facts.piles[month]["papers"] = len(self.papers)
        facts.piles[month]["contacts"] = len(self.screening)
        facts.caseload[month] = {
            kind: round(
                sum(worker.families for worker in staff.workers)
                / sum(worker.full_time for worker in staff.workers),
                3,
            )
            for kind, staff in self.staff.items()
        }

    def office_hour(self, day: int, chance: Chance) -> int:
        """Give a moment in the working hours of a day."""
        return day * DAY + MORNING + 30 + chance.whole(EVENING - MORNING - 60)


def born_on(ground: Ground, case: Case) -> str:
    """Give a child's date of birth as events tell it."""
    return ground.days.date_of(case.born).isoformat()


def age_on(case: Case, day: int) -> float:
    """Give a child's age in years."""
    return (day - case.born) / YEAR
