"""The audit out: every event of the log with its place in the hash chain, and whether the chain holds there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from caseclock.store.chain import first_break
from caseclock.store.protocol import LogRow, Transaction
from caseclock.store.sentences import sentence
from caseclock.store.types import canonical_json
from caseclock.timers.event import Event
from caseclock.timers.when import When

AUDIT_COLUMNS = (
    "authority",
    "case_id",
    "seq",
    "event_id",
    "type",
    "episode_id",
    "occurred_at",
    "recorded_at",
    "by",
    "because",
    "sentence",
    "data",
    "previous",
    "hash",
    "chain",
)


@dataclass
class ChainChecked:
    """What came of checking the chains on the way."""

    cases: int = 0
    events: int = 0
    #: a sentence for each case whose chain does not hold
    broken: list[str] = field(default_factory=list)


def audit_rows(
    unit: Transaction, authority: str, checked: ChainChecked, case_id: str | None = None
) -> Iterator[dict[str, Any]]:
    """Give every event as a row, case by case in the order of writing; `checked` is filled on the way.

    `chain` is `whole` up to where a case's chain breaks, then the reason, then `behind a break`.
    """
    for _, of_case in unit.case_ids(authority):
        if case_id not in (None, of_case):
            continue
        links = unit.log_rows(authority, of_case)
        found = first_break(links, unit.case(authority, of_case))
        checked.cases += 1
        if found is not None:
            checked.broken.append(f"{of_case}: {found.why}")
        for row in links:
            checked.events += 1
            chain = "whole"
            if found is not None and row.seq >= found.seq:
                chain = found.why if row.seq == found.seq else "behind a break"
            yield {**_told(row), "previous": row.previous, "hash": row.hash, "chain": chain}
        if found is not None and not links:
            yield dict.fromkeys(AUDIT_COLUMNS, "") | {
                "authority": authority,
                "case_id": of_case,
                "chain": found.why,
            }


def _told(row: LogRow) -> dict[str, Any]:
    """Give what a row holds as it stands; somebody may have altered it, so that it can't be read as an event."""
    known: dict[str, Any] = {
        "authority": row.authority,
        "case_id": row.case_id,
        "seq": row.seq,
        "event_id": row.event_id,
    }
    try:
        line = json.loads(row.line)
        event = Event(
            event_id=row.event_id,
            type=line["type"],
            authority=row.authority,
            case_id=row.case_id,
            episode_id=line["episode_id"],
            occurred=When.parse(line["occurred_at"] or line["occurred_on"]),
            recorded=When.parse(line["recorded_at"] or line["recorded_on"]),
            by=line["by"],
            because=line["because"],
            data=line["data"],
            seq=row.seq,
        )
        return {
            **known,
            "type": event.type,
            "episode_id": event.episode_id,
            "occurred_at": str(event.occurred),
            "recorded_at": str(event.recorded),
            "by": event.by,
            "because": event.because,
            "sentence": sentence(event),
            "data": canonical_json(event.data),
        }
    except (ValueError, TypeError, KeyError):
        text = row.line.decode("utf-8", errors="replace")
        return dict.fromkeys(AUDIT_COLUMNS, "") | known | {"data": text}
