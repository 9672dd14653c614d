"""A rulebook: the packs that hold for one authority, national ones first, its local ones laid over them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import count, pairwise
from typing import NamedTuple

from caseclock.timers.packs import Pack
from caseclock.timers.timescale import Start, Timescale


class RulebookRefused(ValueError):
    """Packs that contradict each other."""


class Clock(NamedTuple):
    """One way in which the clock of one version of a timescale is started."""

    #: where it stands among all of a rulebook: by timescale, version and start
    place: int
    version: Timescale
    start: Start
    #: the event that starts it happens on one of these days, both included
    first: date
    last: date
    #: whether each timer of the timescale, in any of its versions, depends on one event alone
    looks_at_one_event: bool


@dataclass(frozen=True)
class Rulebook:
    """Every timescale of an authority, with its versions in order of effect."""

    authority: str | None
    #: timescale id -> versions, oldest first
    rules: Mapping[str, tuple[Timescale, ...]]
    #: opening event type -> process of the episode it opens
    openers: Mapping[str, str]
    #: what held before the last pack was adopted, and the London date on which it was
    before: "Rulebook | None" = None
    known_on: date | None = None
    _by_event: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _by_start: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _behind: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _by_process: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def in_force(self, on: date) -> list[Timescale]:
        """List the versions in force on a day, in order of id."""
        return [
            version
            for versions in (self.rules[rule] for rule in sorted(self.rules))
            for version in versions
            if version.in_force(on)
        ]

    def version(self, timescale: str, version: str) -> Timescale:
        """Find one version by the timescale's id and the date it is named by."""
        return next(found for found in self.rules[timescale] if found.version == version)

    def with_adopted(self, pack: Pack, known_on: date) -> "Rulebook":
        """Give this rulebook with a pack adopted on a London date.

        A version in it ends the one in force before it, on the day before its own first. A pack of another authority
        changes nothing. Raises RulebookRefused where two versions of a timescale hold on the same day.
        """
        versions = {rule: list(found) for rule, found in self.rules.items()}
        for newer in pack.timescales:
            if pack.authority in (None, self.authority) and newer.holds_for(self.authority):
                older = [_ended_by(version, newer) for version in versions.get(newer.id, [])]
                versions[newer.id] = [*older, replace(newer, known_on=known_on)]
        checked = _checked(self.authority, versions, self.openers)
        return replace(checked, before=self, known_on=known_on)

    def as_known(self, on: date) -> "Rulebook":
        """Give the rulebook as it was known at the end of a London date, without what was adopted later."""
        book = self
        while book.before is not None and book.known_on is not None and book.known_on > on:
            book = book.before
        return book

    def looks_at_one_event(self, timescale: str) -> bool:
        """Say whether each timer of a timescale, in any of its versions, depends on one event alone."""
        versions = self.rules[timescale]
        return all(version.looks_at_one_event() or not version.has_clock() for version in versions)

    @cached_property
    def clocks(self) -> Mapping[tuple[str | None, str], tuple[Clock, ...]]:
        """The clocks that an event may start, by the process of its episode (None: of any process) and its type."""
        places = count()
        found: defaultdict[tuple[str | None, str], list[Clock]] = defaultdict(list)
        for name in sorted(self.rules):
            alone = self.looks_at_one_event(name)
            for version in self.rules[name]:
                if not version.has_clock() or not version.commenced:
                    continue
                for start in version.starts:
                    first, last = version.starting_days(start)
                    process = start.clause.process or (
                        None if version.looks_at_one_event() else version.process
                    )
                    clock = Clock(next(places), version, start, first, last, alone)
                    found[process, start.clause.event].append(clock)
        return {kind: tuple(clocks) for kind, clocks in found.items()}

    def started_by(self, event_type: str) -> tuple[str, ...]:
        """Name the timescales with a clock that events of this type may start."""
        known = self._by_start.get(event_type)
        if known is None:
            known = tuple(
                rule
                for rule, versions in self.rules.items()
                for clocked in [[version for version in versions if version.has_clock()]]
                if any(start.clause.event == event_type for version in clocked for start in version.starts)
            )
            self._by_start[event_type] = known
        return known

    def changed_behind(self, event_type: str) -> tuple[str, ...]:
        """Name the timescales of which such an event may change finished timers though it comes last."""
        known = self._behind.get(event_type)
        if known is None:
            known = self._behind[event_type] = tuple(
                rule
                for rule, versions in self.rules.items()
                if any(event_type in version.changed_behind() for version in versions)
            )
        return known

    def of_process(self, process: str) -> tuple[str, ...]:
        """Name the timescales of a process."""
        known = self._by_process.get(process)
        if known is None:
            known = self._by_process[process] = tuple(
                rule
                for rule, versions in self.rules.items()
                if any(version.process == process for version in versions)
            )
        return known

    def mentioning(self, event_type: str) -> tuple[str, ...]:
        """Name the timescales whose timers can depend on events of this type."""
        known = self._by_event.get(event_type)
        if known is None:
            known = tuple(
                rule
                for rule, versions in self.rules.items()
                if any(event_type in version.mentions() for version in versions)
            )
            self._by_event[event_type] = known
        return known


def rulebook(
    packs: Iterable[Pack],
    *,
    authority: str | None,
    openers: Mapping[str, str],
) -> Rulebook:
    """Lay packs over each other for one authority.

    Packs of other authorities are left out. Raises RulebookRefused where two versions of a timescale hold on the
    same day.
    """
    versions: dict[str, list[Timescale]] = {}
    for pack in packs:
        if pack.authority not in (None, authority):
            continue
        for timescale in pack.timescales:
            if timescale.holds_for(authority):
                versions.setdefault(timescale.id, []).append(timescale)
    return _checked(authority, versions, openers)


def _checked(
    authority: str | None, versions: Mapping[str, list[Timescale]], openers: Mapping[str, str]
) -> Rulebook:
    for rule, found in versions.items():
        found.sort(key=lambda version: version.effective_from)
        for older, newer in pairwise(found):
            if older.effective_to is None or older.effective_to >= newer.effective_from:
                raise RulebookRefused(
                    f"{rule} has two versions in force on {newer.effective_from}: {older.pack} ({older.version}) and "
                    f"{newer.pack} ({newer.version}). End the older one the day before the newer begins."
                )
    return Rulebook(authority, {rule: tuple(found) for rule, found in versions.items()}, openers)


def _ended_by(older: Timescale, newer: Timescale) -> Timescale:
    """End a version on the day before a newer one begins, where it would go on beside it."""
    runs_on = older.effective_to is None or older.effective_to >= newer.effective_from
    if older.effective_from < newer.effective_from and runs_on:
        return replace(older, effective_to=newer.effective_from - timedelta(days=1))
    return older
