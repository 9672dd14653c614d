"""What a pack may say of events: which of them count, which start a clock, and what else must hold for that."""

import difflib
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from caseclock.timers.durations import Counting, Limit, Unit
from caseclock.timers.timescale import Clause, Fact, Start, as_text


def _limit(value: object) -> object:
    """Read `{ working_days = 45 }`: one unit, one whole number."""
    if isinstance(value, Limit):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError("write one unit and one whole number, such as { working_days = 45 }")
    ((unit, number),) = value.items()
    units = [str(known) for known in Unit]
    if unit not in units:
        close = difflib.get_close_matches(str(unit), units, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"units are {', '.join(units)}"
        raise ValueError(f"'{unit}' is not a unit; {hint}")
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(f"{number!r} is not a whole number of {unit}")
    return Limit(number, Unit(unit))


def _texts(value: object) -> object:
    """Take true, false, a word, or a list of them; all become text, as they are compared."""
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(as_text(one) for one in values)


LimitField = Annotated[Limit, BeforeValidator(_limit)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Words = Annotated[str, Field(min_length=3)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class FactEntry(Entry):
    field: str
    events: Texts
    values: Texts = ()
    not_values: Texts = ()
    since: Texts = ()
    same: str | None = None

    @model_validator(mode="after")
    def _says_which_values(self) -> "FactEntry":
        if not self.values and not self.not_values:
            raise ValueError("a fact needs values, or not_values")
        return self

    def built(self) -> Fact:
        return Fact(self.field, self.events, self.values, self.not_values, self.since, self.same)


class ClauseEntry(Entry):
    event: str
    process: str | None = None
    where: dict[str, Texts] = {}
    where_not: dict[str, Texts] = {}
    facts: list[FactEntry] = []

    def built(self) -> Clause:
        return Clause(
            self.event,
            self.process,
            dict(self.where),
            dict(self.where_not),
            tuple(fact.built() for fact in self.facts),
        )


class StartEntry(ClauseEntry):
    nth: int | None = Field(None, ge=1)
    from_nth: int | None = Field(None, ge=1)
    date_from: str | None = None
    from_birth: bool = False
    ends_from: str | None = None
    counting: Counting | None = None
    year_of: str | None = None
    from_year: int | None = Field(None, ge=1)
    to_year: int | None = Field(None, ge=1)
    needs: list[ClauseEntry] = []
    unless: list[ClauseEntry] = []
    without: list[ClauseEntry] = []
    after: list[ClauseEntry] = []
    since: Texts = ()
    counts_from_last: str | None = None
    age_under: int | None = Field(None, ge=0)
    age_from: int | None = Field(None, ge=0)
    age_in: LimitField | None = None
    limit: LimitField | None = None
    voids: list[ClauseEntry] = []
    open_case: bool | None = None
    assumes: Texts = ()

    @model_validator(mode="after")
    def _counts_years_of_something(self) -> "StartEntry":
        if (self.year_of is None) != (self.from_year is None and self.to_year is None):
            raise ValueError("year_of goes with from_year, to_year or both: the years since what, and which")
        return self

    def started(self) -> Start:
        return Start(
            clause=self.built(),
            nth=self.nth,
            from_nth=self.from_nth,
            date_from=self.date_from,
            from_birth=self.from_birth,
            ends_from=self.ends_from,
            counting=self.counting,
            year_of=self.year_of,
            from_year=self.from_year,
            to_year=self.to_year,
            needs=tuple(clause.built() for clause in self.needs),
            unless=tuple(clause.built() for clause in self.unless),
            without=tuple(clause.built() for clause in self.without),
            after=tuple(clause.built() for clause in self.after),
            since=self.since,
            counts_from_last=self.counts_from_last,
            age_under=self.age_under,
            age_from=self.age_from,
            age_in=self.age_in,
            limit=self.limit,
            voids=tuple(clause.built() for clause in self.voids),
            open_case=self.open_case,
            assumes=self.assumes,
        )
