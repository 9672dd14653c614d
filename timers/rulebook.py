"""A rulebook: the packs that hold for one authority, national ones first, its local ones laid over them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from caseclock.timers.packs import Pack
from caseclock.timers.timescale import Timescale


class RulebookRefused(ValueError):
    """Packs that contradict each other."""


@dataclass(frozen=True)
class Rulebook:
    """Every timescale of an authority, with its versions in order of effect."""

    authority: str | None
    #: timescale id -> versions, oldest first
    rules: Mapping[str, tuple[Timescale, ...]]
    #: opening event type -> process of the episode it opens
    openers: Mapping[str, str]
    _by_event: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

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


def rulebook(packs: Iterable[Pack], *, authority: str | None, openers: Mapping[str, str]) -> Rulebook:
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
    for rule, found in versions.items():
        found.sort(key=lambda version: version.effective_from)
        for older, newer in pairwise(found):
            if older.effective_to is None or older.effective_to >= newer.effective_from:
                raise RulebookRefused(
                    f"{rule} has two versions in force on {newer.effective_from}: {older.pack} ({older.version}) and "
                    f"{newer.pack} ({newer.version}). End the older one the day before the newer begins."
                )
    return Rulebook(authority, {rule: tuple(found) for rule, found in versions.items()}, openers)
