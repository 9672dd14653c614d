"""Event lines out: the shape in which they come in, so that what was written out may be brought in again."""

import json
from collections.abc import Iterator

from caseclock.processes.catalogue import OWN
from caseclock.store.protocol import Transaction
from caseclock.workflow.event_lines import event_line


def event_lines(
    unit: Transaction, authority: str, case_id: str | None = None, *, own: bool = False
) -> Iterator[str]:
    """Give every event of an authority (or one case) as a line, case by case in the order of writing.

    What Caseclock writes itself (breaches raised and withdrawn) is left out unless `own`: it follows from the facts,
    and no import takes it.
    """
    for _, of_case in unit.case_ids(authority):
        if case_id not in (None, of_case):
            continue
        for event in unit.events(authority, of_case):
            if own or event.type not in OWN:
                yield json.dumps(event_line(event), ensure_ascii=False, separators=(",", ":"))
