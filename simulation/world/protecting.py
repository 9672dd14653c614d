"""Child protection plans: visits, core groups, review conferences that end most of them, and other ends."""

from dataclasses import dataclass, field
from functools import partial

from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.diaries import put_off_for
from caseclock.simulation.world.front_door import case_referral
from caseclock.simulation.world.ground import BEFORE, MONTH, Family, Ground, age_on, purpose
from caseclock.simulation.world.papers import send_conference_papers
from caseclock.simulation.world.paths import Paths
from caseclock.simulation.world.rhythm import Rhythm
from caseclock.simulation.world.telling import Case
from caseclock.simulation.world.workers import RISK, Task, Worker

_PLAN = purpose("protection plan")
_BEFORE = purpose("protection plan before")
#: a plan's panel sits at this many months where a local standard asks for one
_PANEL_MONTHS = 11.5
#: years of age from which a child may have had a plan before
_LEAST_AGE = 1.0
#: share of visits at which nobody opens
_NOT_IN = 0.05
#: share of plans ended otherwise that end since the children come into care
_INTO_CARE = 0.5
THREAD = "protection"


@dataclass(slots=True)
class Protecting:
    """The plans of one family's children, made by one conference."""

    family: Family
    began: int
    chance: Chance
    episodes: list[tuple[Case, str]]
    reviews: int = 0
    rhythms: list[Rhythm] = field(default_factory=list)
    over: bool = False


class Protection:
    """The child protection plans of one authority."""

    def __init__(self, ground: Ground, paths: Paths) -> None:
        self._ground, self._paths = ground, paths
        #: family -> its last plan
        self._plans: dict[str, Protecting] = {}

    def begin(self, family: Family, day: int, moment: int, follows: dict[str, str]) -> None:
        """Start the plans a conference has made, on its day."""
        ground = self._ground
        number = 1 + sum(1 for name in family.cases[0].runs if name[0] == "P")
        chance = family.chance(_PLAN, number)
        category = ground.categories.at(chance.share())
        episodes = []
        told: dict[str, object] = {
            "category": category,
            "conference_held_on": ground.days.dates[day].isoformat(),
        }
        if family.worker is not None:
            told |= {"team": family.worker.team, "worker": family.worker.name}
        for case in family.cases:
            episode = case.episode("P")
            told["previous_plans"] = self._plans_before(family, case, day)
            before = {"follows": follows[case.case_id]} if case.case_id in follows else {}
            moment = ground.tell(case, "PlanStarted", episode, moment, "chair", **told, **before)
            episodes.append((case, episode))
        plan = Protecting(family, day, chance, episodes)
        self._runs(plan, day)
        self._keep_rhythms(plan, day, day)
        self._book(plan, day, "cp.review.first.3m")

    def _plans_before(self, family: Family, case: Case, day: int) -> int:
        """Count a child's plans before this one: those this history tells of, and one of the years before it."""
        told = sum(1 for name in case.runs if name[0] == "P")
        had = family.chance(_BEFORE).holds(self._ground.scenario.plans.had_before)
        return told + (1 if had and age_on(case, day) >= _LEAST_AGE else 0)

    def known(self, family: Family, began: int, today: int) -> None:
        """Let a family be on plans that began some time ago, and were reviewed since if that was long enough ago."""
        ground = self._ground
        chance = family.chance(_PLAN, 0)
        category = ground.categories.at(chance.share())
        reviews = 0 if today - began < 88 else 1 + int((today - began - 88) / 175)
        reviewed = ground.days.before(began + 84 + 175 * (reviews - 1), 1) if reviews else began
        told_from = {"ChildSeen": today - 1, "CoreGroupHeld": today - 1, "ReviewConferenceHeld": reviewed}
        episodes = []
        for case in family.cases:
            episode = case.episode("P")
            ground.tell(
                case, "PlanStarted", episode, ground.office_hour(began, chance), BEFORE, category=category,
                previous_plans=self._plans_before(family, case, began),
                follows=case_referral(case), conference_held_on=ground.days.dates[began].isoformat(),
                told_from=ground.from_days(told_from),
            )  # fmt: skip
            if reviews:
                ground.tell(
                    case, "ReviewConferenceHeld", episode, ground.office_hour(reviewed, chance), BEFORE,
                    conference_id=f"{family.name}.RC0.{reviews}", outcome="continue",
                )  # fmt: skip
                papers = (ground.days.after(reviewed, 1), ground.days.after(reviewed, 12))
                for event_type, day in zip(
                    ("ConferenceDecisionsSent", "ConferenceMinutesSent"), papers, strict=True
                ):
                    if day < today:
                        ground.tell(
                            case, event_type, episode, ground.office_hour(day, chance), BEFORE,
                            conference_id=f"{family.name}.RC0.{reviews}",
                        )  # fmt: skip
            ground.tell(case, "ChildSeen", episode, ground.office_hour(today - 1, chance), BEFORE, alone=True)
            ground.tell(case, "CoreGroupHeld", episode, ground.office_hour(today - 1, chance), BEFORE)
            episodes.append((case, episode))
        plan = Protecting(family, began, chance, episodes, reviews)
        self._runs(plan, today)
        self._keep_rhythms(plan, today - 1 - chance.whole(12), today - 1 - chance.whole(30))
        self._book(plan, reviewed, "cp.review.next.6m" if reviews else "cp.review.first.3m")

    def _runs(self, plan: Protecting, day: int) -> None:
        """Let a plan run: a worker for it, and the ends it may come to without a review."""
        ground, scenario = self._ground, self._ground.scenario
        chance = plan.chance
        self._plans[plan.family.name] = plan
        plan.family.threads.add(THREAD)
        ground.staff["protection"].ask(RISK, partial(self._allocated, plan))
        otherwise = day + 2 + chance.exponential(MONTH / max(scenario.plans.ends_otherwise, 1e-9))
        ground.on_a_working_day(otherwise, self._ended_otherwise, plan, int(otherwise))
        court = day + 10 + chance.exponential(MONTH / max(scenario.plans.to_court, 1e-9))
        ground.on_a_working_day(court, self._to_court, plan, int(court))
        self._paths.assess_again(plan.family, max(day, ground.days.start), lambda: plan.over)
        if ground.due.holds("local.cp.plan.panel.12m", ground.days.dates[day]):
            ground.on_a_working_day(day + int(_PANEL_MONTHS * MONTH), self._panel, plan)

    def _allocated(self, plan: Protecting, worker: Worker, day: int) -> None:
        if plan.over:
            worker.families -= 1
            return
        self._ground.hand_over(plan.family, worker)

    def _keep_rhythms(self, plan: Protecting, visited: int, met: int) -> None:
        ground, scenario = self._ground, self._ground.scenario
        siblings = 1 + 0.15 * (len(plan.episodes) - 1)
        visits = Rhythm(
            ground, Chance(plan.family.key, _PLAN, 1), hours=scenario.work.visit * siblings,
            due=self._visit_due, who=partial(self._who, plan), done=partial(self._visited, plan),
            forgets=scenario.forgetting.visits, rank=RISK,
        )  # fmt: skip
        groups = Rhythm(
            ground, Chance(plan.family.key, _PLAN, 2), hours=scenario.work.core_group,
            due=partial(self._core_group_due, plan), who=partial(self._who, plan),
            done=partial(self._core_group, plan), forgets=scenario.forgetting.papers, rank=RISK,
        )  # fmt: skip
        plan.rhythms = [visits, groups]
        visits.count_from(visited)
        groups.count_from(met)

    def _who(self, plan: Protecting) -> Worker | None:
        return None if plan.over else plan.family.worker

    def _visit_due(self, day: int) -> int:
        ground = self._ground
        planned = day + round(ground.scenario.plans.visit_weeks * 7)
        ends = (ground.last_day(rule, day) for rule in ("local.cp.visit.10wd", "cp.visit.10wd"))
        return min([planned, *(end for end in ends if end is not None)])

    def _core_group_due(self, plan: Protecting, day: int) -> int:
        ground = self._ground
        if day == plan.began:
            first = ground.last_day("cp.coregroup.first.10wd", day)
            return ground.days.after(day, 10) if first is None else first
        return day + round(ground.scenario.plans.core_group_weeks * 7)

    def _visited(self, plan: Protecting, moment: int) -> bool:
        ground, worker = self._ground, plan.family.worker
        seen = not plan.chance.holds(_NOT_IN)
        for case, episode in plan.episodes:
            by = worker.name if worker else "manager"
            if seen:
                ground.tell(case, "ChildSeen", episode, moment, by, alone=True)
            else:
                ground.tell(case, "VisitAttempted", episode, moment, by)
        return seen

    def _core_group(self, plan: Protecting, moment: int) -> bool:
        worker = plan.family.worker
        for case, episode in plan.episodes:
            self._ground.tell(case, "CoreGroupHeld", episode, moment, worker.name if worker else "manager")
        return True

    def _book(self, plan: Protecting, day: int, timescale: str) -> None:
        """Book the next review conference some days before its last day."""
        ground, diaries = self._ground, self._ground.scenario.diaries
        last = ground.last_day(timescale, day)
        due = ground.days.before((last if last is not None else day + 180) + 1, 1)
        if day >= ground.days.count:
            return
        wanted = ground.days.before(due, diaries.review_margin + plan.chance.whole(8))
        held = ground.conferences.book(ground.days.after(max(day, ground.today), 10), wanted, due)
        worker = plan.family.worker
        report_on = ground.days.before(held, 10)
        if worker is not None:
            ground.at(max(report_on, day + 1, ground.today), self._report, plan, ground.days.before(held, 2))
        ground.at(held, self._reviewed, plan, held)

    def _report(self, plan: Protecting, due: int) -> None:
        worker = self._who(plan)
        if worker is not None:
            self._ground.give(worker, Task(self._ground.scenario.work.review_conference, due, _nothing))

    def _reviewed(self, plan: Protecting, day: int) -> None:
        ground, scenario = self._ground, self._ground.scenario
        if plan.over:
            return
        if plan.chance.holds(scenario.diaries.reviews_put_off):
            waits = put_off_for(plan.chance, scenario.diaries.put_off_days, 4)
            held = ground.conferences.book(*(ground.days.after(day, one) for one in (4, waits, waits + 3)))
            ground.at(held, self._reviewed, plan, held)
            return
        shares = scenario.plans.ends_at_review
        ends = plan.chance.holds(shares[min(plan.reviews, len(shares) - 1)])
        plan.reviews += 1
        conference = f"{plan.family.name}.RC{plan.began}.{plan.reviews}"
        moment = ground.office_hour(day, plan.chance)
        for case, episode in plan.episodes:
            moment = ground.tell(
                case, "ReviewConferenceHeld", episode, moment, "chair",
                conference_id=conference, outcome="end" if ends else "continue",
            )  # fmt: skip
        send_conference_papers(ground, plan.episodes, conference, day)
        if ends:
            self._end(plan, day, moment + 40, "review")
            if plan.chance.holds(scenario.plans.steps_down):
                self._paths.need(plan.family, day)
            return
        sooner = plan.chance.holds(scenario.plans.reviewed_sooner)
        self._book(plan, day, "cp.review.first.3m" if sooner else "cp.review.next.6m")

    def _ended_otherwise(self, plan: Protecting, day: int) -> None:
        if plan.over:
            return
        ground = self._ground
        day = ground.days.working(day)
        into_care = plan.chance.holds(_INTO_CARE)
        moment = ground.office_hour(day, plan.chance)
        self._end(plan, day, moment, "looked_after" if into_care else "moved")
        if into_care:
            self._paths.care(plan.family, day, emergency=False)

    def end_for(self, family: Family, day: int, moment: int) -> None:
        """End the plans of a family whose children have come into care."""
        plan = self._plans.get(family.name)
        if plan is not None and not plan.over and day > plan.began:
            self._end(plan, day, moment, "looked_after")

    def _end(self, plan: Protecting, day: int, moment: int, reason: str) -> None:
        ground = self._ground
        plan.over = True
        for rhythm in plan.rhythms:
            rhythm.stop()
        for case, episode in plan.episodes:
            moment = ground.tell(case, "PlanEnded", episode, moment, "chair", reason=reason)
        plan.family.threads.discard(THREAD)
        closes = ground.days.after(day, 5)
        ground.at(closes, self._paths.close, plan.family, closes)

    def _to_court(self, plan: Protecting, day: int) -> None:
        if not plan.over:
            self._paths.plan_for_court(plan.family, self._ground.days.working(day))

    def _panel(self, plan: Protecting) -> None:
        if plan.over:
            return
        day = self._ground.days.working(plan.began + int(_PANEL_MONTHS * MONTH))
        moment = self._ground.office_hour(day, plan.chance)
        for case, episode in plan.episodes:
            self._ground.tell(case, "PlanPanelHeld", episode, moment, "manager")


def _nothing(_: int) -> None:
    """A report is written; the conference it is for tells of it."""
