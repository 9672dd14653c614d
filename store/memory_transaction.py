"""One unit of work in memory: it reads through what it has changed to what was committed."""

import heapq
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from caseclock.store.appending import Link, case_changed, event_id_taken, linked
from caseclock.store.chain import written
from caseclock.store.memory_handing import HandingInMemory
from caseclock.store.memory_shelves import CaseFile, CaseKey, Wake, as_kept
from caseclock.store.protocol import (
    Breach,
    BreachAnswer,
    BreachStanding,
    Case,
    CaseFacts,
    DueTimer,
    Episode,
    LogRow,
    OutboxMessage,
    Raised,
    StoredTimer,
)
from caseclock.store.types import NotStorable, in_utc
from caseclock.timers.event import Event
from caseclock.timers.when import When

_NOTHING = CaseFile()


class MemoryTransaction(HandingInMemory):
    """The log and what is derived from it. Made by InMemoryStore."""

    # the log

    def case(self, authority: str, case_id: str) -> Case | None:
        return self._file(authority, case_id).case

    def locked_case(self, authority: str, case_id: str, *, wait: bool = True) -> Case | None:
        self._check_writable()
        return self.case(authority, case_id)  # the only writer there is

    def lock_free(self, authority: str, case_ids: Sequence[str]) -> list[Case]:
        self._check_writable()
        found = (self.case(authority, case_id) for case_id in case_ids)
        return [case for case in found if case is not None]

    def events(self, authority: str, case_id: str) -> list[Event]:
        return [event for event, _, _ in self.chain(authority, case_id)]

    def chain(self, authority: str, case_id: str) -> list[tuple[Event, str, str]]:
        return [(_read(row), row.previous, row.hash) for row in self._file(authority, case_id).log]

    def log_rows(self, authority: str, case_id: str) -> list[LogRow]:
        return [
            LogRow(
                authority,
                case_id,
                row.seq,
                row.event.event_id,
                written(row.event, row.seq, row.data),
                row.previous,
                row.hash,
            )
            for row in self._file(authority, case_id).log
        ]

    def strays(self, authority: str | None = None) -> Iterator[tuple[str, str, str]]:
        for table in ("episodes", "timers", "breaches"):
            for key, case_id in self._keys(authority):
                file = self._file(key, case_id)
                if file.case is None and getattr(file, table):
                    yield table, key, case_id

    def find_event(self, authority: str, event_id: str) -> Event | None:
        place = self._event_places.get((authority, event_id)) or self._kept.event_places.get(
            (authority, event_id)
        )
        if place is None:
            return None
        case_id, seq = place
        return _read(self._file(authority, case_id).log[seq - 1])

    def append(self, case: Case, events: Sequence[Event], *, marks: tuple[int, int] | None = None) -> Case:
        self._check_writable()
        if not events:
            return case
        links, grown = linked(case, events)
        stored = self.case(case.authority, case.case_id)
        grown_since = (stored.version if stored else 0) != case.version
        otherwise = stored is not None and stored.head != case.head
        otherwise = otherwise or (marks is not None and marks != self.marks())
        if grown_since or otherwise:
            self.spoilt = case_changed(case)
            raise self.spoilt
        for event in events:
            if found := self.find_event(case.authority, event.event_id):
                self.spoilt = event_id_taken(case.authority, event.event_id, found.case_id)
                raise self.spoilt
        file = self._to_change(case.authority, case.case_id)
        file.case = grown
        file.log += tuple(links)
        for link in links:
            self._event_places[case.authority, link.event.event_id] = (case.case_id, link.seq)
        return grown

    def case_ids(self, authority: str | None = None) -> Iterator[tuple[str, str]]:
        return (
            (key, case_id)
            for key, case_id in self._keys(authority)
            if self._file(key, case_id).case is not None
        )

    def look_ahead(self, authority: str, case_ids: Sequence[str], *, to_write: bool = False) -> None:
        """Do nothing: everything is in memory already."""

    # derived rows

    def episodes(self, authority: str, case_id: str) -> list[Episode]:
        kept = self._file(authority, case_id).episodes.values()
        return sorted(kept, key=lambda one: (one.opened_on, one.episode_id))

    def write_episodes(self, episodes: Sequence[Episode]) -> None:
        self._check_writable()
        for row in map(as_kept, episodes):
            self._to_change(row.authority, row.case_id).episodes[row.episode_id] = row

    def remove_episodes(self, authority: str, case_id: str, episode_ids: Sequence[str]) -> None:
        self._check_writable()
        for episode_id in episode_ids:
            self._to_change(authority, case_id).episodes.pop(episode_id, None)

    def timers(self, authority: str, case_id: str) -> list[StoredTimer]:
        return [stored for _, stored in sorted(self._file(authority, case_id).timers.items())]

    def all_timers(self, authority: str | None = None) -> Iterator[StoredTimer]:
        return (stored for key in self._keys(authority) for stored in self.timers(*key))

    def write_timers(self, timers: Sequence[StoredTimer]) -> None:
        self._check_writable()
        for row in map(as_kept, timers):
            timer = row.timer
            self._take_out("timers", timer.authority, timer.timer_id)
            self._to_change(timer.authority, timer.case_id).timers[timer.timer_id] = row
            self._timer_cases[timer.authority, timer.timer_id] = timer.case_id

    def remove_timers(self, authority: str, timer_ids: Sequence[str]) -> None:
        self._check_writable()
        for timer_id in timer_ids:
            self._take_out("timers", authority, timer_id)

    def claim_due(self, moment: datetime, limit: int) -> list[DueTimer]:
        self._check_writable()
        due: list[Wake] = []
        looked_at: list[Wake] = []
        waking = self._kept.waking
        while waking and waking[0][0] <= moment and len(due) < limit:
            wake = heapq.heappop(waking)
            if not self._still_wakes(wake) or (looked_at and looked_at[-1] == wake):
                continue
            looked_at.append(wake)
            if wake[1:3] not in self._files:
                due.append(wake)
        for wake in looked_at:
            heapq.heappush(waking, wake)
        due += [wake for wake in self._own_wakes() if wake[0] <= moment]
        return [self._due(*wake[1:]) for wake in sorted(due)[:limit]]

    def _due(self, authority: str, case_id: str, timer_id: str) -> DueTimer:
        file = self._file(authority, case_id)
        raised = any(breach.timer_id == timer_id for breach in file.breaches.values())
        return DueTimer.of(file.timers[timer_id].timer, was_raised=raised)

    def wake(self, authority: str, timers: Mapping[str, datetime | None]) -> None:
        self._check_writable()
        for timer_id, wake_at in timers.items():
            key = authority, timer_id
            case_id = self._timer_cases.get(key) or self._kept.timer_cases.get(key)
            if case_id is not None:
                waking = self._to_change(authority, case_id).timers
                if timer_id in waking:
                    waking[timer_id] = as_kept(replace(waking[timer_id], wake_at=wake_at))

    def raise_breaches(self, logs: Sequence[tuple[Case, Sequence[Raised]]], at: datetime) -> None:
        self._check_writable()
        for case, raised in logs:
            self.append(case, [one.event(at) for one in raised])
            self.write_breaches([one.breach(at) for one in raised])
            self.put_outbox(
                [
                    OutboxMessage(case.authority, case.case_id, one.type, json.loads(one.message), at)
                    for one in raised
                ]
            )
            self.wake(case.authority, {one.timer.timer_id: None for one in raised})

    def next_wake(self) -> datetime | None:
        kept = self._kept.waking
        while kept and not self._still_wakes(kept[0]):
            heapq.heappop(kept)
        unchanged = (wake for wake in kept if wake[1:3] not in self._files and self._still_wakes(wake))
        # the heap's first is its earliest: the rest matters only where this unit of work has changed that case
        earliest = kept[:1] if kept and kept[0][1:3] not in self._files else unchanged
        return min((wake[0] for wake in (*earliest, *self._own_wakes())), default=None)

    # breaches

    def breaches(self, authority: str, case_id: str) -> list[Breach]:
        return [breach for _, breach in sorted(self._file(authority, case_id).breaches.items())]

    def all_breaches(self, authority: str | None = None) -> Iterator[Breach]:
        return (breach for key in self._keys(authority) for breach in self.breaches(*key))

    def write_breaches(self, breaches: Sequence[Breach]) -> None:
        self._check_writable()
        for row in map(as_kept, breaches):
            if row.standing is BreachStanding.WITHDRAWN and (row.cause is None or row.withdrawn_at is None):
                raise NotStorable(
                    f"Can't store breach {row.breach_id} as withdrawn: it lacks its cause or withdrawn_at."
                )
            self._take_out("breaches", row.authority, row.breach_id)
            self._to_change(row.authority, row.case_id).breaches[row.breach_id] = row
            self._breach_cases[row.authority, row.breach_id] = row.case_id

    # what the desk is filtered by

    def facts(self, authority: str, case_id: str) -> CaseFacts | None:
        return self._file(authority, case_id).facts

    def write_facts(self, facts: Sequence[CaseFacts]) -> None:
        self._check_writable()
        for row in map(as_kept, facts):
            self._to_change(row.authority, row.case_id).facts = row

    def breach_answers(self, authority: str, case_id: str) -> list[BreachAnswer]:
        return [answer for _, answer in sorted(self._file(authority, case_id).answers.items())]

    def write_breach_answers(self, answers: Sequence[BreachAnswer]) -> None:
        self._check_writable()
        for row in map(as_kept, answers):
            self._to_change(row.authority, row.case_id).answers[row.breach_id] = row

    def commit(self) -> None:
        """Make what was changed the committed state. Called by the store, which holds its locks."""
        kept = self._kept
        for key, file in self._files.items():
            before = kept.files.get(key, _NOTHING).timers
            for timer_id, stored in file.timers.items():
                old = before.get(timer_id)
                if stored.wake_at is not None and (old is None or old.wake_at != stored.wake_at):
                    heapq.heappush(kept.waking, (stored.wake_at, *key, timer_id))
        kept.files.update(self._files)
        kept.event_places.update(self._event_places)
        kept.timer_cases.update(self._timer_cases)
        kept.breach_cases.update(self._breach_cases)
        self._commit_handing()

    def _file(self, authority: str, case_id: str) -> CaseFile:
        key = authority, case_id
        return self._files.get(key) or self._kept.files.get(key) or _NOTHING

    def _to_change(self, authority: str, case_id: str) -> CaseFile:
        key = authority, case_id
        if key not in self._files:
            self._files[key] = self._kept.files.get(key, _NOTHING).copy()
        return self._files[key]

    def _keys(self, authority: str | None) -> list[CaseKey]:
        keys = {*self._kept.files, *self._files}
        return sorted(key for key in keys if authority is None or key[0] == authority)

    def _take_out(self, kind: str, authority: str, row_id: str) -> None:
        """Take a timer or breach out of whichever case it is in."""
        own, kept = (
            (self._timer_cases, self._kept.timer_cases)
            if kind == "timers"
            else (self._breach_cases, self._kept.breach_cases)
        )
        case_id = own.get((authority, row_id)) or kept.get((authority, row_id))
        if case_id is not None:
            file = self._to_change(authority, case_id)
            (file.timers if kind == "timers" else file.breaches).pop(row_id, None)

    def _still_wakes(self, wake: Wake) -> bool:
        wake_at, authority, case_id, timer_id = wake
        stored = self._kept.files.get((authority, case_id), _NOTHING).timers.get(timer_id)
        return stored is not None and stored.wake_at == wake_at

    def _own_wakes(self) -> list[Wake]:
        return [
            (stored.wake_at, *key, timer_id)
            for key, file in self._files.items()
            for timer_id, stored in file.timers.items()
            if stored.wake_at is not None
        ]


def _read(link: Link) -> Event:
    """Give an event as a database would: data read anew, so that changing them does not change the log."""
    event = link.event
    occurred, recorded = _in_utc(event.occurred), _in_utc(event.recorded)
    return replace(event, seq=link.seq, data=json.loads(link.data), occurred=occurred, recorded=recorded)


def _in_utc(when: When) -> When:
    return when if when.at is None or when.at.tzinfo is UTC else When(when.on, in_utc(when.at))
