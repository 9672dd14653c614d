"""Everything a store holds, to say of two stores, or of one at two moments, that they hold the same."""

from collections import Counter
from dataclasses import dataclass

from many_children import LONG_AFTER

from caseclock.store.chain import first_break
from caseclock.store.protocol import (
    Breach,
    CalendarChange,
    Case,
    Episode,
    ImportedFile,
    OutboxMessage,
    Quarantined,
    Store,
    StoredTimer,
)
from caseclock.timers.event import Event
from caseclock.workflow.engine import Engine
from caseclock.workflow.messages import MOVED
from caseclock.workflow.verification import verify

#: more messages than any test makes
_ALL = 1_000_000


@dataclass(frozen=True)
class Whole:
    """All of a store; what has no order of its own is sorted."""

    cases: list[Case]
    #: of each case in the order of writing, with what it is chained to
    logs: list[list[tuple[Event, str, str]]]
    episodes: list[Episode]
    timers: list[StoredTimer]
    breaches: list[Breach]
    outbox: list[OutboxMessage]
    quarantine: list[Quarantined]
    imports: list[ImportedFile]
    calendar: list[CalendarChange]

    def events(self) -> Counter[str]:
        """Count how often each event is there, by its id."""
        return Counter(event.event_id for log in self.logs for event, _, _ in log)

    def raised(self) -> Counter[str]:
        """Count how often each breach was raised, by its id."""
        return Counter(
            str(event.data["breach_id"])
            for log in self.logs
            for event, _, _ in log
            if event.type == "BreachRaised"
        )

    def handed_on(self) -> Counter[str]:
        """Count how often each event of Caseclock's own was put into the outbox, by its id."""
        return Counter(str(message.payload["event_id"]) for message in self.outbox if message.kind != MOVED)

    def apart_from_order(self) -> "Whole":
        """Forget in which order the events of a case were written: two at once may come in either."""
        return Whole(
            cases=[Case(case.authority, case.case_id, case.version) for case in self.cases],
            logs=[
                sorted(((event.at_place(0), "", "") for event, _, _ in log), key=lambda row: row[0].event_id)
                for log in self.logs
            ],
            episodes=self.episodes,
            timers=self.timers,
            breaches=self.breaches,
            outbox=sorted(self.outbox, key=lambda message: str(message.payload["event_id"])),
            quarantine=self.quarantine,
            imports=self.imports,
            calendar=self.calendar,
        )


def whole(store: Store) -> Whole:
    """Read everything; fails where a chain is broken."""
    with store.snapshot() as unit:
        ids = list(unit.case_ids())
        cases = [case for one in ids if (case := unit.case(*one)) is not None]
        logs = [unit.chain(*one) for one in ids]
        assert [None] * len(cases) == [
            first_break(unit.log_rows(case.authority, case.case_id), case) for case in cases
        ]
        authorities = sorted({authority for authority, _ in ids})
        read = Whole(
            cases=cases,
            logs=logs,
            episodes=sorted((row for one in ids for row in unit.episodes(*one)), key=repr),
            timers=sorted(unit.all_timers(), key=lambda kept: (kept.timer.case_id, kept.timer.timer_id)),
            breaches=sorted(unit.all_breaches(), key=lambda breach: (breach.case_id, breach.breach_id)),
            outbox=[],
            quarantine=sorted(
                (row for name in authorities for row in unit.quarantined(name)),
                key=lambda row: row.quarantine_id,
            ),
            imports=[row for name in authorities for row in unit.imports(name)],
            calendar=unit.calendar_changes(),
        )
        read.outbox.extend(_without_place(message) for message in unit.unfinished(_ALL))
    return read


def _without_place(message: OutboxMessage) -> OutboxMessage:
    return OutboxMessage(
        message.authority, message.case_id, message.kind, message.payload, message.made_at, message_id=0
    )


def nothing_half_done(store: Store) -> None:
    """Fail where rows do not follow from the log, or a chain is broken; what is still to be raised is not looked at."""
    found = verify(Engine(store), LONG_AFTER).findings

    assert [] == [str(finding) for finding in found if finding.kind != "missed"]
