"""What is owed to a child looked after: visits, reviews, plans, health, education, interviews after being missing."""

from functools import partial
from typing import TYPE_CHECKING

from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.days import DAY
from caseclock.simulation.world.diaries import put_off_for
from caseclock.simulation.world.ground import BEFORE, YEAR, Ground, age_on, purpose
from caseclock.simulation.world.papers import send_review_papers
from caseclock.simulation.world.rhythm import Rhythm
from caseclock.simulation.world.workers import RISK, Task, Worker

if TYPE_CHECKING:
    from caseclock.simulation.world.caring import Caring

_VISITS = purpose("care visits")
_HEALTH = purpose("health")
_SCHOOL = purpose("school")
_NOT_IN = 0.03
#: ages at which a child is at school
_AT_SCHOOL = (4.0, 17.0)
#: days within which a term's plan follows the one before
_TERM = 120
#: share of children who go missing that talk with somebody afterwards
_TALKS = 0.55


class Tending:
    """The duties of one authority to the children it looks after."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def begin(self, one: "Caring", day: int) -> None:
        """Set up what a period of care begins with."""
        ground = self._ground
        ground.at(ground.days.after(day, 1 + one.chance.whole(4)), self._officer_appointed, one)
        self._visits(one)
        self._book_review(one, day)
        self._ask_for_health_assessment(one, day)

    def last_told(self, one: "Caring", began: int, today: int) -> dict[str, int]:
        """Say from which days what is done for a child who came long ago is told: the last review, visit and so on."""
        days, chance = self._ground.days, one.chance
        there = max(1, today - began - 1)

        def within(most: int) -> int:
            return days.before(today - chance.whole(min(most, there)), 1)

        reviewed = within(160)
        return {
            "ReviewHeld": reviewed, "ReviewDecisionsIssued": reviewed, "ReviewRecordCompleted": reviewed,
            "ReviewRecordDistributed": reviewed, "ChildSeen": within(28), "VisitAttempted": today,
            "HealthAssessmentCompleted": within(170 if age_on(one.case, today) < 5 else 340),
            "EducationPlanCompleted": within(80), "EducationPlanReviewed": today, "EducationPlanDrafted": today,
            "CarePlanPrepared": today, "PlacementPlanPrepared": today, "ReviewingOfficerAppointed": today,
            "PermanencePlanAgreed": today, "PlacementNoticeGiven": today, "DentalCheckCompleted": today,
            "DesignatedTeacherTold": today, "PlacementEndNoticeGiven": today, "OutOfAreaPlacementApproved": today,
        }  # fmt: skip

    def tell_last(self, one: "Caring", told_from: dict[str, int], today: int) -> None:
        """Tell the last of everything that was done for a child before the first day, and what follows from it."""
        ground, chance = self._ground, one.chance
        one.reviews = 5
        lasts: list[tuple[int, str, dict[str, object]]] = [
            (
                told_from["ReviewHeld"],
                "ReviewHeld",
                {"review_id": f"{one.episode}.V0", "began_earlier": True},
            ),
            (told_from["ChildSeen"], "ChildSeen", {"alone": True}),
            (told_from["HealthAssessmentCompleted"], "HealthAssessmentCompleted", {"kind": "review"}),
        ]
        planned = told_from["EducationPlanCompleted"]
        if self._at_school(one, planned):
            by = ground.days.date_of(planned + _TERM).isoformat()
            lasts.append((planned, "EducationPlanCompleted", {"review_by": by}))
        for day, event_type, data in sorted(lasts, key=lambda last: last[:2]):
            ground.tell(one.case, event_type, one.episode, ground.office_hour(day, chance), BEFORE, **data)
        self._visits(one)
        send_review_papers(
            ground, one.case, one.episode, f"{one.episode}.V0", max(told_from["ReviewHeld"], today - 3)
        )
        self._book_review(one, told_from["ReviewHeld"])
        months = 6 if age_on(one.case, today) < 5 else 12
        again = max(today, told_from["HealthAssessmentCompleted"] + int(months * YEAR / 12) - 25)
        if again < ground.days.count:
            self._ask_for_health_assessment(one, ground.days.working(again), again=True)
        if self._at_school(one, planned):
            ground.at(max(today, planned + _TERM - 25), self._education_again, one, planned + _TERM)
        one.known_from = told_from["ChildSeen"]

    def _visits(self, one: "Caring") -> None:
        ground, scenario = self._ground, self._ground.scenario
        one.rhythms = [
            Rhythm(
                ground, Chance(one.family.key, _VISITS, one.began), hours=scenario.work.care_visit,
                due=partial(self._visit_due, one), who=partial(self._who, one), done=partial(self._visited, one),
                forgets=scenario.forgetting.visits,
                rank=RISK,
            )
        ]  # fmt: skip

    def taken_on(self, one: "Caring", day: int) -> None:
        """Give the child's worker the plans to write, and the first visit to pay."""
        ground, work = self._ground, self._ground.scenario.work
        days = ground.days
        placed = one.placed_on
        assert one.worker is not None  # noqa: S101  just given
        if one.known_from >= 0:
            one.rhythms[0].count_from(max(one.known_from, placed))
            return
        one.rhythms[0].count_from(placed)
        due = ground.last_day("cla.careplan.10wd", placed)
        self._task(one, one.worker, work.care_plan, due or days.after(day, 10), self._care_plan)
        self._write_placement_plan(one)
        if self._at_school(one, day):
            due = ground.last_day("cla.pep.first_review", one.began)
            self._task(one, one.worker, 2.0, due or days.after(day, 20), self._education_plan)

    def _task(self, one: "Caring", worker: Worker, hours: float, due: int, then: object) -> None:
        ground = self._ground
        assert callable(then)  # noqa: S101
        ground.give(worker, Task(hours, ground.days.before(due + 1, 1), partial(then, one), rank=RISK))

    def moved(self, one: "Caring", day: int) -> None:
        """Begin anew what a new placement asks for."""
        if one.worker is None:
            return
        one.rhythms[0].count_from(day)
        self._write_placement_plan(one)

    def _write_placement_plan(self, one: "Caring") -> None:
        ground = self._ground
        worker = one.worker
        if worker is None:
            return
        placed = one.placed_on
        due = ground.last_day("cla.placementplan.5wd", placed)
        then = partial(self._placement_plan, one.placement)
        self._task(one, worker, 2.0, due if due is not None else ground.days.after(placed, 5), then)

    def _who(self, one: "Caring") -> Worker | None:
        return None if one.over else one.worker

    def _officer_appointed(self, one: "Caring") -> None:
        if not one.over:
            ground = self._ground
            moment = ground.office_hour(ground.today, one.chance)
            ground.tell(one.case, "ReviewingOfficerAppointed", one.episode, moment, "manager")

    def _care_plan(self, one: "Caring", moment: int) -> None:
        if not one.over:
            self._ground.tell(one.case, "CarePlanPrepared", one.episode, moment, one.by())

    def _placement_plan(self, placement: str, one: "Caring", moment: int) -> None:
        if not one.over:
            self._ground.tell(
                one.case, "PlacementPlanPrepared", one.episode, moment, one.by(), placement_id=placement
            )

    def _at_school(self, one: "Caring", day: int) -> bool:
        return _AT_SCHOOL[0] <= age_on(one.case, day) < _AT_SCHOOL[1]

    def _education_plan(self, one: "Caring", moment: int) -> None:
        if one.over:
            return
        day = moment // DAY
        ground = self._ground
        again = day + _TERM
        first = not any(event.type == "EducationPlanCompleted" for event in one.case.events)
        by = ground.days.date_of(again).isoformat()
        ground.tell(
            one.case, "EducationPlanCompleted" if first else "EducationPlanReviewed", one.episode, moment,
            one.by(), review_by=by,
        )  # fmt: skip
        ready = day + _TERM - 30 + one.chance.whole(10)
        if self._at_school(one, ready):
            ground.at(ready, self._education_again, one, again)

    def _education_again(self, one: "Caring", due: int) -> None:
        worker = self._who(one)
        if worker is not None:
            ground = self._ground
            ground.give(worker, Task(2.0, ground.days.before(due + 1, 1), partial(self._education_plan, one)))

    def _visit_due(self, one: "Caring", day: int) -> int:
        ground = self._ground
        if day == one.placed_on:
            first = ground.last_day("cla.visit.first.1w", day)
            return day + 7 if first is None else first
        planned = day + round(ground.scenario.care.visit_weeks * 7)
        rule = ground.last_day("cla.visit.year1.6w", day)
        return planned if rule is None else min(rule, planned)

    def _visited(self, one: "Caring", moment: int) -> bool:
        seen = not one.chance.holds(_NOT_IN)
        if seen:
            self._ground.tell(one.case, "ChildSeen", one.episode, moment, one.by(), alone=True)
        else:
            self._ground.tell(one.case, "VisitAttempted", one.episode, moment, one.by())
        return seen

    def _book_review(self, one: "Caring", day: int) -> None:
        """Book the next review in a reviewing officer's diary."""
        ground, diaries = self._ground, self._ground.scenario.diaries
        if day >= ground.days.count:
            return
        rule = ("cla.review.first.20wd", "cla.review.second.3m", "cla.review.next.6m")[min(one.reviews, 2)]
        last = ground.last_day(rule, day)
        due = ground.days.before((day + 28 if last is None else last) + 1, 1)
        spare = one.chance.whole(6)
        # the first is held late in its twenty days, so that the health assessment can be there
        wanted = ground.days.before(due, diaries.review_margin + spare if one.reviews else 1 + spare // 2)
        held = ground.reviews.book(ground.days.after(max(day, ground.today), 5), wanted, due)
        ground.at(held, self._reviewed, one, held)

    def _reviewed(self, one: "Caring", day: int) -> None:
        ground, scenario = self._ground, self._ground.scenario
        if one.over:
            return
        if one.chance.holds(scenario.diaries.reviews_put_off):
            waits = put_off_for(one.chance, scenario.diaries.put_off_days, 2)
            held = ground.reviews.book(*(ground.days.after(day, some) for some in (2, waits, waits + 3)))
            ground.at(held, self._reviewed, one, held)
            return
        one.reviews += 1
        review = f"{one.episode}.V{one.reviews}.{day}"
        moment = ground.office_hour(day, one.chance)
        ground.tell(one.case, "ReviewHeld", one.episode, moment, "reviewing.officer", review_id=review)
        if one.worker is not None:
            ground.give(one.worker, Task(scenario.work.care_review, ground.days.after(day, 3), _nothing))
        if one.reviews == 2:
            ground.tell(one.case, "PermanencePlanAgreed", one.episode, moment + 60, "reviewing.officer")
        send_review_papers(ground, one.case, one.episode, review, day)
        self._book_review(one, day)

    def _ask_for_health_assessment(self, one: "Caring", day: int, *, again: bool = False) -> None:
        """Ask the health service, which has room after some days: another's capacity, and another's delay."""
        ground, care = self._ground, self._ground.scenario.care
        chance = Chance(one.family.key, _HEALTH, one.began, day & 0xFFFF, len(one.case.case_id))
        wait = chance.spread(care.health, care.health_spread)
        if chance.holds(ground.scenario.forgetting.health):
            wait += 30
        if not again:
            ground.at(ground.days.after(day, int(wait)), self._health, one, "initial")
            return
        first = ground.days.after(day, 0)
        ground.on_a_working_day(first + wait - care.health, self._health, one, "review")

    def _health(self, one: "Caring", kind: str) -> None:
        if one.over:
            return
        ground = self._ground
        day = ground.today
        moment = ground.office_hour(day, one.chance)
        ground.tell(one.case, "HealthAssessmentCompleted", one.episode, moment, "health", kind=kind)
        months = 6 if age_on(one.case, day + 180) < 5 else 12
        again = day + int(months * YEAR / 12) - 25
        if again < ground.days.count:
            self._ask_for_health_assessment(one, ground.days.working(again), again=True)

    def missing(self, one: "Caring", day: int) -> None:
        """Let a child be missing for hours or days; when back, somebody offers to talk."""
        ground, chance = self._ground, one.chance
        gone = day * DAY + 1080 + chance.whole(300)
        back = gone + 120 + int(chance.exponential(1100))
        episode = one.case.episode("M")
        ground.tell(
            one.case, "ChildMissing", episode, gone, "police", kind="missing", follows=one.episode,
            **{"from": "care"},
        )  # fmt: skip
        ground.at(back // DAY, self._back, one, episode, back)

    def _back(self, one: "Caring", episode: str, moment: int) -> None:
        ground = self._ground
        moment = ground.tell(one.case, "ChildReturned", episode, moment, "police")
        worker = one.worker
        if worker is None:
            return
        ground.at(ground.days.after(moment // DAY, 1), self._offer, one, episode, worker, moment // DAY + 3)

    def _offer(self, one: "Caring", episode: str, worker: Worker, due: int) -> None:
        """Offer to talk, by telephone, before anything else is done; the talk itself takes its place among the work."""
        ground = self._ground
        moment = ground.office_hour(ground.today, one.chance)
        ground.tell(one.case, "ReturnInterviewOffered", episode, moment, one.by())
        ground.give(worker, Task(1.5, due, partial(self._interview, one, episode), rank=RISK))

    def _interview(self, one: "Caring", episode: str, moment: int) -> None:
        ground = self._ground
        if one.chance.holds(_TALKS):
            ground.tell(one.case, "ReturnInterviewCompleted", episode, moment, one.by(), independent=True)
        else:
            ground.tell(one.case, "ReturnInterviewRefused", episode, moment, one.by())


def _nothing(_: int) -> None:
    """A review's actions are done; nothing more is told of them."""
