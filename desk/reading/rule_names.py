"""Timescales of a rulebook by what they are about."""

from collections.abc import Sequence

from caseclock.processes.catalogue import PROCESSES
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.timescale import Kind


def recording_timescales(rules: Rulebook) -> list[str]:
    """Name the timescales that are about how soon something is written up."""
    return sorted(
        name for name, versions in rules.rules.items() if any(one.kind is Kind.RECORDING for one in versions)
    )


def of_processes(rules: Rulebook, processes: Sequence[str]) -> list[str]:
    """Name the timescales of processes, and those of recording, which belong to every process."""
    named = {rule for process in processes if process in PROCESSES for rule in rules.of_process(process)}
    return sorted(named | set(recording_timescales(rules)))
