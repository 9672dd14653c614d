"""The engine: records events, keeps timers up, raises what ran out. The one gate through which a case changes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from caseclock.processes.catalogue import rules_of
from caseclock.store.protocol import (
    Case,
    CaseChanged,
    EventIdTaken,
    ImportedFile,
    Quarantined,
    Store,
    Transaction,
)
from caseclock.timers.calendar import BankHolidays, CalendarExhausted, england_and_wales
from caseclock.timers.durations import DurationRefused
from caseclock.timers.evaluation import Setting
from caseclock.timers.event import Event
from caseclock.timers.rulebook import Rulebook
from caseclock.workflow.acceptance import accept, unrecorded
from caseclock.workflow.answers import ANSWERS, check_answer
from caseclock.workflow.at_hand import AtHand
from caseclock.workflow.bearing import work_out
from caseclock.workflow.case_file import CaseFile
from caseclock.workflow.checks import check_form
from caseclock.workflow.event_lines import parse_line
from caseclock.workflow.extensions import check_extension
from caseclock.workflow.fitting import Taken, fit
from caseclock.workflow.messages import Outgoing
from caseclock.workflow.moving import Cause, cause_of, moved
from caseclock.workflow.refusals import BadData, CaseBusy, DifferentContent, OutboxFull, Refused
from caseclock.workflow.setting import Settings
from caseclock.workflow.settling import Settled, settle
from caseclock.workflow.writing import Recorded, Step, write_steps

__all__ = ["Engine", "Recorded", "Taken"]

#: how often one attempt is repeated when others write to the same case at the same time
ATTEMPTS = 8
#: case files held in memory; each is checked against the store before it is used
HELD = 512

Result = TypeVar("Result")


class Engine:
    """Records events in a store, under the rulebook of each authority.

    `closures` are an authority's own days off, which the law does not know: none unless given. Where more messages
    than `outbox_limit` wait to be handed on, what would add to them is refused (OutboxFull). One engine serves one
    thread; several engines may share a store.
    """

    def __init__(
        self,
        store: Store,
        *,
        rulebooks: Callable[[str | None], Rulebook] = rules_of,
        holidays: BankHolidays | None = None,
        closures: Mapping[str, Iterable[date]] | None = None,
        outbox_limit: int | None = None,
    ) -> None:
        self.store = store
        self._outgoing = Outgoing(outbox_limit)
        days_off = {authority: frozenset(days) for authority, days in (closures or {}).items()}
        self._settings = Settings(rulebooks, holidays or england_and_wales(), days_off)
        self._at_hand = AtHand()

    def record(self, *events: Event, at: datetime, transaction: Transaction | None = None) -> Recorded:
        """Record events of one case strictly: all of them, or none and a sentence.

        `at` is the aware instant of recording. With a `transaction` it is part of the caller's unit of work and
        commits with it. An event recorded before has no second effect. Raises Refused, or CaseBusy where others
        kept writing to the case.
        """
        authority, case_id = events[0].authority, events[0].case_id
        if any((event.authority, event.case_id) != (authority, case_id) for event in events):
            raise Refused(
                "Can't record events of several cases at once. Record each case's events by themselves."
            )

        def work(unit: Transaction) -> Recorded:
            setting = self.setting(unit, authority)
            file = self.file(unit, authority, case_id)
            self.catch_up(unit, file)
            return self._record(unit, file, setting, events, at)

        def as_last_looked_at(unit: Transaction) -> Recorded:
            setting = self._settings.at_hand(authority)
            if setting is None:
                return work(unit)
            file = self._at_hand.take(authority, case_id, committed=True) or CaseFile.load(
                unit, unit.case(authority, case_id) or Case(authority, case_id)
            )
            try:  # `append` refuses it where calendar, packs or the case are no more what they were
                return self._record(unit, file, setting, events, at)
            except OutboxFull:
                raise
            except Refused:
                self._at_hand.put_back(file)
                return work(unit)

        return work(transaction) if transaction is not None else self.repeated(as_last_looked_at, reads=False)

    def _record(
        self, unit: Transaction, file: CaseFile, setting: Setting, events: Sequence[Event], at: datetime
    ) -> Recorded:
        fresh = unrecorded(file, events)
        if fresh:
            return self._write(unit, file, [self._accepted(file, setting, fresh, at)], at)
        self._at_hand.put_back(file)
        return Recorded(0, 0)

    def take_in(
        self, authority: str, case_id: str, records: Sequence[Sequence[Event]], at: datetime
    ) -> list[Taken]:
        """Record what a return tells of one case: each record whole, or not at all and its reason.

        Records are tried in their order, then again as long as one more fits, and with them what was kept in
        quarantine before: so the order of arrival does not matter.
        """
        return self.repeated(lambda unit: self.take_in_with(unit, authority, case_id, records, at))

    def retry(self, authority: str, at: datetime) -> int:
        """Try again what is kept in quarantine as events; gives the number of rows released."""
        with self.store.snapshot() as unit:
            waiting = unit.quarantined(authority)
        for case_id in dict.fromkeys(
            row.case_id for row in waiting if row.case_id and "events" in row.content
        ):
            self.take_in(authority, case_id, [], at)
        with self.store.snapshot() as unit:
            return len(waiting) - len(unit.quarantined(authority))

    def keep(self, rows: Sequence[Quarantined]) -> None:
        """Keep rows of a file that did not fit, each with its reason."""
        with self.store.transaction() as unit:
            unit.keep(rows)

    def note_import(self, file: ImportedFile) -> None:
        """Note that a file was brought in, and what came of it."""
        with self.store.transaction() as unit:
            unit.write_import(file)

    def setting(self, unit: Transaction, authority: str) -> Setting:
        """Give the packs and the calendar that hold for an authority, with what was announced and adopted since."""
        return self._settings.of(unit, authority)

    def catch_up(self, unit: Transaction, file: CaseFile) -> None:
        """Move a case's timers by what changed in calendar or packs and has not reached the case yet.

        So that a new fact, or a sweep, never moves a timer for a reason of which the log says nothing.
        """
        for change in self._settings.unsettled(unit, file.case.authority):
            self.move(unit, file, cause_of(change))

    def move(self, unit: Transaction, file: CaseFile, cause: Cause) -> int:
        """Move a case's timers by a change of calendar or packs, and say why; gives how many moved."""
        if not cause.bears_on(kept.timer for kept in file.timers.values()) or not file.case.version:
            self.hold(file)
            return 0
        settled, count = moved(file, self.setting(unit, file.case.authority), cause)
        self.write_settled(unit, file, settled, cause.at)
        return count

    def file(self, unit: Transaction, authority: str, case_id: str) -> CaseFile:
        """Take the case in hand: the file held, where nobody has written since, or one read anew.

        It leaves the held ones until it is written, so that a failure half-way leaves nothing behind.
        """
        case = unit.case(authority, case_id) or Case(authority, case_id)
        held = self._at_hand.take(authority, case_id, committed=False)
        return held if held is not None and held.case == case else CaseFile.load(unit, case)

    def repeated(self, work: Callable[[Transaction], Result], *, reads: bool = True) -> Result:
        """Do a unit of work, again where another writer got in between; `reads` says whether it is likely to read."""
        for _ in range(ATTEMPTS):
            self._at_hand.begin()
            try:
                with self.store.transaction(reads=reads) as unit:
                    result = work(unit)
            except CaseChanged:
                self._settings.marks = None
                continue
            except EventIdTaken as taken:
                raise DifferentContent(
                    f"{taken} It belongs to an event of another case. Give this event an id of its own."
                ) from taken
            self._at_hand.commit()
            return result
        raise CaseBusy(
            f"Tried {ATTEMPTS} times, and each time others had written to the case first. "
            "Nothing was recorded; try again."
        )

    def _accepted(self, file: CaseFile, setting: Setting, fresh: Sequence[Event], at: datetime) -> Step:
        """Add events to the file and work out what follows; raises Refused with the file unchanged."""
        for event in fresh:
            check_form(event, at)
            if event.type == "TimerExtended":
                check_extension(file, event, setting)
            elif event.type in ANSWERS:
                check_answer(file, event)
        first, before = len(file.events), dict(file.episodes)
        accepted = accept(file, fresh)
        try:
            worked_out = work_out(file, setting, fresh, accepted)
        except (CalendarExhausted, DurationRefused) as error:
            file.put_back(first, before)
            raise BadData(
                f"Can't record {fresh[0].type} of {fresh[0].occurred} on case {file.case.case_id}: its timers can't be "
                f"counted. {error}"
            ) from error
        settled = settle(
            file,
            worked_out.timers,
            considered=worked_out.whole,
            others=worked_out.others,
            at=at,
            cause=fresh[-1],
        )
        file.put(settled.events)
        was = {name: before.get(name) for name in accepted.episodes}
        return Step(file.events[first:], accepted.episodes, settled, was)

    def take_in_with(
        self,
        unit: Transaction,
        authority: str,
        case_id: str,
        records: Sequence[Sequence[Event]],
        at: datetime,
        setting: Setting | None = None,
    ) -> list[Taken]:
        """Do as `take_in` in a unit of work that others' cases are in; `setting` is what it gave before, if it did."""
        setting = setting or self.setting(unit, authority)
        file = self.file(unit, authority, case_id)
        self.catch_up(unit, file)
        kept = [row for row in unit.quarantined(authority, case_id) if "events" in row.content]
        groups = [*records, *([parse_line(line, at=at) for line in row.content["events"]] for row in kept)]
        steps: list[Step] = []

        def attempt(group: Sequence[Event]) -> Taken:
            try:
                fresh = unrecorded(file, group)
                if fresh:
                    steps.append(self._accepted(file, setting, fresh, at))
            except Refused as refusal:
                return Taken("quarantined", 0, str(refusal))
            return Taken("recorded", len(fresh)) if fresh else Taken("unchanged", 0)

        taken = fit(groups, attempt, lambda event_id: event_id in file.by_id)
        released = [
            row.quarantine_id
            for row, result in zip(kept, taken[len(records) :], strict=True)
            if result.status != "quarantined"
        ]
        if released:
            unit.release(authority, released, at)
        if steps:
            self._write(unit, file, steps, at)
        return taken[: len(records)]

    def _write(self, unit: Transaction, file: CaseFile, steps: Sequence[Step], at: datetime) -> Recorded:
        recorded = write_steps(unit, file, steps, at, self._outgoing, self._settings.marks)
        self.hold(file)
        return recorded

    def write_settled(
        self,
        unit: Transaction,
        file: CaseFile,
        settled: Settled,
        at: datetime,
        *,
        before: Sequence[Event] = (),
        episodes: Sequence[str] = (),
    ) -> Recorded:
        """Write what settling a case brought about apart from any new fact, and say it in the log.

        `before` are events that came before it and are in the file already.
        """
        events = [*before, *file.put(settled.events)]
        if events or settled.timers or settled.removed or settled.breaches:
            return self._write(unit, file, [Step(events, list(episodes), settled)], at)
        self.hold(file)
        return Recorded(0, 0)

    def take_room(self, unit: Transaction, messages: int) -> None:
        """Take room in the outbox for so many messages that a sweep puts there; raises OutboxFull without."""
        self._outgoing.take_room(unit, messages)

    def hold(self, file: CaseFile) -> None:
        """Keep a written file at hand for the case's next event."""
        self._at_hand.hold(file, HELD)
