"""Children looked after: how they come, where they are placed, how they leave.

What is owed to them meanwhile is in tending.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from caseclock.simulation.world.chance import Chance, Chooser
from caseclock.simulation.world.front_door import case_referral
from caseclock.simulation.world.ground import BEFORE, MONTH, YEAR, Family, Ground, born_on, purpose
from caseclock.simulation.world.paths import Paths
from caseclock.simulation.world.placing import Placements
from caseclock.simulation.world.rhythm import Rhythm
from caseclock.simulation.world.telling import Case
from caseclock.simulation.world.tending import Tending
from caseclock.simulation.world.workers import HELD, RISK, Worker

_CARE = purpose("care")
_MOVES = purpose("moves")
_MISSING = purpose("missing")
#: share of each child of a family that comes into care when one does
_TOGETHER = 0.65
#: nobody leaves care earlier, in days
_SHORTEST = 4
#: days by which a child whose case is closed behind it has settled
_CLOSED_AFTER = 20
#: days from birth to the eighteenth birthday
_EIGHTEEN = 6574
#: working days of a year
_WORKING_DAYS = 253
_SHORT_ENDS = Chooser({"returned_home": 0.82, "transferred": 0.06, "other": 0.12})


@dataclass(slots=True)
class Caring:
    """One child's period of care."""

    family: Family
    case: Case
    episode: str
    began: int
    chance: Chance
    status: str
    worker: Worker | None = None
    placement: str = ""
    placements: int = 0
    #: day on which the placement began, and the one before it ended
    placed_on: int = 0
    reviews: int = 0
    rhythms: list[Rhythm] = field(default_factory=list)
    over: bool = False
    #: days drawn on which the child leaves
    leaves: int = 0
    #: day of the last visit told of a child who came before the first day simulated; -1 for others
    known_from: int = -1
    reason: str = ""

    @property
    def thread(self) -> str:
        return f"care {self.case.case_id}"

    def by(self) -> str:
        return self.worker.name if self.worker else "manager"


class Care:
    """The children looked after by one authority."""

    def __init__(self, ground: Ground, paths: Paths, new_family: Callable[..., Family]) -> None:
        self._ground, self._paths, self._new_family = ground, paths, new_family
        care = ground.scenario.care
        self._statuses = Chooser(care.starts)
        self._planned = Chooser({"section_20": 0.6, "interim_care_order": 0.35, "care_order": 0.05})
        self._ends = Chooser(care.ends)
        self._tending, self._placements = Tending(ground), Placements(ground)
        #: family -> the periods of care of its children
        self._of: dict[str, list[Caring]] = {}

    def begin(self, family: Family, day: int, *, emergency: bool, status: str = "") -> None:
        """Let children of a family come into care: one or more of them."""
        ground = self._ground
        day = ground.days.working(day)
        if day >= ground.days.count or family.referral is None:
            return
        chance = family.chance(_CARE, len(family.cases[0].runs))
        come = [
            case for case in family.cases if chance.holds(_TOGETHER) and self._may_come(family, case, day)
        ]
        if not come:
            come = [case for case in family.cases if self._may_come(family, case, day)][:1]
        status = status or (self._statuses if emergency else self._planned).at(chance.share())
        for case in come:
            self._come(family, case, day, chance, status)
        if status == "interim_care_order":
            self._paths.plan_for_court(family, day, issued=True)

    def ordered(self, family: Family, day: int, moment: int, order: str) -> None:
        """Do what a court's last order means for the children of a family that are in care."""
        ground = self._ground
        for one in self._of.get(family.name, ()):
            if one.over:
                continue
            if order == "care_order":
                if one.status != order:
                    one.status = order
                    ground.tell(
                        one.case,
                        "LegalStatusChanged",
                        one.episode,
                        moment + 30,
                        "manager",
                        legal_status=order,
                    )
                continue
            one.reason = "special_guardianship" if order == "special_guardianship" else "returned_home"
            leaves = ground.days.after(day, 5 + one.chance.whole(20))
            ground.at(leaves, self._leave, one)

    def _may_come(self, family: Family, case: Case, day: int) -> bool:
        return f"care {case.case_id}" not in family.threads and day - case.born < _EIGHTEEN - 60

    def arrive_alone(self, day: int) -> None:
        """Let a working day's unaccompanied children arrive: each a family of one, in care from the first day."""
        ground = self._ground
        yearly = ground.scenario.care.unaccompanied_per_10000 * ground.scenario.children / 10_000
        ordinal = ground.days.ordinal(day)
        chance = Chance(ground.key, _CARE, ordinal)
        for number in range(chance.poisson(yearly / _WORKING_DAYS)):
            family = self._new_family((3, ordinal, number), f"U{ordinal}{number:02d}", day)
            del family.cases[1:]
            family.cases[0].born = day - int(YEAR * 15.4) - chance.whole(800)
            case, moment = family.cases[0], ground.office_hour(day, chance)
            moment = ground.tell(
                case, "ReferralReceived", "R-1", moment, "hub", source="home_office",
                date_of_birth=born_on(ground, case), family=family.name, unaccompanied=True, team="hub",
            )  # fmt: skip
            ground.tell(case, "ReferralDecided", "R-1", moment + 45, "manager.hub", outcome="assessment")
            family.referral = "R-1"
            self._come(family, case, day, chance, "section_20", unaccompanied=True)
            self._paths.assess(family, day, moment + 200)

    def _come(
        self,
        family: Family,
        case: Case,
        day: int,
        chance: Chance,
        status: str,
        *,
        unaccompanied: bool = False,
    ) -> None:
        ground = self._ground
        own = Chance(family.key, _CARE, len(case.runs), case.born & 0xFFFFFF)
        episode = case.episode("L")
        told: dict[str, object] = {"unaccompanied": True} if unaccompanied else {}
        moment = ground.tell(
            case, "PeriodOfCareStarted", episode, ground.office_hour(day, chance), "manager",
            legal_status=status, date_of_birth=born_on(ground, case), follows=case_referral(case), **told,
        )  # fmt: skip
        one = Caring(family, case, episode, day, own, status)
        one.leaves, one.reason = self._leaving(one, day, unaccompanied=unaccompanied)
        family.threads.add(one.thread)
        self._of.setdefault(family.name, []).append(one)
        self._placements.begin(one, moment + 60)
        ground.staff["care"].ask(RISK, partial(self._allocated, one))
        self._tending.begin(one, day)
        self._plan_move(one, day)
        self._plan_missing(one, day)
        ground.on_a_working_day(one.leaves, self._leave, one)

    def known(self, family: Family, began: int, today: int) -> None:
        """Let a child be in care who came some time ago; their last review, visit and health assessment are told."""
        ground, case = self._ground, family.cases[0]
        chance = Chance(family.key, _CARE, 0)
        one = Caring(family, case, case.episode("L"), began, chance, "care_order")
        stays = chance.exponential(ground.scenario.care.long_years * YEAR)
        one.leaves = min(today + 2 + int(stays), max(case.born + _EIGHTEEN, today + 2))
        one.reason = "independent" if one.leaves == case.born + _EIGHTEEN else self._ends.at(chance.share())
        family.threads.add(one.thread)
        self._of.setdefault(family.name, []).append(one)
        told_from = self._tending.last_told(one, began, today)
        ground.tell(
            case, "PeriodOfCareStarted", one.episode, ground.office_hour(began, chance), BEFORE,
            legal_status=one.status, date_of_birth=born_on(ground, case), follows=case_referral(case),
            told_from=ground.from_days(told_from),
        )  # fmt: skip
        self._placements.begin(one, ground.office_hour(began, chance) + 60, BEFORE)
        moved = max(began + 30, today - 5 - int(chance.exponential(2.0 * YEAR)))
        if moved < today - 10:
            moment = ground.office_hour(moved, chance)
            moment = self._placements.end(one, moment, BEFORE)
            self._placements.begin(one, moment + 60, BEFORE)
        self._tending.tell_last(one, told_from, today)
        ground.staff["care"].ask(HELD, partial(self._allocated, one))
        self._plan_move(one, today)
        self._plan_missing(one, today)
        ground.on_a_working_day(one.leaves, self._leave, one)

    def _leaving(self, one: Caring, day: int, *, unaccompanied: bool) -> tuple[int, str]:
        """Say when a child leaves care, and why; at eighteen at the latest."""
        care, chance = self._ground.scenario.care, one.chance
        short = chance.holds(care.short_share) and not unaccompanied
        stays = chance.exponential(care.short_months * MONTH if short else care.long_years * YEAR)
        reason = (_SHORT_ENDS if short else self._ends).at(chance.share())
        eighteen = one.case.born + _EIGHTEEN
        leaves = day + _SHORTEST + int(stays)
        return (leaves, reason) if leaves < eighteen else (max(eighteen, day + 1), "independent")

    def _allocated(self, one: Caring, worker: Worker, day: int) -> None:
        if one.over:
            worker.families -= 1
            return
        one.worker = worker
        one.case.given = worker.team, worker.name
        self._tending.taken_on(one, day)

    def _plan_move(self, one: Caring, day: int) -> None:
        care = self._ground.scenario.care
        number = one.placements
        chance = Chance(one.family.key, _MOVES, one.case.born & 0xFFFFFF, number)
        yearly = care.moves_first_year if day - one.began < YEAR else care.moves_later
        if yearly:
            moves = day + 7 + int(chance.exponential(YEAR / yearly))
            self._ground.on_a_working_day(min(moves, day + 400), self._move, one, moves > day + 400)

    def _move(self, one: Caring, not_yet: bool) -> None:
        """Move a child to another placement, or, after a year without a move, ask again by the later rate."""
        if one.over:
            return
        ground = self._ground
        day = ground.today
        if not not_yet:
            moment = ground.office_hour(day, one.chance)
            moment = self._placements.end(one, moment)
            self._placements.begin(one, moment + 60)
            self._tending.moved(one, day)
        else:
            one.chance.share()
        self._plan_move(one, day)

    def _plan_missing(self, one: Caring, day: int) -> None:
        yearly = self._ground.scenario.care.missing
        if yearly and day - one.case.born > 11 * YEAR:
            chance = Chance(one.family.key, _MISSING, day)
            self._ground.at(day + 1 + chance.exponential(YEAR / (2 * yearly)), self._go_missing, one)

    def _go_missing(self, one: Caring) -> None:
        if one.over:
            return
        # told the morning after: what is done in that day's office hours comes before it
        self._tending.missing(one, self._ground.today - 1)
        self._plan_missing(one, self._ground.today + 3)

    def _leave(self, one: Caring) -> None:
        """Let a child leave care: the placement ends, the period ends."""
        ground = self._ground
        day = ground.today
        if one.over:
            return
        one.over = True
        for rhythm in one.rhythms:
            rhythm.stop()
        moment = ground.office_hour(day, one.chance)
        if one.reason in ("returned_home", "independent"):
            moment = ground.tell(one.case, "CeasingApproved", one.episode, moment - 60, "manager")
        moment = self._placements.end(one, moment + 90)
        ground.tell(one.case, "PeriodOfCareEnded", one.episode, moment, one.by(), reason=one.reason)
        if one.worker is not None:
            one.worker.families -= 1
        family = one.family
        family.threads.discard(one.thread)
        closes = ground.days.after(day, _CLOSED_AFTER)
        ground.at(closes, self._paths.close, family, closes)
