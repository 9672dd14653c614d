"""What a pack may say, entry by entry; each entry builds the plain value the engine works with."""

import difflib
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from caseclock.timers.durations import Counting, Limit, Unit
from caseclock.timers.timescale import (
    Basis,
    Clause,
    Extension,
    ExtensionKind,
    Fact,
    Kind,
    LimitRule,
    Scope,
    Start,
    Timescale,
    Verification,
    as_text,
)


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


class LimitEntry(Entry):
    limit: LimitField
    not_before: LimitField | None = None
    facts: list[FactEntry] = []
    age_under: int | None = None
    years_since: int | None = None
    since: str | None = None

    def built(self) -> LimitRule:
        facts = tuple(fact.built() for fact in self.facts)
        return LimitRule(self.limit, self.not_before, facts, self.age_under, self.years_since, self.since)


class ExtensionEntry(Entry):
    kind: ExtensionKind
    event: str = "TimerExtended"
    by: LimitField | None = None
    times: int | None = Field(None, ge=1)
    in_all: LimitField | None = None

    @model_validator(mode="after")
    def _moves_by_something(self) -> "ExtensionEntry":
        if self.kind is not ExtensionKind.REASONS and self.by is None:
            raise ValueError("an extension that moves the date needs 'by', such as { weeks = 8 }")
        return self

    def built(self) -> Extension:
        return Extension(self.kind, self.event, self.by, self.times, self.in_all)


class PackHead(Entry):
    id: str
    title: str
    process: str
    authority: str | None = None
    reviewed_on: date
    notes: str = ""


class TimescaleEntry(Entry):
    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")
    duty: Words
    kind: Kind = Kind.WITHIN
    process: str | None = None
    basis: Basis
    source: Words
    source_url: str | None = None
    verification: Verification
    effective_from: date
    effective_to: date | None = None
    reviewed_on: date | None = None
    commenced: bool = True
    only_in: Texts = ()
    not_in: Texts = ()
    counting: Counting
    starts: list[StartEntry] = []
    stops: list[ClauseEntry] = []
    voids: list[ClauseEntry] = []
    revives: list[ClauseEntry] = []
    scope: Scope = Scope.EPISODE
    key: str | None = None
    early: bool = False
    deemed: bool = False
    limit: LimitField | None = None
    not_before: LimitField | None = None
    limits: list[LimitEntry] = []
    in_any: LimitField | None = None
    warn: LimitField | None = None
    governed_by: ClauseEntry | None = None
    extension: ExtensionEntry | None = None
    target_percent: int | None = Field(None, ge=0, le=100)
    notes: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> "TimescaleEntry":
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError("effective_to is before effective_from")
        if self.kind in (Kind.NO_CLOCK, Kind.DEFINITION):
            return self
        if not self.starts or not self.stops:
            raise ValueError(
                "a timescale with a clock needs starts and stops; one without a number is kind = 'no_clock'"
            )
        if self.limit is not None and self.limits:
            raise ValueError("give either limit or limits")
        own = all(start.ends_from or start.limit for start in self.starts)
        if self.limit is None and not self.limits and not own:
            raise ValueError(
                "give limit, limits, or in every start its own limit (or ends_from, where an order sets it)"
            )
        if (self.kind is Kind.ROLLING_CAP) != (self.in_any is not None):
            raise ValueError("a rolling cap needs in_any, such as { months = 12 }, and nothing else has it")
        return self

    def _rules(self) -> tuple[LimitRule, ...]:
        own = dict.fromkeys(start.limit for start in self.starts if start.limit is not None)
        of_starts = tuple(LimitRule(limit, of_start=True) for limit in own)
        if self.limit is not None:
            return (LimitRule(self.limit, self.not_before), *of_starts)
        return (*(entry.built() for entry in self.limits), *of_starts)

    def built(self, head: PackHead) -> Timescale:
        return Timescale(
            id=self.id,
            duty=self.duty,
            process=self.process or head.process,
            kind=self.kind,
            basis=self.basis,
            source=self.source,
            verification=self.verification,
            effective_from=self.effective_from,
            effective_to=self.effective_to,
            counting=self.counting,
            pack=head.id,
            starts=tuple(start.started() for start in self.starts),
            stops=tuple(clause.built() for clause in self.stops),
            voids=tuple(clause.built() for clause in self.voids),
            revives=tuple(clause.built() for clause in self.revives),
            scope=self.scope,
            key=self.key,
            early=self.early,
            deemed=self.deemed,
            limits=self._rules(),
            in_any=self.in_any,
            warn=self.warn,
            governed_by=self.governed_by.built() if self.governed_by else None,
            extension=self.extension.built() if self.extension else None,
            commenced=self.commenced,
            only_in=frozenset(self.only_in),
            not_in=frozenset(self.not_in),
            authority=head.authority,
            target_percent=self.target_percent,
            source_url=self.source_url,
            reviewed_on=self.reviewed_on or head.reviewed_on,
            notes=self.notes,
        )


class PackFile(Entry):
    pack: PackHead
    timescale: list[TimescaleEntry] = []


#: which keys are known inside which table, for messages
KEYS_OF: dict[str, type[BaseModel]] = {
    "pack": PackHead,
    "timescale": TimescaleEntry,
    "starts": StartEntry,
    "stops": ClauseEntry,
    "voids": ClauseEntry,
    "revives": ClauseEntry,
    "needs": ClauseEntry,
    "unless": ClauseEntry,
    "without": ClauseEntry,
    "after": ClauseEntry,
    "governed_by": ClauseEntry,
    "facts": FactEntry,
    "limits": LimitEntry,
    "extension": ExtensionEntry,
}
