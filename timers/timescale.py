"""A timescale: the rule. This duty, from this event to that event, within this limit, because of this source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from caseclock.timers.durations import Counting, Limit


def as_text(value: object) -> str:
    """Write a data value as packs write it: booleans in lower case, a missing value as the empty text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Basis(StrEnum):
    """What gives a timescale its force."""

    ACT = "act"
    REGULATION = "regulation"
    STATUTORY_GUIDANCE = "statutory_guidance"
    NATIONAL_GUIDANCE = "national_guidance"
    STATISTIC = "statistic"
    COURT = "court"
    LOCAL = "local"


class Verification(StrEnum):
    """How far the source behind a number was checked."""

    V1 = "V1"  # primary text seen
    V2 = "V2"  # secondary source seen
    K = "K"  # from knowledge, not checked against a source


class Kind(StrEnum):
    """The shape of a duty."""

    WITHIN = "within"  # done by the end of the limit
    AT_LEAST = "at_least"  # not done before the limit has passed
    WINDOW = "window"  # not before one day, not after another
    BEFORE = "before"  # done before another event happens
    BACKWARDS = "backwards"  # counted back from an appointed date
    ROLLING_CAP = "rolling_cap"  # no more than so much in a moving period
    RECORDING = "recording"  # an event written up by the end of the limit from when it happened
    NO_CLOCK = "no_clock"  # a duty to which the source gives no number
    DEFINITION = "definition"  # how something is counted; nobody can breach it


class Scope(StrEnum):
    """In which episodes of the case the events of a timescale are looked for."""

    EPISODE = "episode"  # the one its clock started in
    LINKED = "linked"  # that and the episodes it follows or that follow it
    CASE = "case"


class ExtensionKind(StrEnum):
    """How the source lets a timer be extended."""

    REASONS = "reasons"  # reasons are recorded; the due date stays
    CAPPED = "capped"  # so long, so often, with approval
    COURT = "court"  # by the court, each time up to so long


@dataclass(frozen=True, slots=True)
class Fact:
    """A condition on the last known value of a field: in `events` of the episode, up to the event at hand."""

    field: str
    events: tuple[str, ...]
    #: accepted values as text; "" stands for not told; empty accepts any
    values: tuple[str, ...] = ()
    #: values that are not accepted
    not_values: tuple[str, ...] = ()
    #: what was told before the last of these events is forgotten: a placement's kind once another begins
    since: tuple[str, ...] = ()
    #: only what was told with the same value of this field as the event at hand has
    same: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """Which events count: by type, process, data and what was known of the episode then."""

    event: str
    #: process of the episode it happens in; None is the timescale's own, or, for a recording standard, any
    process: str | None = None
    #: data field -> accepted values as text; "" stands for a missing field
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: data field -> values as text that the event must not have
    where_not: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    #: whether every event of the type counts
    is_plain: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        wants = self.process or self.where or self.where_not or self.facts
        object.__setattr__(self, "is_plain", not wants)


@dataclass(frozen=True, slots=True)
class Start:
    """An event that starts the clock, and what else must hold for it to do so."""

    clause: Clause
    #: only the n-th such event of the episode (from 1)
    nth: int | None = None
    #: only the n-th and later ones
    from_nth: int | None = None
    #: data field that holds the date to count from; the event's own date where it is missing
    date_from: str | None = None
    #: count from the child's birth; no clock where the case does not tell it
    from_birth: bool = False
    #: data field in which an order sets the last day itself; the limit is counted where it is missing
    ends_from: str | None = None
    #: which day is day 1 after this start, where it is not as in the timescale's others
    counting: Counting | None = None
    #: only in these years since the last such event of the episode; the first ends before the anniversary
    year_of: str | None = None
    from_year: int | None = None
    to_year: int | None = None
    #: at least one of these must be found among the linked episodes; empty needs nothing
    needs: tuple[Clause, ...] = ()
    #: none of these may be found before the event in its episode
    unless: tuple[Clause, ...] = ()
    #: at least one of these must be found before the event in its episode; empty needs nothing
    after: tuple[Clause, ...] = ()
    #: `unless`, `after`, `counts_from_last` and an early stop look back no further than the last of these before it
    since: tuple[str, ...] = ()
    #: count from the last event of this type; from the event itself where there was none
    counts_from_last: str | None = None
    #: the child's age in years, `age_in` after the event (at it where that is None), must be under or at least this
    age_under: int | None = None
    age_from: int | None = None
    age_in: Limit | None = None
    #: this start's own limit, where it is not the timescale's
    limit: Limit | None = None
    #: what else ends the duty of a clock started so
    voids: tuple[Clause, ...] = ()
    #: none of these may be found in its episode at all, before the event or after it
    without: tuple[Clause, ...] = ()
    #: True: only where its episode follows no other or is marked data.open_case; False: only where it follows one
    open_case: bool | None = None
    #: event types this start relies on not having happened; a source that doesn't tell them makes the timer unknown
    assumes: tuple[str, ...] = ()
    #: whether it depends on more of the case than the event itself
    is_conditional: bool = field(init=False, repr=False, compare=False)
    #: whether it counts from when the event happened, and from nothing else
    counts_from_event: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ages = (self.age_under, self.age_from, self.year_of, self.open_case)
        around = self.needs or self.without or self.unless or self.after
        object.__setattr__(self, "is_conditional", bool(around) or any(one is not None for one in ages))
        elsewhere = self.from_birth or self.date_from or self.counts_from_last
        object.__setattr__(self, "counts_from_event", not elsewhere)


@dataclass(frozen=True, slots=True)
class LimitRule:
    """A limit and when it applies; the first that applies is taken."""

    limit: Limit
    #: earliest lawful day, for windows
    not_before: Limit | None = None
    facts: tuple[Fact, ...] = ()
    #: applies where the child is younger than this many years on the day it would give
    age_under: int | None = None
    #: applies once this many years have passed since the last `since` event, on the day the clock starts
    years_since: int | None = None
    since: str | None = None
    #: it is the own limit of a start, and taken for no other
    of_start: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    kind: ExtensionKind
    #: event that extends: TimerExtended, or one of the process such as ProceedingsExtended
    event: str = "TimerExtended"
    by: Limit | None = None
    times: int | None = None
    #: never beyond this, counted as the limit is, however many extensions there are
    in_all: Limit | None = None


@dataclass(frozen=True, slots=True)
class Timescale:
    """One version of one rule. The law changes by adding a version, never by editing one."""

    id: str
    duty: str
    process: str
    kind: Kind
    basis: Basis
    source: str
    verification: Verification
    effective_from: date
    effective_to: date | None
    counting: Counting
    pack: str
    starts: tuple[Start, ...] = ()
    stops: tuple[Clause, ...] = ()
    voids: tuple[Clause, ...] = ()
    #: a void is disregarded where one of these follows it
    revives: tuple[Clause, ...] = ()
    scope: Scope = Scope.EPISODE
    #: data field that ties the stop to its start (conference_id, placement_id, review_id)
    key: str | None = None
    #: a stop that happened before the start discharges it too
    early: bool = False
    #: nobody has to act: at the end of the limit the thing stands
    deemed: bool = False
    limits: tuple[LimitRule, ...] = ()
    #: for a rolling cap: no more than the limit in any period of this length
    in_any: Limit | None = None
    warn: Limit | None = None
    #: the event whose date chooses the version; None is the start itself
    governed_by: Clause | None = None
    extension: Extension | None = None
    #: enacted, but no day appointed for it to begin
    commenced: bool = True
    #: authorities in which alone it has commenced (pilots); empty for everywhere
    only_in: frozenset[str] = frozenset()
    #: authorities in which it has not (yet) commenced, or that are exempt
    not_in: frozenset[str] = frozenset()
    authority: str | None = None
    #: London date on which it was adopted, where it was adopted after the packs shipped: nobody was judged by it before
    known_on: date | None = None
    #: share of timers a local standard wants in time
    target_percent: int | None = None
    source_url: str | None = None
    reviewed_on: date | None = None
    notes: str = ""
    #: the date it came into force, by which a version is named
    version: str = field(init=False, repr=False, compare=False)
    #: types of the events that stop its clock
    stopped_by: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", self.effective_from.isoformat())
        object.__setattr__(self, "stopped_by", frozenset(clause.event for clause in self.stops))

    def in_force(self, on: date) -> bool:
        """Say whether this version governs a clock that starts on `on`; both its own days included."""
        return (
            self.commenced
            and self.effective_from <= on
            and (self.effective_to is None or on <= self.effective_to)
        )

    def starting_days(self, start: Start) -> tuple[date, date]:
        """Give the first and the last day on which an event can start a clock of this version so.

        Any day, where the clock counts from another day than that of the event, or another event chooses the version.
        """
        if not start.counts_from_event or self.governed_by is not None:
            return date.min, date.max
        return self.effective_from, self.effective_to or date.max

    def holds_for(self, authority: str | None) -> bool:
        """Say whether it has commenced in an authority; None asks about the country as a whole."""
        return authority not in self.not_in and (not self.only_in or authority in self.only_in)

    def looks_at_one_event(self) -> bool:
        """Say whether each of its timers depends on one event of its episode alone, and on who opened that."""
        return self.kind is Kind.RECORDING

    def has_clock(self) -> bool:
        return bool(self.starts) and self.kind not in (Kind.NO_CLOCK, Kind.DEFINITION)

    def changed_behind(self) -> frozenset[str]:
        """Every event type that, though it comes last, can change finished timers or start clocks at earlier events.

        What starts, stops or ends a timer does neither: the first of its kind counts, and looks back only.
        """
        if self.kind is Kind.ROLLING_CAP or self.known_on is not None:
            return (
                self.mentions()
            )  # stays are added up; what was adopted leaves finished timers to older versions
        clauses = [*self.revives, *([self.governed_by] if self.governed_by else [])]
        for start in self.starts:
            clauses += [*start.needs, *start.without]
        types = {clause.event for clause in clauses}
        if self.extension:
            types.add(self.extension.event)
        return frozenset(types)

    def mentions(self) -> frozenset[str]:
        """Every event type on which its timers can depend."""
        clauses = [start.clause for start in self.starts]
        for start in self.starts:
            clauses += [*start.needs, *start.unless, *start.without, *start.after, *start.voids]
        clauses += [*self.stops, *self.voids, *self.revives]
        if self.governed_by:
            clauses.append(self.governed_by)
        facts = [fact for clause in clauses for fact in clause.facts]
        facts += [fact for rule in self.limits for fact in rule.facts]
        types = {clause.event for clause in clauses} | {event for fact in facts for event in fact.events}
        types |= {rule.since for rule in self.limits if rule.since}
        types |= {event for fact in facts for event in fact.since}
        types |= {start.year_of for start in self.starts if start.year_of}
        types |= {start.counts_from_last for start in self.starts if start.counts_from_last}
        types |= {event for start in self.starts for event in start.since}
        if self.extension:
            types.add(self.extension.event)
        return frozenset(types)
