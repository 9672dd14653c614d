"""A caseload of a few children, told by hand, and what a scorecard counts of it."""

from dataclasses import dataclass, field

from story import ANYWHERE, Told, begin, instant
from walks import Step, tell

from caseclock.indicators.scorecard import Line, scorecard
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Store
from caseclock.timers.durations import MonthPolicy
from caseclock.timers.when import end_of_day
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked

#: the last day of the year that most of them are counted over: it begins with 1 April 2025
YEAR_END = "2026-03-31"


@dataclass
class Caseload:
    """The children of one authority."""

    authority: str = ANYWHERE
    store: Store = field(default_factory=InMemoryStore)
    children: int = 0

    def child(self, *steps: Step) -> Told:
        """Add a child to whom these things happened, each written up on its day."""
        self.children += 1
        case = begin(authority=self.authority, case_id=f"C-{self.children}", store=self.store)
        return tell(case, steps)

    def scores(
        self,
        until: str = YEAR_END,
        *,
        months: int = 12,
        known: str | None = None,
        policy: MonthPolicy | None = None,
        population: int | None = None,
    ) -> dict[str, Line]:
        """Count every indicator over the months to a day, as known at its end unless told."""
        question = asked(
            now=end_of_day(instant(until).date()), known_at=None if known is None else instant(known)
        )
        engine = Engine(self.store)
        with self.store.snapshot() as unit:
            lines = scorecard(
                engine,
                unit,
                question,
                authority=self.authority,
                months=months,
                policy=policy,
                population=population,
            )
        return {line.indicator.id: line for line in lines}

    def counted(
        self,
        indicator: str,
        until: str = YEAR_END,
        *,
        months: int = 12,
        known: str | None = None,
        policy: MonthPolicy | None = None,
    ) -> tuple[int, int]:
        """Give an indicator's numerator and denominator."""
        line = self.scores(until, months=months, known=known, policy=policy)[indicator]
        return line.tally.numerator, line.tally.denominator


def counted_of(
    indicator: str, *steps: Step, until: str = YEAR_END, policy: MonthPolicy | None = None
) -> tuple[int, int]:
    """Give an indicator's numerator and denominator over a caseload of one child."""
    load = Caseload()
    load.child(*steps)
    return load.counted(indicator, until, policy=policy)
