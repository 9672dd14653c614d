"""Child in need plans: visits every few weeks, reviews at which most of them end, new concerns meanwhile."""

from dataclasses import dataclass, field
from functools import partial

from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.days import DAY
from caseclock.simulation.world.front_door import case_referral
from caseclock.simulation.world.ground import BEFORE, YEAR, Family, Ground, purpose
from caseclock.simulation.world.paths import Paths
from caseclock.simulation.world.rhythm import Rhythm
from caseclock.simulation.world.telling import Case
from caseclock.simulation.world.workers import ORDINARY, Worker

_NEED = purpose("child in need plan")
_TROUBLE = purpose("trouble on a child in need plan")
_NOT_IN = 0.06
#: weeks from the start, or the last review, by which a plan is reviewed
_REVIEW_WEEKS = 12
THREAD = "need"


@dataclass(slots=True)
class Needing:
    """The plans of one family's children."""

    family: Family
    chance: Chance
    episodes: list[tuple[Case, str]]
    rhythms: list[Rhythm] = field(default_factory=list)
    over: bool = False


class Need:
    """The child in need plans of one authority."""

    def __init__(self, ground: Ground, paths: Paths) -> None:
        self._ground, self._paths = ground, paths
        #: family -> its last plan
        self._plans: dict[str, Needing] = {}

    def begin(self, family: Family, day: int) -> None:
        """Let a family have plans, which start within two weeks."""
        if THREAD in family.threads or family.referral is None:
            return
        family.threads.add(THREAD)
        number = 1 + sum(1 for name in family.cases[0].runs if name[0] == "N")
        chance = family.chance(_NEED, number)
        starts = self._ground.days.after(day, 1 + chance.whole(9))
        self._ground.at(starts, self._start, family, chance, starts)

    def _start(self, family: Family, chance: Chance, day: int) -> None:
        if "protection" in family.threads:  # a conference came first
            family.threads.discard(THREAD)
            return
        ground = self._ground
        moment = ground.office_hour(day, chance)
        told: dict[str, object] = {}
        if family.worker is not None:
            told = {"team": family.worker.team, "worker": family.worker.name}
        episodes = []
        for case in family.cases:
            episode = case.episode("N")
            moment = ground.tell(
                case,
                "ChildInNeedPlanStarted",
                episode,
                moment,
                "manager",
                follows=case_referral(case),
                **told,
            )
            episodes.append((case, episode))
        self._runs(Needing(family, chance, episodes), day)

    def known(self, family: Family, began: int, today: int) -> None:
        """Let a family be on plans that began some time ago and were last reviewed within twelve weeks."""
        ground = self._ground
        chance = family.chance(_NEED, 0)
        family.threads.add(THREAD)
        reviewed = ground.days.working(today - 1 - chance.whole(max(1, min(today - 2 - began, 80))))
        told_from = {"ChildSeen": reviewed, "ChildInNeedReviewHeld": reviewed}
        episodes = []
        for case in family.cases:
            episode = case.episode("N")
            ground.tell(
                case, "ChildInNeedPlanStarted", episode, ground.office_hour(began, chance), BEFORE,
                follows=case_referral(case), told_from=ground.from_days(told_from),
            )  # fmt: skip
            if reviewed > began:
                ground.tell(
                    case, "ChildInNeedReviewHeld", episode, ground.office_hour(reviewed, chance), BEFORE
                )
            ground.tell(case, "ChildSeen", episode, ground.office_hour(today - 1, chance), BEFORE, alone=True)
            episodes.append((case, episode))
        self._runs(Needing(family, chance, episodes), max(reviewed, began), visited=today - 1)

    def _runs(self, plan: Needing, day: int, visited: int | None = None) -> None:
        """Let a plan run: a worker, visits and reviews, counted from the last of each."""
        ground, scenario, family = self._ground, self._ground.scenario, plan.family
        self._plans[family.name] = plan
        episodes = plan.episodes
        ground.staff["protection"].ask(ORDINARY, partial(self._allocated, plan))
        siblings = 1 + 0.15 * (len(episodes) - 1)
        visits = Rhythm(
            ground, Chance(family.key, _NEED, 1), hours=scenario.work.visit * siblings, due=self._visit_due,
            who=partial(self._who, plan), done=partial(self._visited, plan), forgets=scenario.forgetting.visits,
        )  # fmt: skip
        reviews = Rhythm(
            ground, Chance(family.key, _NEED, 2), hours=scenario.work.need_review, due=self._review_due,
            who=partial(self._who, plan), done=partial(self._reviewed, plan), forgets=scenario.forgetting.papers,
        )  # fmt: skip
        plan.rhythms = [visits, reviews]
        visits.count_from(day if visited is None else visited)
        reviews.count_from(day)
        self._expect_trouble(plan, max(day, ground.days.start))

    def _expect_trouble(self, plan: Needing, day: int) -> None:
        """Let concerns arise at a time that chance sets, and let what is known of the family be looked at again."""
        ground, scenario = self._ground, self._ground.scenario
        chance = plan.family.chance(_TROUBLE, day)
        trouble = day + 5 + chance.exponential(YEAR / max(scenario.plans.need_enquiries, 1e-9))
        ground.on_a_working_day(trouble, self._trouble, plan, int(trouble))
        self._paths.assess_again(plan.family, day, lambda: plan.over)

    def _allocated(self, plan: Needing, worker: Worker, day: int) -> None:
        if plan.over or "protection" in plan.family.threads:
            worker.families -= 1
            return
        self._ground.hand_over(plan.family, worker)

    def _who(self, plan: Needing) -> Worker | None:
        return None if plan.over else plan.family.worker

    def _visit_due(self, day: int) -> int:
        ground = self._ground
        planned = day + round(ground.scenario.plans.need_visit_weeks * 7)
        ends = (ground.last_day(rule, day) for rule in ("local.cin.visit.4w", "cin.visit.20wd"))
        return min([planned, *(end for end in ends if end is not None)])

    def _review_due(self, day: int) -> int:
        return day + _REVIEW_WEEKS * 7

    def _visited(self, plan: Needing, moment: int) -> bool:
        ground, worker = self._ground, plan.family.worker
        seen = not plan.chance.holds(_NOT_IN)
        by = worker.name if worker else "manager"
        for case, episode in plan.episodes:
            if seen:
                ground.tell(case, "ChildSeen", episode, moment, by, alone=True)
            else:
                ground.tell(case, "VisitAttempted", episode, moment, by)
        return seen

    def _reviewed(self, plan: Needing, moment: int) -> bool:
        ground, worker = self._ground, plan.family.worker
        for case, episode in plan.episodes:
            moment = ground.tell(
                case, "ChildInNeedReviewHeld", episode, moment, worker.name if worker else "manager"
            )
        if plan.chance.holds(ground.scenario.plans.need_ends):
            self._end(plan, moment + 30, "needs met")
        return True

    def _end(self, plan: Needing, moment: int, reason: str) -> None:
        ground, day = self._ground, moment // DAY
        plan.over = True
        for rhythm in plan.rhythms:
            rhythm.stop()
        for case, episode in plan.episodes:
            moment = ground.tell(case, "ChildInNeedPlanEnded", episode, moment, "manager", reason=reason)
        plan.family.threads.discard(THREAD)
        closes = ground.days.after(day, 5)
        ground.at(closes, self._paths.close, plan.family, closes)

    def end_for(self, family: Family, moment: int, reason: str) -> None:
        """End the plans of a family that now has another: a child protection plan, or children in care."""
        plan = self._plans.get(family.name)
        if plan is not None and not plan.over:
            self._end(plan, moment, reason)

    def _trouble(self, plan: Needing, day: int) -> None:
        if plan.over:
            return
        day = self._ground.days.working(day)
        self._paths.discuss(plan.family, day, self._ground.office_hour(day, plan.chance))
