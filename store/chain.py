"""The hash chain: each event of a case is bound to the one before it, so that no row can change unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json.encoder import encode_basestring as _text

from caseclock.store.protocol import GENESIS, Case, LogRow
from caseclock.store.types import NotStorable, canonical_json, utc_text
from caseclock.timers.event import Event


def canonical(event: Event) -> bytes:
    """Write an event, its place in the log included, as UTF-8 JSON in one way only.

    Keys sorted, no spaces; dates as `2026-03-02`, instants in UTC with microseconds, null where only the day
    is known. This form is what `chained` hashes: changing it breaks every stored chain.
    Raises NotStorable where the event could not be read back as it is.
    """
    return written(event, event.seq, canonical_json(event.data))


def written(event: Event, seq: int, data: str) -> bytes:
    """Do as `canonical`, for an event that is to have a place and whose data are canonical already."""
    line = opening(
        event.authority, event.because, event.by, event.case_id, data, event.episode_id, event.event_id
    ) + (
        f'"occurred_at":{_instant(event.occurred.at)},"occurred_on":"{event.occurred.on.isoformat()}",'
        f'"recorded_at":{_instant(event.recorded.at)},"recorded_on":"{event.recorded.on.isoformat()}",'
        f'"seq":{seq},"type":{_text(event.type)}}}'
    )
    try:
        encoded = line.encode()
    except UnicodeEncodeError as error:
        raise NotStorable(
            f"Can't store event {event.event_id!r}: it holds half of a surrogate pair, which is not a character. "
            "Send the text as UTF-8."
        ) from error
    if "\\u0000" in line and _holds_nul(event):
        raise NotStorable(
            f"Can't store event {event.event_id!r}: it holds a NUL character, which PostgreSQL can't keep. "
            "Take it out."
        )
    return encoded


def opening(
    authority: str, because: str, by: str, case_id: str, data: str, episode_id: str, event_id: str
) -> str:
    """Write what the canonical form of an event begins with, and its event line as well: all up to when it occurred."""
    return (
        f'{{"authority":{_text(authority)},"because":{_text(because)},"by":{_text(by)},"case_id":{_text(case_id)},'
        f'"data":{data},"episode_id":{_text(episode_id)},"event_id":{_text(event_id)},'
    )


def chained(previous: str, event: Event) -> str:
    """Give the hash of an event in its place: SHA-256 over the hash before it and its canonical form, in hex."""
    return hash_of(previous, canonical(event))


def hash_of(previous: str, line: bytes) -> str:
    """Hash a canonical form onto the hash before it."""
    return sha256(previous.encode() + line).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """The first row of a case's log that does not fit, and why."""

    authority: str
    case_id: str
    seq: int
    event_id: str
    #: a sentence that names it
    why: str


def first_break(rows: Iterable[LogRow], case: Case | None = None) -> Break | None:
    """Find the first row of one case's log that does not fit, or None where the chain is whole.

    `rows` are as `Transaction.log_rows` gives them. With the `case` as stored, a log cut off at its end is found too.
    """
    previous, seq, last = GENESIS, 0, None
    for row in rows:
        seq += 1
        why = _misfit(row, previous=previous, seq=seq)
        if why is None and case is not None and seq > case.version:
            why = (
                f"Event {seq} ({row.event_id}) is one more than the case's own row tells of: a row was added at the "
                "end, or the case's own row was altered."
            )
        if why:
            return Break(row.authority, row.case_id, row.seq, row.event_id, why)
        previous, last = row.hash, row
    if case is None or (case.version, case.head) == (seq, previous):
        return None
    behind = f"the log ends with event {seq} ({last.event_id})" if last else "the log is empty"
    why = f"Event {seq + 1} is missing: {behind}, and the case says it has {case.version}."
    if case.version == seq:
        why = f"The case's own row was altered: its hash is not that of its last event, {seq}."
    return Break(case.authority, case.case_id, seq, last.event_id if last else "", why)


def _misfit(row: LogRow, *, previous: str, seq: int) -> str | None:
    if row.seq > seq:
        return f"Event {seq} is missing: the log goes on with event {row.seq} ({row.event_id})."
    if row.seq < seq:
        return f"A row ({row.event_id}) stands where event {seq} should, and says it is event {row.seq}."
    if row.previous != previous:
        return (
            f"Event {seq} ({row.event_id}) is chained to another event than the one before it: a row was inserted, "
            "replaced or put in another place."
        )
    if row.hash != hash_of(previous, row.line):
        return (
            f"Event {seq} ({row.event_id}) is not what was written: its content does not give the hash stored "
            "with it."
        )
    return None


def line_of(columns: Mapping[str, object], seq: object) -> bytes:
    """Write the canonical form that the columns of a row make as they stand, so that no altered byte goes unseen.

    `columns` are texts: dates and instants in their canonical form where nobody touched them, `data` as JSON.
    """

    def text(name: str) -> str:
        value = columns[name]
        return _text(value) if isinstance(value, str) else "null" if value is None else repr(value)

    return (
        f'{{"authority":{text("authority")},"because":{text("because")},"by":{text("by_whom")},'
        f'"case_id":{text("case_id")},"data":{columns["data"]},'
        f'"episode_id":{text("episode_id")},"event_id":{text("event_id")},'
        f'"occurred_at":{text("occurred_at")},"occurred_on":{text("occurred_on")},'
        f'"recorded_at":{text("recorded_at")},"recorded_on":{text("recorded_on")},'
        f'"seq":{seq},"type":{text("type")}}}'
    ).encode("utf-8", "surrogatepass")


def _instant(instant: datetime | None) -> str:
    return "null" if instant is None else f'"{utc_text(instant)}"'


def _holds_nul(event: Event) -> bool:
    """Say whether a text column would hold a NUL; within `data` it is an escape, which every database keeps."""
    texts = (
        event.event_id,
        event.type,
        event.authority,
        event.case_id,
        event.episode_id,
        event.by,
        event.because,
    )
    return any("\x00" in text for text in texts)
