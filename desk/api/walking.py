"""Going through an authority case by case, a bounded number of them for each request.

As at now the stored tables are read; of a past day or moment every case is worked out from its log. Either way a
request looks at so many cases and no more: where few rows are wanted, a page may be short, and says where to go on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, literal, select, tuple_

from caseclock.desk.api.asking import PageQuery
from caseclock.desk.api.listing import Listing
from caseclock.desk.api.places import WHOLE_CASE, Page, Place
from caseclock.desk.api.tokens import Token
from caseclock.desk.engines import Desk
from caseclock.desk.seeing import seen_by
from caseclock.store.desk_tables import case_facts
from caseclock.store.protocol import Transaction
from caseclock.store.schema import cases, timers
from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.evaluation import Setting
from caseclock.timers.standing import over, standing
from caseclock.timers.timer import Timer
from caseclock.timers.when import london_date
from caseclock.workflow.positions import Position, Question, case_positions

Item = TypeVar("Item")

#: cases looked at for one request: rows of stored tables, and worked out from their logs
STORED, WORKED_OUT = 4000, 30
#: and of those allocated as asked for, which are named one by one
ALLOCATED = 300
#: cases read together
_TOGETHER = 10

TIMER_FIELDS = tuple(one.name for one in fields(Timer))
TIMER_VALUES = [timers.c[name] for name in TIMER_FIELDS]


@dataclass(frozen=True, slots=True)
class Walk(Generic[Item]):
    """What is gone through: whose cases, as asked, and what is taken of each."""

    desk: Desk
    token: Token
    asked: PageQuery
    question: Question
    #: whether the question is about the present, which the stored tables answer
    is_now: bool

    def cases(self, connection: Connection, place: Place, limit: int) -> list[str]:
        """Name cases from a place on (its own included, unless it was gone through), those that may be seen and fit."""
        of = self._led_by()
        wanted = select(of.case_id).where(
            of.authority == self.token.authority,
            *seen_by(self.token.person, self.desk.now(), of.authority, of.case_id),
            *self._allocated(),
        )
        if self.asked.case_id is not None:
            wanted = wanted.where(of.case_id == self.asked.case_id)
        behind = of.case_id > place.case_id if place.item == WHOLE_CASE else of.case_id >= place.case_id
        return list(connection.scalars(wanted.where(behind).order_by(of.case_id).limit(limit)))

    def window(self, connection: Connection, place: Place) -> "Window":
        """Give the cases that are looked at for this request."""
        if self.asked.case_id is not None or self._allocated():
            names = self.cases(connection, place, ALLOCATED)
            more = Place(names[-1], WHOLE_CASE) if len(names) == ALLOCATED else None
            return Window(names, "", None, more)
        first = (
            cases.c.case_id > place.case_id if place.item == WHOLE_CASE else cases.c.case_id >= place.case_id
        )
        last: str | None = connection.scalar(
            select(cases.c.case_id)
            .where(cases.c.authority == self.token.authority, first)
            .order_by(cases.c.case_id)
            .offset(STORED - 1)
            .limit(1)
        )
        behind = Place(last, WHOLE_CASE) if last is not None else None
        # the first case itself is left to whoever reads: it may have been gone through in part
        begins = f"{place.case_id}\0" if place.item == WHOLE_CASE else place.case_id
        return Window(None, begins, last, behind)

    def _led_by(self) -> Any:
        """Give the table whose index leads to the cases: where the allocation is asked for, that of allocations."""
        return case_facts.c if self._allocated() else cases.c

    def _allocated(self) -> list[ColumnElement[bool]]:
        return [
            column == value
            for column, value in (
                (case_facts.c.team, self.asked.team),
                (case_facts.c.worker, self.asked.worker),
            )
            if value is not None
        ]

    def by_case(
        self,
        place: Place,
        names: Sequence[str],
        take: Callable[[str], Sequence[Item]],
        item_id: Callable[[Item], str],
        *,
        ahead: Callable[[Sequence[str]], None] | None = None,
        more: bool,
    ) -> Page[Item]:
        """Take what each of these cases has, until a page is full; `more` says whether there are cases behind them."""
        found: list[Item] = []
        for number, case_id in enumerate(names):
            if ahead is not None and number % _TOGETHER == 0:
                ahead(names[number : number + _TOGETHER])
            for item in take(case_id):
                if case_id == place.case_id and item_id(item) <= place.item:
                    continue
                if len(found) == self.asked.limit:
                    last = found[-1]
                    return Page(found, self._behind(last, item_id(last)))
                found.append(item)
        return Page(found, Place(names[-1], WHOLE_CASE) if more and names else None)

    @staticmethod
    def _behind(item: Any, named: str) -> Place:
        case_id = item.timer.case_id if isinstance(item, Position) else item.case_id
        return Place(case_id, named)


def walk_of(listing: Listing[Any]) -> Walk[Any]:
    """Give the way through the cases for a list that was asked for."""
    return Walk(listing.desk, listing.token, listing.asked, listing.question, listing.is_now)


@dataclass(frozen=True, slots=True)
class Window:
    """Cases looked at together: those named, or those from one to another."""

    names: Sequence[str] | None
    #: the first case id that may be in it
    begins: str
    #: the last one; None where there is no bound
    last: str | None
    #: where to go on; None where there are no further cases
    behind: Place | None

    def holds(self, case_id: ColumnElement[str]) -> list[ColumnElement[bool]]:
        """Give the conditions that a case is in it."""
        if self.names is not None:
            return [case_id.in_(self.names)]
        bounds = [case_id >= self.begins]
        return bounds if self.last is None else [*bounds, case_id <= self.last]


def stored_position(timer: Timer, question: Question, calendar: WorkingCalendar) -> Position:
    """Say where a stored timer stands now."""
    return Position(timer, standing(timer, question.moment), over(timer, question.moment, calendar))


def calendar_of(setting: Setting, question: Question) -> WorkingCalendar:
    """Give the working calendar as it was known."""
    return setting.holidays.as_known(london_date(question.known_at))


def worked_out(
    unit: Transaction, setting: Setting, question: Question, authority: str, case_id: str
) -> Iterator[Position]:
    """Work the timers of a case out from its log, in the order of their ids."""
    found = case_positions(unit, setting, question, authority, case_id)
    yield from sorted(found, key=lambda position: position.timer.timer_id)


def behind(place: Place) -> ColumnElement[bool]:
    """Give the condition that a timer lies behind a place, in the order of lists."""
    return tuple_(timers.c.case_id, timers.c.timer_id) > tuple_(literal(place.case_id), literal(place.item))
