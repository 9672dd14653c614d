"""Assessment: allocated, the child seen, what others know asked for, written, authorised by a supervisor."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from caseclock.simulation.scenario import Scenario
from caseclock.simulation.world.chance import Chance, Chooser
from caseclock.simulation.world.days import DAY
from caseclock.simulation.world.front_door import case_referral
from caseclock.simulation.world.ground import YEAR, Family, Ground, purpose
from caseclock.simulation.world.paths import Paths
from caseclock.simulation.world.telling import Case
from caseclock.simulation.world.workers import ORDINARY, RISK, Task, Worker

_ASSESSMENT = purpose("assessment")
_STRATEGY = purpose("strategy in assessment")
_AGAIN = purpose("assessment of an open case")
#: working days by which a child is to be seen where no local standard says so, and once allocated
_SEEN, _SEEN_AT_RISK = 10, 2
#: working days that what can't be done without takes, at their median, and how much they spread
_INDISPENSABLE, _INDISPENSABLE_SPREAD = 38.0, 0.45
#: days at the least between an assessment of an open case and the plan or the assessment before it
_APART = 30


@dataclass(slots=True)
class Assessing:
    """One assessment of a family: an episode of each of its children."""

    family: Family
    number: int
    started: int
    #: the last day in time, as the worker and the supervisor see it
    due: int
    at_risk: bool
    outcome: str
    hours: float
    chance: Chance
    episodes: list[tuple[Case, str]]
    open_case: bool
    #: a first look settles it
    is_brief: bool
    worker: Worker | None = None
    task: Task | None = field(default=None)

    @property
    def thread(self) -> str:
        return f"assessment {self.number}"


class Assessments:
    """The assessments of one authority."""

    def __init__(self, ground: Ground, paths: Paths) -> None:
        self._ground, self._paths = ground, paths
        self.expect(ground.scenario)

    def expect(self, scenario: Scenario) -> None:
        """Let assessments come to what a scenario has them come to."""
        self._outcome = Chooser(scenario.outcomes.assessment)

    def begin(
        self, family: Family, day: int, moment: int, *, at_risk: bool = False, open_case: bool = False
    ) -> None:
        """Start an assessment of every child of a family and let it wait for a worker."""
        ground, scenario = self._ground, self._ground.scenario
        number = 1 + sum(1 for name in family.cases[0].runs if name[0] == "A")
        chance = family.chance(_ASSESSMENT, number)
        outcome = self._outcome.at(chance.share())
        work = scenario.work
        hours = chance.spread(work.assessment, work.assessment_spread)
        hours *= 1 + work.each_sibling * (len(family.cases) - 1)
        brief = chance.holds(work.brief) and outcome in ("no_further_action", "early_help") and not at_risk
        if brief:
            hours *= 0.3
        episodes = []
        for case in family.cases:
            episode = case.episode("A")
            told: dict[str, object] = {"kind": "single", "follows": case_referral(case)}
            if open_case:
                told["open_case"] = True
                told["new_information_on"] = ground.days.dates[day].isoformat()
            moment = ground.tell(case, "AssessmentStarted", episode, moment, "manager.hub", **told)
            episodes.append((case, episode))
        one = Assessing(
            family, number, day, self._due(family, day, open_case), at_risk, outcome, hours, chance,
            episodes, open_case, brief,
        )  # fmt: skip
        family.threads.add(one.thread)
        if family.worker is not None and open_case:
            self._given(one, family.worker, day)
            return
        ground.staff["assessment"].ask(RISK if at_risk else ORDINARY, partial(self._allocated, one))
        if at_risk:
            self._paths.discuss(family, day, moment + 10)
        elif family.chance(_STRATEGY, number).holds(scenario.outcomes.strategy_in_assessment):
            after = 1 + family.chance(_STRATEGY, number, 1).whole(20)
            ground.on_a_working_day(day + after, self._concerned, one, day + after)

    def expect_again(self, family: Family, day: int, is_over: Callable[[], bool]) -> None:
        """Let a family on a plan be assessed again from time to time, until the plan is over."""
        rate = self._ground.scenario.outcomes.reassessments
        again = day + _APART + family.chance(_AGAIN, day).exponential(YEAR / max(rate, 1e-9))
        self._ground.on_a_working_day(again, self._again, family, is_over)

    def _again(self, family: Family, is_over: Callable[[], bool]) -> None:
        if is_over():
            return
        ground, day = self._ground, self._ground.today
        if not any(thread.startswith("assessment") for thread in family.threads):
            moment = ground.office_hour(day, family.chance(_AGAIN, day, 1))
            self.begin(family, day, moment, open_case=True)
        self.expect_again(family, day, is_over)

    def _due(self, family: Family, day: int, open_case: bool) -> int:
        """Give the last day by which an assessment is in time by the duty and by the statistic, whichever is first."""
        ground = self._ground
        ends = [ground.last_day("assessment.stat.duration", day)]
        if not open_case:
            case = family.cases[0]
            received = next(
                event for event in reversed(case.events) if event.type == "ReferralReceived"
            ).occurred.on
            first = ground.days.number(received)
            ends += [
                ground.last_day(rule, first)
                for rule in ("assessment.single.45wd", "local.assessment.complete")
            ]
        return min((end for end in ends if end is not None), default=ground.days.after(day, 45))

    def _concerned(self, one: Assessing, day: int) -> None:
        if one.thread in one.family.threads and not _enquired(one.family):
            day = self._ground.days.working(int(day))
            self._paths.discuss(one.family, day, self._ground.office_hour(day, one.chance))

    def _allocated(self, one: Assessing, worker: Worker, day: int) -> None:
        self._given(one, self._ground.take_on(one.family, worker), day)

    def _given(self, one: Assessing, worker: Worker, day: int) -> None:
        """Give an assessment to a worker, who sees the child first."""
        ground = self._ground
        one.worker = worker
        moment = ground.office_hour(day, one.chance)
        for case, episode in one.episodes:
            moment = ground.tell(
                case,
                "AssessmentAllocated",
                episode,
                moment,
                "manager",
                team=worker.team,
                worker=worker.name,
            )
        seen_by = ground.last_day("local.assessment.child_seen.5wd", day)
        within = _SEEN_AT_RISK if one.at_risk else _SEEN
        limit = ground.days.after(day, within)
        due = limit if seen_by is None else min(limit, seen_by)
        hours = ground.scenario.work.visit
        ground.give(
            worker, Task(hours, due, partial(self._seen, one), rank=RISK if one.at_risk else ORDINARY)
        )

    def _seen(self, one: Assessing, moment: int) -> None:
        ground, work = self._ground, self._ground.scenario.work
        worker = one.worker
        assert worker is not None  # noqa: S101  who has seen a child is somebody
        for case, episode in one.episodes:
            moment = ground.tell(case, "ChildSeen", episode, moment, worker.name, alone=True)
        day = moment // DAY
        replies = one.chance.spread(work.replies, work.replies_spread)
        without = ground.days.before(one.due, int(work.waits_until + 4 * one.chance.share()))
        if one.chance.holds(work.waits_on) and not one.is_brief:
            replies = one.chance.spread(_INDISPENSABLE, _INDISPENSABLE_SPREAD)
            without = ground.days.after(day, int(replies))
        elif one.is_brief:
            replies = replies / 6
        ready = max(day, min(ground.days.after(day, int(replies)), without))
        ground.at(max(ready, ground.today + 1), self._written_up, one)

    def _written_up(self, one: Assessing) -> None:
        """Put the rest of the work on the worker's list, once what others know is in hand."""
        ground, work = self._ground, self._ground.scenario.work
        worker = one.worker
        assert worker is not None  # noqa: S101
        hours = max(1.0, one.hours - work.visit)
        # a day is left for the supervisor to read it
        due = ground.days.before(one.due, 1)
        one.task = Task(hours, due, partial(self._handed_in, one), most=work.assessment_a_day)
        ground.give(worker, one.task)
        if one.chance.holds(work.pushes):
            looks = ground.days.before(one.due, int(work.pushed + one.chance.share()))
            ground.at(max(looks, ground.today + 1), self._pushed, worker, one.task)

    def _pushed(self, worker: Worker, task: Task) -> None:
        """Let a supervisor say that an assessment comes before everything else."""
        if task.hours > 0 and task.rank != RISK:
            task.rank = RISK
            self._ground.give(worker, task)

    def _handed_in(self, one: Assessing, moment: int) -> None:
        self._ground.supervisors["assessment"].put(one.due, partial(self._authorised, one, moment))

    def _authorised(self, one: Assessing, handed_in: int, moment: int) -> None:
        ground, family = self._ground, one.family
        moment = max(moment, handed_in + 20)
        day = moment // DAY
        plan = any(thread.startswith(("enquiry", "protection")) for thread in family.threads)
        outcome = "section_47" if plan or _enquired(family) else one.outcome
        if one.open_case and outcome in ("no_further_action", "early_help") and "need" in family.threads:
            outcome = "child_in_need"  # the plan goes on
        for case, episode in one.episodes:
            moment = ground.tell(case, "AssessmentAuthorised", episode, moment, "manager", outcome=outcome)
        family.threads.discard(one.thread)
        if outcome == "child_in_need" or (
            outcome == "section_47" and not plan and one.outcome == "child_in_need"
        ):
            if not family.threads:
                self._paths.need(family, day)
        elif outcome == "looked_after" and not any(one.startswith("care") for one in family.threads):
            self._paths.care(family, day, emergency=False)
        closes = ground.days.after(day, 2 + one.chance.whole(5))
        ground.at(closes, self._paths.close, family, closes)


def _enquired(family: Family) -> bool:
    """Say whether an enquiry was begun since the family's last referral."""
    case = family.cases[0]
    for event in reversed(case.events):
        if event.type == "ReferralReceived":
            return False
        if event.type == "Section47Started":
            return True
    return False
