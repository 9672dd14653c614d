"""Strategy discussions, enquiries under section 47, and the initial conference in a chair's diary."""

from dataclasses import dataclass
from functools import partial

from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.days import DAY
from caseclock.simulation.world.diaries import put_off_for
from caseclock.simulation.world.front_door import case_referral
from caseclock.simulation.world.ground import Family, Ground, purpose
from caseclock.simulation.world.papers import send_conference_papers
from caseclock.simulation.world.paths import Paths
from caseclock.simulation.world.telling import Case
from caseclock.simulation.world.workers import RISK, Task, Worker

_ENQUIRY = purpose("enquiry")
#: working days by which the child is seen, and the enquiry itself is aimed to be done
_SEEN, _DONE = 1, 8
#: working days' notice a conference needs
_NOTICE = 3
#: share of families without a plan after a conference, or whose enquiry found less, that get a child in need plan
_NEED_INSTEAD = 0.3


@dataclass(slots=True)
class Enquiry:
    """One enquiry on a family: an episode of each child."""

    family: Family
    number: int
    began: int
    chance: Chance
    episodes: list[tuple[Case, str]]
    conference: str = ""

    @property
    def thread(self) -> str:
        return f"enquiry {self.number}"


class Enquiries:
    """The enquiries and initial conferences of one authority."""

    def __init__(self, ground: Ground, paths: Paths) -> None:
        self._ground, self._paths = ground, paths

    def discuss(self, family: Family, day: int, moment: int) -> None:
        """Hold a strategy discussion on a family; it may initiate an enquiry."""
        ground, outcomes = self._ground, self._ground.scenario.outcomes
        if family.referral is None or any(
            thread.startswith(("enquiry", "protection")) for thread in family.threads
        ):
            return
        number = 1 + sum(1 for name in family.cases[0].runs if name[0] == "S")
        chance = family.chance(_ENQUIRY, number)
        initiates = chance.holds(outcomes.initiates)
        episodes = []
        for case in family.cases:
            episode = case.episode("S")
            moment = ground.tell(
                case, "StrategyDiscussionHeld", episode, moment, "manager",
                initiates_section_47=initiates, kind="meeting", follows=case_referral(case),
            )  # fmt: skip
            episodes.append((case, episode))
        if not initiates:
            return
        one = Enquiry(family, number, day, chance, episodes)
        family.threads.add(one.thread)
        for case, episode in episodes:
            ground.tell(case, "Section47Started", episode, moment + 15, "manager")
        if chance.holds(outcomes.emergency):
            comes = ground.days.after(day, 1)
            ground.at(comes, partial(self._paths.care, family, comes, emergency=True))
        if family.worker is not None:
            self._given(one, family.worker, day)
        else:
            ground.staff["assessment"].ask(RISK, partial(self._allocated, one))

    def _allocated(self, one: Enquiry, worker: Worker, day: int) -> None:
        self._given(one, self._ground.take_on(one.family, worker), day)

    def _given(self, one: Enquiry, worker: Worker, day: int) -> None:
        ground, work = self._ground, self._ground.scenario.work
        due = ground.days.after(day, _SEEN)
        ground.give(worker, Task(work.visit, due, partial(self._seen, one), rank=RISK))

    def _seen(self, one: Enquiry, moment: int) -> None:
        ground, work = self._ground, self._ground.scenario.work
        worker = one.family.worker
        if worker is None:
            return
        for case, episode in one.episodes:
            moment = ground.tell(case, "ChildSeen", episode, moment, worker.name, alone=True)
        hours = max(1.0, one.chance.spread(work.enquiry, 0.4) - work.visit)
        replies = one.chance.spread(work.enquiry_replies, work.enquiry_replies_spread)
        known = max(ground.days.after(moment // DAY, int(replies)), ground.today + 1)
        due = max(ground.days.after(one.began, _DONE), known)
        ground.at(
            known, self._write_up, one, Task(hours, due, partial(self._concluded, one), rank=RISK, most=4.0)
        )

    def _write_up(self, one: Enquiry, task: Task) -> None:
        """Put the rest of an enquiry on the list of the family's worker, once what others know is in hand."""
        if one.family.worker is not None:
            self._ground.give(one.family.worker, task)

    def _concluded(self, one: Enquiry, moment: int) -> None:
        ground = self._ground
        borne_out = one.chance.holds(ground.scenario.outcomes.conference)
        outcome = "conference" if borne_out else "no_conference"
        for case, episode in one.episodes:
            moment = ground.tell(case, "Section47Concluded", episode, moment, "manager", outcome=outcome)
        if borne_out:
            one.conference = f"{one.family.name}.IC{one.number}"
            self._book(one, ground.days.after(moment // DAY, _NOTICE), moment)
            return
        self._over(one, moment // DAY)

    def _book(self, one: Enquiry, first: int, moment: int) -> None:
        """Book the conference in a chair's diary: towards the last day in time, as people do."""
        ground, scenario = self._ground, self._ground.scenario
        due = self._last_day(one)
        wanted = ground.days.before(due, scenario.diaries.conference_margin)
        if one.chance.holds(scenario.diaries.urgent):
            wanted = first
        held = ground.conferences.book(first, wanted, due)
        if moment:
            for case, episode in one.episodes:
                ground.tell(
                    case, "ConferenceAppointed", episode, moment + 30, "chair",
                    conference_id=one.conference, appointed_for=ground.days.dates[held].isoformat(),
                )  # fmt: skip
            worker = one.family.worker
            if worker is not None:
                report_by = ground.days.before(held, 2)
                task = Task(scenario.work.conference, report_by, partial(self._reported, one), rank=RISK)
                ground.give(worker, task)
        ground.at(held, self._held, one, held)

    def _last_day(self, one: Enquiry) -> int:
        ground = self._ground
        ends = (ground.last_day(rule, one.began) for rule in ("cp.icpc.15wd", "cp.icpc.stat"))
        due = min((end for end in ends if end is not None), default=ground.days.after(one.began, 15))
        return ground.days.before(due + 1, 1)

    def _reported(self, one: Enquiry, moment: int) -> None:
        worker = one.family.worker
        for case, episode in one.episodes:
            if case.state(episode) == "awaiting_conference":
                self._ground.tell(
                    case, "ConferenceReportShared", episode, moment, worker.name if worker else "manager",
                    conference_id=one.conference,
                )  # fmt: skip

    def _held(self, one: Enquiry, day: int) -> None:
        ground, scenario = self._ground, self._ground.scenario
        if one.chance.holds(scenario.diaries.put_off):
            waits = put_off_for(one.chance, scenario.diaries.put_off_days, _NOTICE)
            self._book(one, ground.days.after(day, waits), 0)
            return
        makes_plan = one.chance.holds(scenario.outcomes.plan)
        outcome = "plan" if makes_plan else "no_plan"
        moment = ground.office_hour(day, one.chance)
        for case, episode in one.episodes:
            moment = ground.tell(
                case, "InitialConferenceHeld", episode, moment, "chair",
                conference_id=one.conference, outcome=outcome,
            )  # fmt: skip
        send_conference_papers(ground, one.episodes, one.conference, day)
        if makes_plan:
            one.family.threads.discard(one.thread)
            self._paths.protect(
                one.family, day, moment + 30, {case.case_id: episode for case, episode in one.episodes}
            )
            return
        self._over(one, day)

    def _over(self, one: Enquiry, day: int) -> None:
        """End an enquiry without a plan: with a child in need plan, or with what the assessment comes to."""
        ground, family = self._ground, one.family
        family.threads.discard(one.thread)
        if one.chance.holds(_NEED_INSTEAD) and "need" not in family.threads:
            self._paths.need(family, day)
        closes = ground.days.after(day, 5)
        ground.at(closes, self._paths.close, family, closes)
