"""Whether logs are whole, in words: of one case, or of some of an authority's, taken in a row from a chosen place."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from caseclock.desk.words import counted
from caseclock.store.chain import first_break
from caseclock.store.protocol import Transaction
from caseclock.store.schema import cases

#: cases whose logs are checked while a page is made
SOME = 50


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of some logs gave."""

    cases: int
    of_cases: int
    events: int
    #: a sentence for each log that is not whole
    broken: tuple[str, ...]

    @property
    def words(self) -> str:
        if self.broken:
            return f"{counted(len(self.broken), 'log')} of {self.cases:,} checked {_is(len(self.broken))} not whole."
        if not self.cases:
            return "There is no log to check."
        return (
            f"{counted(self.cases, 'log')} of {self.of_cases:,} checked, with {counted(self.events, 'event')}: each "
            "event fits the one before it. None was altered, taken away or put in between."
        )


def check_case(unit: Transaction, authority: str, case_id: str) -> Checked:
    """Check the log of one case."""
    case = unit.case(authority, case_id)
    rows = unit.log_rows(authority, case_id)
    if case is None and not rows:
        return Checked(0, 0, 0, ())
    broken = first_break(rows, case)
    return Checked(1, 1, len(rows), (f"Case {case_id}: {broken.why}",) if broken else ())


def check_some(unit: Transaction, connection: Connection, authority: str, place: float) -> Checked:
    """Check the logs of some cases in a row; `place`, from 0 up to 1, says how far down the list they begin."""
    total = (
        connection.scalar(select(func.count()).select_from(cases).where(cases.c.authority == authority)) or 0
    )
    first = int(place * max(0, total - SOME + 1))
    chosen = connection.scalars(
        select(cases.c.case_id)
        .where(cases.c.authority == authority)
        .order_by(cases.c.case_id)
        .offset(first)
        .limit(SOME)
    ).all()
    found = [check_case(unit, authority, case_id) for case_id in chosen]
    return Checked(
        len(found),
        total,
        sum(one.events for one in found),
        tuple(said for one in found for said in one.broken),
    )


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
