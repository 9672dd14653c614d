"""Before the court and at court: legal planning, letters, meetings, the application, the hearings of its timetable."""

from dataclasses import dataclass
from functools import partial

from caseclock.simulation.world.chance import Chance
from caseclock.simulation.world.days import DAY
from caseclock.simulation.world.front_door import case_referral
from caseclock.simulation.world.ground import Family, Ground, born_on, purpose
from caseclock.simulation.world.paths import Paths
from caseclock.simulation.world.telling import Case
from caseclock.simulation.world.workers import RISK, Task

_COURT = purpose("court")
THREAD = "court"
#: share of applications that the court allocates by its day 2
_DIRECTED_IN_TIME = 0.85
#: court days by which a case management hearing is wanted, where the window allows 12 to 18
_FIRST_HEARING, _FROM, _UNTIL = 14, 12, 18
#: weeks by which the issues resolution hearing is wanted
_ISSUES_WEEKS = 19
_ORDERS = (("care_order", 0.45), ("special_guardianship", 0.25), ("supervision", 0.12), ("no_order", 0.18))


@dataclass(slots=True)
class AtCourt:
    """One family's episode: the same for each of its children."""

    family: Family
    chance: Chance
    episodes: list[tuple[Case, str]]
    in_care: bool


class Court:
    """Legal planning and proceedings of one authority."""

    def __init__(self, ground: Ground, paths: Paths) -> None:
        self._ground, self._paths = ground, paths

    def plan(self, family: Family, day: int, *, issued: bool = False) -> None:
        """Hold a legal planning meeting; or, where the court is gone to the same day, begin with the application."""
        ground = self._ground
        if THREAD in family.threads or family.referral is None or day >= ground.days.count:
            return
        family.threads.add(THREAD)
        chance = family.chance(_COURT, len(family.cases[0].runs))
        one = AtCourt(family, chance, [(case, case.episode("C")) for case in family.cases], issued)
        if issued:
            self._issue(one, day)
            return
        moment = ground.office_hour(day, chance)
        at_once = chance.holds(ground.scenario.court.at_once)
        outcome = "issue" if at_once else "pre_proceedings"
        self._each(one, "LegalPlanningMeetingHeld", moment, outcome=outcome, follows=True)
        if at_once:
            issues = ground.days.after(day, 5 + chance.whole(10))
            ground.at(issues, self._issue, one, issues)
            return
        sent = ground.days.after(day, 2 + chance.whole(6))
        ground.at(sent, self._letter, one, sent)

    def _each(
        self, one: AtCourt, event_type: str, moment: int, *, follows: bool = False, **data: object
    ) -> int:
        ground = self._ground
        for case, episode in one.episodes:
            told = {"follows": case_referral(case)} if follows and episode not in case.runs else {}
            moment = ground.tell(case, event_type, episode, moment, self._by(one), **data, **told)
        return moment

    def _by(self, one: AtCourt) -> str:
        return one.family.worker.name if one.family.worker else "manager"

    def _letter(self, one: AtCourt, day: int) -> None:
        ground, chance = self._ground, one.chance
        self._each(one, "LetterBeforeProceedingsSent", ground.office_hour(day, chance))
        meets = ground.days.after(day, 5 + chance.whole(6))
        weeks = chance.spread(ground.scenario.court.pre_proceedings_weeks, 0.35)
        midway = ground.days.working(min(day + int(weeks * 3.5), day + 55))
        ends = ground.days.working(day + int(weeks * 7))
        ground.at(meets, self._meets, one, "PreProceedingsMeetingHeld", meets)
        if midway < ends:
            ground.at(midway, self._meets, one, "PreProceedingsReviewHeld", midway)
        ground.at(ends, self._pre_proceedings_end, one, ends)
        self._track(one, day, ends)

    def _track(self, one: AtCourt, day: int, until: int) -> None:
        """Let managers look at how far it is, every four weeks."""
        for ahead in range(28, until - day, 28):
            tracked = self._ground.days.working(day + ahead)
            self._ground.at(tracked, self._meets, one, "TrackerReviewHeld", tracked)

    def _meets(self, one: AtCourt, event_type: str, day: int) -> None:
        self._each(one, event_type, self._ground.office_hour(day, one.chance))

    def _pre_proceedings_end(self, one: AtCourt, day: int) -> None:
        ground = self._ground
        issues = one.chance.holds(ground.scenario.court.issues)
        moment = ground.office_hour(day, one.chance)
        self._each(one, "PreProceedingsEnded", moment, outcome="issue" if issues else "stepped_down")
        if issues:
            worker = one.family.worker
            if worker is not None:
                due = ground.days.after(day, 10)
                hours = ground.scenario.work.court_statement
                ground.give(worker, Task(hours, due, partial(self._statement_done, one), rank=RISK, most=4.0))
            else:
                applied = ground.days.after(day, 8)
                ground.at(applied, self._issue, one, applied)
            return
        self._over(one, day)

    def _statement_done(self, one: AtCourt, moment: int) -> None:
        day = self._ground.days.after(moment // DAY, 1)
        self._ground.at(day, self._issue, one, day)

    def _issue(self, one: AtCourt, day: int) -> None:
        """Apply to the court, which numbers its days from then on."""
        ground, court, chance = self._ground, self._ground.scenario.court, one.chance
        days = ground.days
        moment = ground.office_hour(day, chance)
        for case, episode in one.episodes:
            told = {} if episode in case.runs else {"follows": case_referral(case)}
            moment = ground.tell(
                case,
                "ApplicationIssued",
                episode,
                moment,
                self._by(one),
                date_of_birth=born_on(ground, case),
                **told,
            )
        self._each(one, "ApplicationDocumentsFiled", moment + 45)
        directed = days.after(day, 1 if chance.holds(_DIRECTED_IN_TIME) else 2)
        ground.at(directed, self._meets, one, "AllocationDirected", directed)
        first = ground.hearings.book(
            days.after(day, _FROM - 1), days.after(day, _FIRST_HEARING - 1), days.after(day, _UNTIL - 1)
        )
        ground.at(first, self._meets, one, "CaseManagementHearingHeld", first)
        wanted = days.working(day + 7 * _ISSUES_WEEKS)
        issues = ground.hearings.book(days.after(day, 40), wanted, days.before(day + 141, 1))
        weeks = chance.spread(court.weeks, court.weeks_spread)
        ground.at(issues, self._meets, one, "IssuesResolutionHearingHeld", issues)
        wanted = max(days.working(day + int(weeks * 7)), days.after(issues, 5))
        last_day = ground.last_day("court.s31.26w", day)
        limit = days.before((day + 182 if last_day is None else last_day) + 1, 1)
        final = ground.hearings.book(days.after(issues, 3), wanted, max(wanted, limit))
        if final > limit:
            asked = days.before(limit, 5)
            ground.at(asked, self._extended, one, asked, final)
        ground.at(final, self._final, one, final)
        self._track(one, day, final)
        if not one.in_care and chance.holds(court.into_care):
            comes = days.after(day, 1 + chance.whole(10))
            ground.at(comes, self._into_care, one, comes)

    def _into_care(self, one: AtCourt, day: int) -> None:
        if not any(thread.startswith("care") for thread in one.family.threads):
            self._paths.care(one.family, day, emergency=False, status="interim_care_order")

    def _extended(self, one: AtCourt, day: int, until: int) -> None:
        ground = self._ground
        eight_weeks = ground.days.before(day, 0) + 61
        told = ground.days.dates[min(until, eight_weeks)].isoformat()
        self._each(
            one,
            "ProceedingsExtended",
            ground.office_hour(day, one.chance),
            until=told,
            reason="further evidence",
        )

    def _final(self, one: AtCourt, day: int) -> None:
        ground = self._ground
        share, order = one.chance.share(), _ORDERS[-1][0]
        for name, part in _ORDERS:
            if share < part:
                order = name
                break
            share -= part
        moment = self._each(one, "FinalOrderMade", ground.office_hour(day, one.chance), order=order)
        self._paths.ordered(one.family, day, moment, order)
        self._over(one, day)

    def _over(self, one: AtCourt, day: int) -> None:
        one.family.threads.discard(THREAD)
        closes = self._ground.days.after(day, 10)
        self._ground.at(closes, self._paths.close, one.family, closes)
