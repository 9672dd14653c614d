"""Caseclock: cases of children's social care moved by events, every statutory timescale a clock with its source.

Here: the names an embedding system needs, and the command line (commands). Not here: any rule, which is in the rooms:
processes (the law), timers (counting), workflow (how a case moves), store (how it is kept), exchange, desk.
Start reading at workflow/engine.py: Engine.record is the gate through which a case changes.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caseclock.processes.catalogue import PROCESSES, rules_of
    from caseclock.store.protocol import Breach, CalendarChange, Store, Transaction
    from caseclock.store.sql import open_store
    from caseclock.timers.durations import MonthPolicy
    from caseclock.timers.event import Event
    from caseclock.timers.timer import Standing, Timer
    from caseclock.timers.when import When
    from caseclock.workflow.calendar_days import add_calendar_day
    from caseclock.workflow.engine import Engine
    from caseclock.workflow.event_lines import BadLine, event_line, parse_line
    from caseclock.workflow.positions import Position, asked, positions
    from caseclock.workflow.refusals import Refused
    from caseclock.workflow.sweep import sweep
    from caseclock.workflow.verification import verify

__all__ = [
    "PROCESSES",
    "BadLine",
    "Breach",
    "CalendarChange",
    "Engine",
    "Event",
    "MonthPolicy",
    "Position",
    "Refused",
    "Standing",
    "Store",
    "Timer",
    "Transaction",
    "When",
    "add_calendar_day",
    "asked",
    "event_line",
    "open_store",
    "parse_line",
    "positions",
    "rules_of",
    "sweep",
    "verify",
]

#: where each name is defined
_HOMES = {
    "PROCESSES": "caseclock.processes.catalogue",
    "BadLine": "caseclock.workflow.event_lines",
    "Breach": "caseclock.store.protocol",
    "CalendarChange": "caseclock.store.protocol",
    "Engine": "caseclock.workflow.engine",
    "Event": "caseclock.timers.event",
    "MonthPolicy": "caseclock.timers.durations",
    "Position": "caseclock.workflow.positions",
    "Refused": "caseclock.workflow.refusals",
    "Standing": "caseclock.timers.timer",
    "Store": "caseclock.store.protocol",
    "Timer": "caseclock.timers.timer",
    "Transaction": "caseclock.store.protocol",
    "When": "caseclock.timers.when",
    "add_calendar_day": "caseclock.workflow.calendar_days",
    "asked": "caseclock.workflow.positions",
    "event_line": "caseclock.workflow.event_lines",
    "open_store": "caseclock.store.sql",
    "parse_line": "caseclock.workflow.event_lines",
    "positions": "caseclock.workflow.positions",
    "rules_of": "caseclock.processes.catalogue",
    "sweep": "caseclock.workflow.sweep",
    "verify": "caseclock.workflow.verification",
}


def __getattr__(name: str) -> Any:
    """Load a name when it is first asked for: who needs only dates should not wait for a database driver."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"caseclock has no {name!r}. It has {', '.join(__all__)}.")
    from importlib import import_module

    found = getattr(import_module(home), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
