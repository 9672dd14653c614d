"""Adopting a pack: the law changes by adding a dated version, never by editing one, and never backwards.

A timer keeps the version in force when its clock started, so a new version moves nothing that runs; one that lengthens
a limit from a day already past does, and the log says why.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from caseclock.processes.catalogue import check_pack, shipped_packs
from caseclock.store.protocol import AdoptedPack, Transaction
from caseclock.timers.durations import Limit
from caseclock.timers.packs import Pack, read_pack
from caseclock.timers.rulebook import Rulebook, RulebookRefused
from caseclock.timers.timescale import Timescale
from caseclock.timers.when import london_date
from caseclock.workflow.calendar_days import move_running
from caseclock.workflow.engine import Engine
from caseclock.workflow.moving import Moved, digest
from caseclock.workflow.refusals import Refused

__all__ = ["Adopted", "AdoptionRefused", "adopt_pack", "digest"]


class AdoptionRefused(Refused):
    """A pack that can't be adopted, with the version it conflicts with."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What adopting a pack brought about."""

    pack: Pack
    #: for which authority; None for all
    authority: str | None
    #: False where it had been adopted before
    new: bool
    moved: Moved


def adopt_pack(engine: Engine, adopted: AdoptedPack) -> Adopted:
    """Adopt a pack for one authority or (authority None) for all; running timers that it moves are moved.

    A pack that names an authority is adopted for that one. Raises PackRefused or ProcessRefused where it does not
    load, AdoptionRefused where it is another authority's, edits a version that there is, or would shorten the law,
    or make new duties, from a day that is past. A pack adopted before is adopted once.
    """
    pack = read_pack(adopted.text, adopted.pack_id)
    check_pack(pack)
    adopted = _for_its_authority(pack, adopted)
    with engine.store.transaction() as unit:
        new = all(
            (one.authority, one.text) != (adopted.authority, adopted.text) for one in unit.adopted_packs()
        )
        if new:
            for book in _rulebooks(engine, unit, adopted.authority):
                _check_against(book, pack, adopted)
            unit.adopt_pack(adopted)
    return Adopted(pack, adopted.authority, new, move_running(engine, adopted))


def _for_its_authority(pack: Pack, adopted: AdoptedPack) -> AdoptedPack:
    if pack.authority is None or pack.authority == adopted.authority:
        return adopted
    if adopted.authority is None:
        return replace(adopted, authority=pack.authority)
    raise AdoptionRefused(
        f"Can't adopt {adopted.pack_id} for {adopted.authority}: it holds the local standards of {pack.authority}. "
        f"Adopt it for {pack.authority}, or give {adopted.authority} a pack of its own."
    )


def _rulebooks(engine: Engine, unit: Transaction, authority: str | None) -> Iterator[Rulebook]:
    """Give every rulebook that a pack will be laid over: of one authority, or of all there are."""
    if authority is not None:
        yield engine.setting(unit, authority).rulebook
        return
    named = {pack.authority for pack in shipped_packs()} | {one.authority for one in unit.adopted_packs()}
    cases = {of for of, _ in unit.case_ids()}
    for of in sorted({"", *cases, *(one for one in named if one is not None)}):
        yield engine.setting(unit, of).rulebook


def _check_against(book: Rulebook, pack: Pack, adopted: AdoptedPack) -> None:
    for newer in pack.timescales:
        _check(book, newer, adopted)
    try:
        book.with_adopted(pack, london_date(adopted.known_at))
    except RulebookRefused as refused:
        raise AdoptionRefused(f"Can't adopt {adopted.pack_id}: {refused}") from refused


def _check(book: Rulebook, newer: Timescale, adopted: AdoptedPack) -> None:
    today = london_date(adopted.known_at)
    what = f"Can't adopt {adopted.pack_id}: {newer.id} from {newer.effective_from}"
    older = [
        version for version in book.rules.get(newer.id, ()) if version.effective_from == newer.effective_from
    ]
    if older:
        raise AdoptionRefused(
            f"{what} is there already, from {older[0].pack}. The law changes by adding a version, never by editing "
            "one: give the day from which the new one holds."
        )
    if newer.effective_from >= today:
        return
    in_force = [version for version in book.rules.get(newer.id, ()) if version.in_force(newer.effective_from)]
    if not in_force:
        raise AdoptionRefused(
            f"{what} would make a duty of days already past ({today} is today). Let it begin today or later."
        )
    if not _lengthens(in_force[0], newer):
        raise AdoptionRefused(
            f"{what} would shorten {in_force[0].version} of {in_force[0].pack} ({_words(in_force[0])} to "
            f"{_words(newer)}) for clocks that have started. Let it begin on {today} or later."
        )


def _lengthens(older: Timescale, newer: Timescale) -> bool:
    """Say whether every limit of the newer version is surely no shorter: same unit, same counting, as many rules."""
    if older.counting is not newer.counting or len(older.limits) != len(newer.limits):
        return False
    return all(_no_shorter(was.limit, now.limit) for was, now in zip(older.limits, newer.limits, strict=True))


def _no_shorter(was: Limit, now: Limit) -> bool:
    return was.unit is now.unit and was.number <= now.number


def _words(version: Timescale) -> str:
    return " or ".join(rule.limit.words() for rule in version.limits) or "no clock"
