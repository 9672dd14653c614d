"""To whom a case is allocated, who the child's siblings are, and how its breaches were answered, by its events.

Any event of a case may say `data.team` or `data.worker`: allocated to them from then on, and with an empty value to
nobody. `data.family` names the sibling group. What is told later in the order of happening holds, so that something
written up late does not undo what has happened since.
"""

from collections.abc import Iterable

from caseclock.processes.catalogue import OPENERS
from caseclock.store.protocol import BreachAnswer, CaseFacts, Store
from caseclock.timers.event import ASIDE, Event
from caseclock.timers.history import CORRECTED, RETRACTED, History
from caseclock.timers.timescale import as_text
from caseclock.workflow.answers import ANSWERS, answered

#: fields of an event's data by which its case's facts change
TOLD = ("team", "worker", "family", "date_of_birth")
#: cases filled in together
TOGETHER = 500


def bears_on_facts(event: Event) -> bool:
    """Say whether an event may change the facts of its case: it tells one of them, or puts an earlier event right."""
    return event.type in (CORRECTED, RETRACTED) or any(name in event.data for name in TOLD)


def facts_of(authority: str, case_id: str, history: History) -> CaseFacts:
    """Tell the facts of a case as a history has them.

    A value that is not text, or a number as text, is not told: nothing can be looked for by it.
    """
    told: dict[str, str | None] = {"team": None, "worker": None, "family": None}
    for event in history.events:
        if event.type in ASIDE:
            continue
        for name in told:
            if name in event.data:
                value = event.data[name]
                told[name] = as_text(value).strip() or None if isinstance(value, str | int | None) else None
    return CaseFacts(
        authority, case_id, told["team"], told["worker"], told["family"], history.date_of_birth()
    )


def answers_of(events: Iterable[Event]) -> list[BreachAnswer]:
    """Give the last answer to each breach of a case that was answered, from its events in the order of writing."""
    told = list(events)
    named = {str(event.data["breach_id"]): event for event in told if event.type in ANSWERS}
    return [answer_of(told, breach_id) for breach_id in sorted(named)]


def answer_of(events: Iterable[Event], breach_id: str) -> BreachAnswer:
    """Give the last answer to a breach that was answered; raises ValueError for one that was not."""
    given = answered(events, breach_id)
    if not given.history or given.by is None or given.on is None:
        raise ValueError(f"Breach {breach_id} was never answered; only an answer that was given can be kept.")
    last = given.history[-1]
    return BreachAnswer(
        last.authority,
        breach_id,
        last.case_id,
        str(given.answer),
        given.by,
        given.on,
        _text(given.reason_code),
        _text(given.to),
        given.review_on,
    )


def fill_in(store: Store) -> int:
    """Write the facts of every case, and the answers to its breaches, as its log tells them; gives the number of cases.

    For a database whose cases were recorded before these were kept. Done twice, it changes nothing more; `verify` says
    where it is needed.
    """
    with store.snapshot() as unit:
        cases = list(unit.case_ids())
    for start in range(0, len(cases), TOGETHER):
        with store.transaction() as unit:
            for authority, case_id in cases[start : start + TOGETHER]:
                unit.locked_case(authority, case_id)
                events = unit.events(authority, case_id)
                unit.write_facts([facts_of(authority, case_id, History(events, OPENERS))])
                unit.write_breach_answers(answers_of(events))
    return len(cases)


def _text(value: object) -> str | None:
    return None if value is None else as_text(value)
