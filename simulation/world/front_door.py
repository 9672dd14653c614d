"""The front door: families come, contacts are looked at, referrals are decided, closed families come again."""

from functools import partial

from caseclock.simulation.scenario import Scenario
from caseclock.simulation.world.chance import Chance, Chooser, ends_of, named
from caseclock.simulation.world.days import DAY
from caseclock.simulation.world.ground import MONTH, YEAR, Family, Ground, born_on, purpose
from caseclock.simulation.world.paths import Paths
from caseclock.simulation.world.telling import Case

_ARRIVALS = purpose("arrivals")
_FAMILY = purpose("family")
_WRITING = purpose("writing")
_REFERRAL = purpose("referral")
_CONTACT = purpose("contact")
_RETURN = purpose("return")
#: first and behind-last day of each band of age
_BANDS = ((0, 365), (365, 1826), (1826, 3652), (3652, 5844), (5844, 6560))
#: days that a family without a plan is open, on average
_OPEN = 60.0
_NO_REFERRAL = Chooser({"no_further_action": 0.45, "advice": 0.40, "early_help": 0.15})


class FrontDoor:
    """Contacts and referrals of one authority."""

    def __init__(self, ground: Ground, paths: Paths) -> None:
        self._ground, self._paths = ground, paths
        self.expect(ground.scenario)
        self._expect_returns()

    def expect(self, scenario: Scenario) -> None:
        """Let families come, and referrals be decided, as a scenario has it."""
        demand = scenario.demand
        self._children = ends_of(demand.children)
        self._ages = ends_of(demand.ages)
        self._sources = Chooser(demand.sources)
        self._referral = Chooser(scenario.outcomes.referral)
        in_family = sum(n * share for n, share in enumerate(demand.children, 1)) / sum(demand.children)
        referred = demand.referrals_per_10000 * scenario.children / 10_000 / in_family
        #: families a year: those new to the service that are referred, those of whom only a contact is made
        self._new = referred * (1 - demand.return_share)
        self._only_contacts = referred * (demand.contacts_per_referral - 1)
        self._months = [weight * 12 / sum(demand.by_month) for weight in demand.by_month]
        self._weekdays = [weight * 7 / sum(demand.by_weekday) for weight in demand.by_weekday]

    def new_family(self, place: tuple[int, ...], name: str, day: int) -> Family:
        """Make a family by the numbers that tell it from every other; the same numbers, the same family."""
        ground = self._ground
        key = named(ground.key, _FAMILY, *place)
        chance = Chance(key)
        source = self._sources.at(chance.share())
        cases = []
        for number in range(1 + chance.place(self._children)):
            first, last = _BANDS[chance.place(self._ages)]
            born = day - first - chance.whole(last - first)
            cases.append(Case(f"{name}-{number + 1}", born, Chance(key, _WRITING, number)))
        family = Family(name, key, cases, source)
        ground.families.append(family)
        ground.facts.families += 1
        return family

    def arrive(self, day: int) -> None:
        """Let today's families come: so many by month and weekday, each at a time of day."""
        ground = self._ground
        date = ground.days.dates[day]
        years = (day - ground.days.number(ground.scenario.first_day)) / YEAR
        rate = self._months[date.month - 1] * self._weekdays[ground.days.weekdays[day]] / YEAR
        rate *= (1 + ground.scenario.demand.growth) ** years
        for kind, yearly in ((0, self._new), (1, self._only_contacts)):
            ordinal = ground.days.ordinal(day)
            chance = Chance(ground.key, _ARRIVALS, kind, ordinal)
            for number in range(chance.poisson(yearly * rate)):
                name = f"{'FC'[kind]}{ordinal}{number:03d}"
                family = self.new_family((kind, ordinal, number), name, day)
                self._contact(family, self._time_of_day(family, day), refers=kind == 0)

    def _time_of_day(self, family: Family, day: int) -> int:
        """Say when a contact is made: agencies in office hours, the police and others at any time from six."""
        chance = family.chance(_CONTACT, self._ground.days.ordinal(day))
        if family.source in ("police", "individual", "anonymous") or not self._ground.days.works[day]:
            return day * DAY + 360 + chance.whole(1020)
        return day * DAY + 510 + chance.whole(540)

    def _contact(self, family: Family, moment: int, *, refers: bool) -> None:
        ground = self._ground
        if ground.days.works[moment // DAY] or refers:
            episodes = []
            for case in family.cases:
                episode = case.episode("R")
                ground.tell(case, "ContactReceived", episode, moment, "hub", source=family.source)
                episodes.append(episode)
            ground.screening.put(moment, partial(self._screened, family, episodes, refers))
        else:
            self._contact(family, moment + DAY, refers=refers)

    def _screened(self, family: Family, episodes: list[str], refers: bool, moment: int) -> None:
        ground = self._ground
        if not refers:
            outcome = _NO_REFERRAL.at(family.chance(_CONTACT, 1).share())
            for case, episode in zip(family.cases, episodes, strict=True):
                ground.tell(case, "ContactDecided", episode, moment, "hub", outcome=outcome)
            return
        received = moment
        for case, episode in zip(family.cases, episodes, strict=True):
            ground.tell(case, "ContactDecided", episode, moment, "hub", outcome="referral")
            received = ground.tell(
                case, "ReferralReceived", episode, moment + 5, "hub",
                source=family.source, date_of_birth=born_on(ground, case), family=family.name, team="hub",
            )  # fmt: skip
        hub, chance = ground.scenario.hub, family.chance(_REFERRAL, 0, moment // DAY)
        asks, answered = chance.holds(hub.asks), 1 + int(chance.exponential(hub.asks_days))
        decide = partial(self._decided, family, episodes)
        if asks:
            ready = ground.days.after(moment // DAY, answered)
            ground.at(ready, ground.deciding.put, ready * DAY, decide)
        else:
            ground.deciding.put(received, decide)

    def _decided(self, family: Family, episodes: list[str], moment: int) -> None:
        ground, day = self._ground, moment // DAY
        family.referral = episodes[0]
        chance = family.chance(_REFERRAL, len(episodes[0]), int(episodes[0][2:]))
        outcome = self._referral.at(chance.share())
        for case, episode in zip(family.cases, episodes, strict=True):
            ground.tell(case, "ReferralDecided", episode, moment, "manager.hub", outcome=outcome)
            if chance.holds(0.8):
                ground.tell(case, "ReferrerInformed", episode, moment + 20, "hub")
        if outcome in ("assessment", "strategy_discussion"):
            self._paths.assess(family, day, moment + 30, at_risk=outcome == "strategy_discussion")
            return
        family.referral = None
        self._may_return(family, day)

    def close(self, family: Family, day: int) -> None:
        """Close a family's case where nothing is going on any more; it may come again."""
        ground = self._ground
        if family.threads or family.referral is None:
            return
        if family.worker is not None:
            family.worker.families -= 1
            family.worker = None
        moment = ground.office_hour(day, family.chance(_RETURN, day, 1))
        for case in family.cases:
            if case.state(case_referral(case)) == "decided":
                ground.tell(case, "ReferralClosed", case_referral(case), moment, "manager", reason="closed")
        family.referral = None
        self._may_return(family, day)

    def _may_return(self, family: Family, day: int) -> None:
        demand = self._ground.scenario.demand
        chance = family.chance(_RETURN, len(family.cases[0].runs))
        comes = chance.share()
        after = 10 + chance.exponential(demand.return_months * MONTH)
        if comes < demand.return_share:
            self._ground.at(day + after, self._come_again, family, int(day + after))

    def _come_again(self, family: Family, day: int) -> None:
        youngest = max(case.born for case in family.cases)
        if day - youngest >= 6560:
            return
        family.cases = [case for case in family.cases if day - case.born < 6560]
        self._contact(family, max(self._time_of_day(family, day), day * DAY + 360), refers=True)

    def _expect_returns(self) -> None:
        """Let families come again that were closed before the first day, as a service at work would see them."""
        ground, demand = self._ground, self._ground.scenario.demand
        mean = demand.return_months * MONTH
        closed = (self._new / (1 - demand.return_share)) / YEAR
        expected = closed * demand.return_share * (mean + _OPEN)
        chance = Chance(ground.key, _RETURN, 0)
        for number in range(chance.poisson(expected)):
            closes = chance.share() * (mean + _OPEN)  # those of its first days were open on the first day
            back = ground.days.start + max(0.0, _OPEN - closes) + 10 + chance.exponential(mean)
            ground.at(back, self._known_before, number, int(back))

    def _known_before(self, number: int, day: int) -> None:
        family = self.new_family((2, number), f"B{number:06d}", day)
        self._come_again(family, day)


def case_referral(case: Case) -> str:
    """Name a case's last referral."""
    return f"R-{sum(1 for name in case.runs if name[0] == 'R')}"
