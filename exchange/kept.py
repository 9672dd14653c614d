"""Rows that do not go in, as they are kept: refused, or waiting until more is known. Each has an id of its content."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from caseclock.exchange.records import Refused, Told
from caseclock.store.protocol import Quarantined
from caseclock.workflow.event_lines import event_line


def refused_row(
    record: Refused, authority: str, file: str, kept_at: datetime, within: str | None = None
) -> Quarantined:
    """Keep a row that was refused. `within` names its file among others that are read with it."""
    content = {"row": record.content}
    told = [within or Path(file).name, record.row, record.column, content]
    return Quarantined(
        quarantine_id=_digest(told),
        authority=authority,
        case_id=record.case_id,
        file=file,
        row=record.row,
        column=record.column,
        value=record.value,
        reason=record.reason,
        content=content,
        kept_at=kept_at,
    )


def waiting_row(record: Told, authority: str, file: str, kept_at: datetime, reason: str) -> Quarantined:
    """Keep a record that does not fit its case, so that it can be tried again."""
    lines = [event_line(event) for event in record.events]
    # where the source does not say when it was written, recorded_at is the import's, which differs from run to run
    told = [{**line, "recorded_at": None} for line in lines]
    content: dict[str, Any] = {"events": lines, "row": record.content}
    return Quarantined(
        quarantine_id=_digest(told),
        authority=authority,
        case_id=record.case_id,
        file=file,
        row=record.row,
        column=None,
        value=None,
        reason=reason,
        content=content,
        kept_at=kept_at,
    )


def is_tried_again(row: Quarantined) -> bool:
    """Say whether a kept row can be tried again as it is; another waits for its file to be sent again."""
    return "events" in row.content


def mended(
    waiting: Iterable[Quarantined], files: Iterable[str], still: Iterable[Quarantined]
) -> Iterator[str]:
    """Name the rows kept of earlier versions of these files that their present versions do not have."""
    names, kept = set(files), {row.quarantine_id for row in still}
    for row in waiting:
        if row.file in names and not is_tried_again(row) and row.quarantine_id not in kept:
            yield row.quarantine_id


def _digest(content: object) -> str:
    written = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:32]
