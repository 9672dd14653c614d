"""Every process, every event they know, and the packs that go with them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from caseclock.processes.assessment import ASSESSMENT
from caseclock.processes.child_in_need_plan import CHILD_IN_NEED_PLAN
from caseclock.processes.child_protection_plan import CHILD_PROTECTION_PLAN
from caseclock.processes.court_report import COURT_REPORT
from caseclock.processes.definition import Process, ProcessRefused
from caseclock.processes.early_help import EARLY_HELP
from caseclock.processes.emergency_protection import EMERGENCY_PROTECTION
from caseclock.processes.family_contact import FAMILY_CONTACT
from caseclock.processes.front_door import FRONT_DOOR
from caseclock.processes.leaving_care import LEAVING_CARE
from caseclock.processes.long_stay import LONG_STAY
from caseclock.processes.looked_after import LOOKED_AFTER
from caseclock.processes.missing import MISSING
from caseclock.processes.private_fostering import PRIVATE_FOSTERING
from caseclock.processes.public_law_outline import PUBLIC_LAW_OUTLINE
from caseclock.processes.section_47 import SECTION_47
from caseclock.timers.packs import Pack, load_pack
from caseclock.timers.rulebook import Rulebook, rulebook

PROCESSES: Mapping[str, Process] = {
    process.name: process
    for process in (
        FRONT_DOOR,
        ASSESSMENT,
        SECTION_47,
        CHILD_PROTECTION_PLAN,
        CHILD_IN_NEED_PLAN,
        EARLY_HELP,
        PUBLIC_LAW_OUTLINE,
        EMERGENCY_PROTECTION,
        COURT_REPORT,
        FAMILY_CONTACT,
        LONG_STAY,
        MISSING,
        PRIVATE_FOSTERING,
        LEAVING_CARE,
        LOOKED_AFTER,
    )
}

#: events that only Caseclock itself writes: nobody else may record them
OWN = ("TimersMoved", "EpisodeMigrated", "BreachRaised", "BreachWithdrawn")
#: events that may happen to any case, whatever its states: they put right, extend, or answer for what happened
EVERYWHERE = (
    "TimerExtended",
    "EventCorrected",
    "EventRetracted",
    "SourceTold",
    *OWN,
    "BreachExplained",
    "BreachExempted",
    "BreachEscalated",
    "BreachReopened",
)


def _openers() -> dict[str, str]:
    openers: dict[str, str] = {}
    for process in PROCESSES.values():
        for event in process.openers:
            if event in openers:
                raise ProcessRefused(
                    f"{event} opens both {openers[event]} and {process.name}. One event, one process."
                )
            openers[event] = process.name
    return openers


#: opening event type -> process of the episode it opens
OPENERS: Mapping[str, str] = _openers()

#: every event type known, with the processes that handle it
EVENT_TYPES: Mapping[str, tuple[str, ...]] = {
    event: tuple(process.name for process in PROCESSES.values() if event in process.events)
    for event in dict.fromkeys(
        [*(event for process in PROCESSES.values() for event in process.events), *EVERYWHERE]
    )
}


@cache
def shipped_packs() -> tuple[Pack, ...]:
    """Load every pack that ships with Caseclock, national ones first.

    Raises PackRefused where one does not load, ProcessRefused where one names an event that nothing handles.
    """
    packs = tuple(load_pack(path) for path in pack_files())
    for pack in packs:
        check_pack(pack)
    return packs


def pack_files() -> list[Traversable]:
    """List the files of the packs that ship, in the order of `shipped_packs`."""
    room = files("caseclock.processes") / "packs"
    return [
        entry
        for folder in ("national", "local")
        for entry in sorted((room / folder).iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]


def check_pack(pack: Pack) -> None:
    """Refuse a pack whose timers nothing could start or stop: every event it names must be handled somewhere."""
    for timescale in pack.timescales:
        for event in sorted(timescale.mentions() - set(EVENT_TYPES)):
            raise ProcessRefused(
                f"{timescale.id} in {pack.id} waits for {event}, which no process handles, so nothing could stop its "
                f"timers. Name an event of {', '.join(PROCESSES)}, or add it to a process first."
            )
        for clause in (*timescale.stops, *(start.clause for start in timescale.starts)):
            if clause.process is not None and clause.process not in EVENT_TYPES[clause.event]:
                raise ProcessRefused(f"{timescale.id}: {clause.event} never happens in {clause.process}.")


def rules_judged_by(paths: Iterable[Path], authority: str | None) -> Rulebook:
    """Give an authority's rulebook as it would be with other packs: what if the law had been.

    A timescale that one of the packs holds is taken from it alone, with all its versions; the others stay as shipped.
    A pack of another authority replaces nothing. Raises PackRefused, ProcessRefused or RulebookRefused.
    """
    loaded = [load_pack(path) for path in paths]
    for pack in loaded:
        check_pack(pack)
    instead = [pack for pack in loaded if pack.authority in (None, authority)]
    replaced = {timescale.id for pack in instead for timescale in pack.timescales}
    kept = [
        replace(pack, timescales=tuple(one for one in pack.timescales if one.id not in replaced))
        for pack in shipped_packs()
    ]
    return rulebook([*kept, *instead], authority=authority, openers=OPENERS)


@cache
def rules_of(authority: str | None) -> Rulebook:
    """Give the rulebook of an authority: the national packs with its own local standards; None is national only."""
    return rulebook(shipped_packs(), authority=authority, openers=OPENERS)
