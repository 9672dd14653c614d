"""What if the law had been: an authority's rulebook with other packs in the place of its own; nothing is stored."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from caseclock.processes.catalogue import rules_judged_by
from caseclock.store.protocol import Transaction
from caseclock.timers.packs import load_pack, read_pack
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.when import london_date


def rulebook_judged_by(unit: Transaction, paths: Sequence[Path], authority: str) -> Rulebook:
    """Give an authority's rulebook with these packs in the place of what they replace.

    A timescale that one of the packs holds is judged by it alone; all others as they ship and as they were adopted
    since. Raises PackRefused, ProcessRefused or RulebookRefused.
    """
    book = rules_judged_by(paths, authority)
    loaded = [load_pack(path) for path in paths]
    replaced = {
        timescale.id
        for pack in loaded
        if pack.authority in (None, authority)
        for timescale in pack.timescales
    }
    for adopted in unit.adopted_packs():
        if adopted.authority in (None, authority):
            pack = read_pack(adopted.text, adopted.pack_id)
            others = tuple(one for one in pack.timescales if one.id not in replaced)
            book = book.with_adopted(replace(pack, timescales=others), london_date(adopted.known_at))
    return book
