"""Taking in many cases in one unit of work: what is read and written for all of them goes in few statements."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from caseclock.store.protocol import Transaction
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine
from caseclock.workflow.fitting import Taken

#: the records of one case, each the events it tells
Records = Sequence[Sequence[Event]]


def take_in_several(
    engine: Engine, authority: str, cases: Mapping[str, Records], at: datetime
) -> dict[str, list[Taken]]:
    """Do as `Engine.take_in` for several cases, all in one unit of work or none.

    Raises what that raises; where an event id belongs to another case, nothing says to which of these it was given.
    """
    # in order, so that two who take in at the same time wait for one another instead of for ever
    names = sorted(cases)

    def work(unit: Transaction) -> dict[str, list[Taken]]:
        unit.look_ahead(authority, names, to_write=True)
        setting = engine.setting(unit, authority)
        return {name: engine.take_in_with(unit, authority, name, cases[name], at, setting) for name in names}

    return engine.repeated(work)
