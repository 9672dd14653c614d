"""Breaches as those who answer for them see them: read with their answers, and answered unless they have changed."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, select

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import Desk
from caseclock.desk.pages.review_steps import Kind
from caseclock.desk.pages.told import duty_words
from caseclock.desk.refusals import NotFound
from caseclock.desk.roles import Permission, Person
from caseclock.desk.seeing import seen_by
from caseclock.store.desk_tables import case_facts
from caseclock.store.protocol import Breach, BreachStanding
from caseclock.store.schema import breaches
from caseclock.timers.event import Event
from caseclock.timers.timer import Timer
from caseclock.workflow.answers import Answer, Answered, answered

ANSWERS = {
    Answer.UNANSWERED: "Not answered",
    Answer.EXPLAINED: "Explained",
    Answer.EXEMPTED: "Exempted",
    Answer.ESCALATED: "Escalated",
    Answer.REOPENED: "Reopened",
}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A breach with all that its page says."""

    breach: Breach
    timer: Timer | None
    duty: str
    given: Answered
    team: str | None

    @property
    def seen(self) -> str:
        """Name the last answer, to see later whether another came in between."""
        return self.given.history[-1].event_id if self.given.history else ""

    @property
    def what(self) -> str:
        """Say what it is: a breach, a justified exception, or none after all; they are kept apart."""
        if self.breach.standing is BreachStanding.WITHDRAWN:
            return "Near miss" if self.breach.cause == "recorded_late" else "Withdrawn"
        return "Justified exception" if self.given.answer is Answer.EXEMPTED else "Breach"

    def is_open_to(self, kind: Kind) -> bool:
        """Say whether it can be answered so as it stands."""
        if kind is Kind.REOPEN:
            return self.given.answer not in (Answer.UNANSWERED, Answer.REOPENED)
        return self.breach.standing is not BreachStanding.WITHDRAWN


def reviewed(desk: Desk, person: Person, breach_id: str) -> Reviewed:
    """Read a breach of a case that a person may see; raises NotFound."""
    found = all_reviewed(desk, person, [breach_id])
    if not found:
        raise NotFound
    return found[0]


def all_reviewed(desk: Desk, person: Person, breach_ids: Collection[str]) -> list[Reviewed]:
    """Read breaches in the order of their cases; one of a case that the person may not see is as if it were not."""
    if not person.may(Permission.READ):
        return []
    found: list[Reviewed] = []
    with desk.store.snapshot() as unit:
        rules = desk.engine.setting(unit, person.authority).rulebook
        facts = case_facts.alias()  # `seen_by` asks the table itself
        joined = and_(facts.c.authority == breaches.c.authority, facts.c.case_id == breaches.c.case_id)
        asked = (
            select(breaches.c.case_id, facts.c.team)
            .select_from(breaches.outerjoin(facts, joined))
            .where(
                breaches.c.breach_id.in_(breach_ids),
                *seen_by(person, desk.now(), breaches.c.authority, breaches.c.case_id),
            )
            .distinct()
            .order_by(breaches.c.case_id)
        )
        for case_id, team in unit.connection.execute(asked).all():
            events = unit.events(person.authority, case_id)
            timers = {one.timer.timer_id: one.timer for one in unit.timers(person.authority, case_id)}
            found += [
                Reviewed(
                    one,
                    timers.get(one.timer_id),
                    duty_words(rules, one.timescale),
                    answered(events, one.breach_id),
                    team,
                )
                for one in unit.breaches(person.authority, case_id)
                if one.breach_id in breach_ids
            ]
    return found


def record_unless_changed(desk: Desk, person: Person, event: Event, seen: str) -> Answered | None:
    """Record an answer where the last one is still the one that was seen; else give the answers there are by now.

    That somebody answered is written down with the answer, or neither is.
    """
    breach_id = str(event.data["breach_id"])
    with desk.store.transaction() as unit:
        unit.locked_case(event.authority, event.case_id)
        given = answered(unit.events(event.authority, event.case_id), breach_id)
        if (given.history[-1].event_id if given.history else "") != seen:
            return given
        desk.engine.record(event, at=desk.now(), transaction=unit)
        did(
            desk,
            person,
            Deed.ANSWERED,
            case_id=event.case_id,
            subject=f"{event.type} {breach_id}",
            connection=unit.connection,
        )
    return None
