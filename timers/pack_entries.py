"""What a pack may say, entry by entry; each entry builds the plain value the engine works with."""

from datetime import date

from pydantic import BaseModel, Field, model_validator

from caseclock.timers.durations import Counting
from caseclock.timers.pack_clauses import (
    ClauseEntry,
    Entry,
    FactEntry,
    LimitField,
    StartEntry,
    Texts,
    Words,
)
from caseclock.timers.timescale import (
    Basis,
    Extension,
    ExtensionKind,
    Kind,
    LimitRule,
    Scope,
    Timescale,
    Verification,
)


class LimitEntry(Entry):
    limit: LimitField
    not_before: LimitField | None = None
    facts: list[FactEntry] = Field([])
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
    starts: list[StartEntry] = Field([])
    stops: list[ClauseEntry] = Field([])
    voids: list[ClauseEntry] = Field([])
    revives: list[ClauseEntry] = Field([])
    scope: Scope = Scope.EPISODE
    key: str | None = None
    early: bool = False
    deemed: bool = False
    limit: LimitField | None = None
    not_before: LimitField | None = None
    limits: list[LimitEntry] = Field([])
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
        if self.kind is Kind.RECORDING:
            return self._is_of_recording()
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

    def _is_of_recording(self) -> "TimescaleEntry":
        """Refuse what a recording standard has no use for: it looks at one event, and stops with its write-up."""
        if not self.starts or self.limit is None:
            raise ValueError(
                "a recording standard needs starts, the events that are to be written up, and one limit"
            )
        if self.counting is not Counting.DAY_AFTER_TRIGGER:
            raise ValueError("a recording standard counts from when the event happened: day_after_trigger")
        unused = sorted(self.model_fields_set & _NOT_OF_RECORDING)
        unused += sorted({name for start in self.starts for name in start.model_fields_set} - _ONE_EVENT)
        if unused:
            raise ValueError(
                f"a recording standard is stopped by the write-up of the event itself and looks at nothing else; take "
                f"out {', '.join(unused)}"
            )
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


#: what a recording standard may ask of an event
_ONE_EVENT = frozenset({"event", "process", "where", "where_not"})
#: what makes a clock depend on other events, which that of a recording standard never does
_NOT_OF_RECORDING = frozenset(
    {
        "stops",
        "voids",
        "revives",
        "scope",
        "key",
        "early",
        "deemed",
        "not_before",
        "limits",
        "in_any",
        "warn",
        "governed_by",
        "extension",
    }
)


class PackFile(Entry):
    pack: PackHead
    timescale: list[TimescaleEntry] = Field([])


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
