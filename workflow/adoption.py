"""Adopting a pack: the law changes by adding a dated version, never by editing one, and never backwards.

A timer keeps the version in force when its clock started, so a new version moves nothing that runs; one that lengthens
a limit from a day already past does, and the log says why.
"""

from dataclasses import dataclass

from caseclock.processes.catalogue import check_pack
from caseclock.store.protocol import AdoptedPack
from caseclock.timers.durations import Limit
from caseclock.timers.packs import Pack, read_pack
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.timescale import Timescale
from caseclock.timers.when import london_date
from caseclock.workflow.calendar_days import Cause, Moved, move_running
from caseclock.workflow.engine import Engine
from caseclock.workflow.refusals import Refused


class AdoptionRefused(Refused):
    """A pack that can't be adopted, with the version it conflicts with."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What adopting a pack brought about."""

    pack: Pack
    moved: Moved


def adopt_pack(engine: Engine, adopted: AdoptedPack) -> Adopted:
    """Adopt a pack for one authority or (authority None) for all; running timers that it moves are moved.

    Raises PackRefused or ProcessRefused where it does not load, AdoptionRefused where it edits a version that there
    is, or would shorten the law, or make new duties, from a day that is past. A pack adopted before is adopted once.
    """
    pack = read_pack(adopted.text, adopted.pack_id)
    check_pack(pack)
    with engine.store.transaction() as unit:
        known = any(
            (one.authority, one.text) == (adopted.authority, adopted.text) for one in unit.adopted_packs()
        )
        if not known:
            book = engine.setting(unit, adopted.authority or "").rulebook
            for newer in pack.timescales:
                _check(book, newer, adopted)
            unit.adopt_pack(adopted)
    cause = Cause(
        name=adopted.pack_id,
        at=adopted.known_at,
        by=adopted.by,
        because=f"{pack.title} was adopted: {adopted.because}",
        authority=adopted.authority,
    )
    return Adopted(pack, move_running(engine, adopted.authority, cause=cause))


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
