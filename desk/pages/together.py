"""Answering for several breaches at once: one reason and one explanation, checked once, recorded for each by itself.

Nothing holds for all of them but what was written: each breach has its own event, its own line in the audit, its own
check that nobody answered meanwhile. What could not be recorded is said breach by breach, and can be sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.errors import as_turned
from caseclock.desk.forms import Form
from caseclock.desk.pages.review_steps import (
    WAYS,
    Filled,
    Kind,
    Step,
    event_of,
    fields_of,
    following,
    offered,
    read_filled,
)
from caseclock.desk.pages.reviewed import ANSWERS, Reviewed, all_reviewed, record_unless_changed
from caseclock.desk.pages.sign_off import propose
from caseclock.desk.reading.filters import Filters, Show
from caseclock.desk.reading.queue import queue
from caseclock.desk.reading.source import source_of
from caseclock.desk.refusals import Away, NotAllowed, NotFound, Unfit
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission, Person
from caseclock.desk.routes import page, person_of
from caseclock.desk.security import local_path
from caseclock.processes.reasons import reasons
from caseclock.store.protocol import CaseChanged, StoreBusy
from caseclock.timers.event import Event
from caseclock.timers.when import london_date
from caseclock.workflow.answers import Answer
from caseclock.workflow.refusals import Refused

router = APIRouter()

#: breaches that can be answered at once: what one page of the list can show
MOST = 100
#: how several can be answered; opening again is judged one by one
KINDS = (Kind.EXPLAIN, Kind.EXEMPT, Kind.ESCALATE)
#: of the fields that say which answer was seen: what stands before the breach's id
_SEEN = "seen-"


class Fate(StrEnum):
    """What became of one of the answers."""

    RECORDED = "recorded"
    PROPOSED = "proposed"
    CHANGED = "changed"  # somebody else answered first
    REFUSED = "refused"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the answer to one breach."""

    found: Reviewed
    fate: Fate
    ours: Event
    #: a sentence, where it was not recorded
    why: str = ""


@page(router, "POST", "/answers", may=Permission.ANSWER)
def choose(request: Request) -> Response:
    """Show what was chosen in a list, and ask what to do about it; with that, go on to the first page of it."""
    form, desk, person = request.state.form, desk_of(request), person_of(request)
    ids = _of_family(request, family) if (family := form.get("family")) else form.all("breach")
    chosen: Sequence[Reviewed] = _chosen(request, ids)
    kind, error = form.get("kind"), ""
    if form.get("asked"):
        if kind in KINDS:
            chosen = _allowed(person, Kind(kind), chosen)
            first = WAYS[Kind(kind)].steps[0]
            return _step(request, Kind(kind), chosen, first, Filled(), _seen(form, chosen), uuid4().hex, {})
        error = "Choose what to do about them"
    with desk.writing() as connection:
        for case_id in dict.fromkeys(one.breach.case_id for one in chosen):
            did(desk, person, Deed.LOOKED, case_id=case_id, subject="breach", connection=connection)
    return show(
        request,
        "pages/together.html",
        422 if error else 200,
        chosen=chosen,
        gone=_gone(ids, chosen),
        ways=[(one, WAYS[one]) for one in KINDS if person.may(WAYS[one].may)],
        answers=ANSWERS,
        why_not=_why_not,
        back=_back(form),
        error=error,
    )


@page(router, "POST", "/answers/{kind}", may=Permission.ANSWER)
def go_on(request: Request, kind: str) -> Response:
    """Take one page of the answer, and show the next; the last one records it for each breach."""
    form: Form = request.state.form
    if kind not in KINDS:
        raise NotFound
    chosen = _allowed(person_of(request), Kind(kind), _chosen(request, form.all("breach")))
    filled, token = read_filled(form), form.get("token")
    seen = _seen(form, chosen)
    going_on = following(Kind(kind), form, filled, london_date(desk_of(request).now()))
    if going_on is not None:
        return _step(request, Kind(kind), chosen, going_on[0], filled, seen, token, going_on[1])
    told = record_each(request, Kind(kind), chosen, filled, seen, token)
    left = [one for one in told if one.fate not in (Fate.RECORDED, Fate.PROPOSED)]
    status = 503 if any(one.fate is Fate.NOT_TRIED for one in left) else 409 if left else 200
    again = [one for one in left if one.fate is not Fate.REFUSED]
    return show(
        request,
        "pages/together_done.html",
        status,
        kind=Kind(kind),
        way=WAYS[Kind(kind)],
        told=told,
        left=left,
        again=_read_again(request, again),
        reasons=reasons(),
        hidden=filled.hidden,
        token=token,
        two_person=desk_of(request).settings.two_person,
        gone=_gone(form.all("breach"), chosen),
        back=_back(form),
    )


def record_each(
    request: Request, kind: Kind, chosen: Sequence[Reviewed], filled: Filled, seen: dict[str, str], token: str
) -> list[Told]:
    """Record an answer to each breach in a unit of work of its own; say what became of each.

    Once the database does not answer, the rest is not tried: sent again, what was recorded is not recorded twice.
    """
    desk, person = desk_of(request), person_of(request)
    told: list[Told] = []
    away = ""
    for one in chosen:
        event = event_of(kind, one.breach, filled, token=token, by=person.name, at=desk.now())
        if away:
            told.append(Told(one, Fate.NOT_TRIED, event, "It was not tried."))
            continue
        try:
            told.append(_record(desk, person, one, event, seen.get(one.breach.breach_id, "")))
        except (DBAPIError, PoolTimeout, StoreBusy, CaseChanged, Refused) as fault:
            turned = as_turned(request, fault)
            if turned is None:
                raise
            if isinstance(turned, Away):
                away = "The database did not answer. Open the breach to see whether your answer is there."
                told.append(Told(one, Fate.NOT_TRIED, event, away))
            else:
                told.append(Told(one, Fate.REFUSED, event, turned.words))
    return told


def _record(desk: Desk, person: Person, one: Reviewed, event: Event, seen: str) -> Told:
    if any(known.event_id == event.event_id for known in one.given.history):  # sent twice
        return Told(one, Fate.RECORDED, event)
    changed = "Somebody else answered first. Their answer stands; yours is not recorded."
    if desk.settings.two_person:
        if one.seen != seen:
            return Told(one, Fate.CHANGED, event, changed)
        propose(desk, person, event)
        return Told(one, Fate.PROPOSED, event)
    if record_unless_changed(desk, person, event, seen) is not None:
        return Told(one, Fate.CHANGED, event, changed)
    return Told(one, Fate.RECORDED, event)


def _chosen(request: Request, ids: Sequence[str]) -> list[Reviewed]:
    """Read the breaches that were chosen; raises Unfit where none was, or too many."""
    some = dict.fromkeys(one for one in ids if one)
    if not some:
        raise Unfit("You chose no breach. Go back to the list, and tick those for which one answer holds.")
    if len(some) > MOST:
        raise Unfit(
            f"You chose {len(some):,} breaches; {MOST} at most are answered at once. Nothing was recorded. Go back "
            "and choose fewer."
        )
    found = all_reviewed(desk_of(request), person_of(request), some)
    if not found:
        raise NotFound
    return found


def _allowed(person: Person, kind: Kind, chosen: Sequence[Reviewed]) -> Sequence[Reviewed]:
    """Give what was chosen; raises NotAllowed where the person may not answer so for every one of them."""
    may = WAYS[kind].may
    if not_for := dict.fromkeys(one.breach.case_id for one in chosen if not person.may(may, one.team or "")):
        raise NotAllowed(
            f"Your role does not let you do this for {', '.join(not_for)}. Nothing was recorded. Go back and leave "
            "that out; if your role should let you, ask whoever looks after Caseclock in your authority."
        )
    return chosen


def _why_not(one: Reviewed) -> str:
    """Say why a breach is not among those that one answer is offered for; empty where it is."""
    if not one.is_open_to(Kind.EXPLAIN):
        return "It was withdrawn: there is nothing to answer for"
    if one.given.answer in (Answer.EXPLAINED, Answer.EXEMPTED):
        return "It is answered already; answer it by itself if that does not hold"
    return ""


def _seen(form: Form, chosen: Sequence[Reviewed]) -> dict[str, str]:
    """Give, by breach, which answer was the last when it was chosen."""
    return {one.breach.breach_id: form.get(f"{_SEEN}{one.breach.breach_id}") for one in chosen}


def _read_again(request: Request, told: Sequence[Told]) -> list[Reviewed]:
    """Read breaches as they are by now; where the database is away still, as they were."""
    ids = [one.found.breach.breach_id for one in told]
    try:
        return all_reviewed(desk_of(request), person_of(request), ids) if ids else []
    except (DBAPIError, PoolTimeout):
        return [one.found for one in told]


def _of_family(request: Request, family: str) -> list[str]:
    """Name the breaches of a sibling group, of those that may be seen."""
    with source_of(request) as source:
        asked = Filters(show=Show.BREACHES, family=family, size=MOST)
        found = queue(source.connection, source.asking, asked)
    did(desk_of(request), person_of(request), Deed.LISTED, subject="/answers")
    return [row.breach_id for row in found.rows if row.breach_id]


def _gone(ids: Sequence[str], chosen: Sequence[Reviewed]) -> int:
    """Count what was chosen and is not there any more, or may not be seen any more."""
    return len({one for one in ids if one}) - len(chosen)


def _back(form: Form) -> str:
    """Give the list one came from."""
    return local_path(form.get("back"), otherwise="/breaches")


def _step(
    request: Request,
    kind: Kind,
    chosen: Sequence[Reviewed],
    step: Step,
    filled: Filled,
    seen: dict[str, str],
    token: str,
    errors: dict[str, str],
) -> Response:
    shown, form = set(fields_of(step)), request.state.form
    return show(
        request,
        "pages/together_step.html",
        422 if errors else 200,
        kind=kind,
        way=WAYS[kind],
        chosen=chosen,
        step=step,
        filled=filled,
        hidden=[(name, value) for name, value in filled.hidden if name not in shown],
        seen=seen,
        token=token,
        errors=errors,
        offered=offered(kind),
        reasons=reasons(),
        checked=bool(form.get("checked") or form.get("change")),
        two_person=desk_of(request).settings.two_person,
        answers=ANSWERS,
        gone=_gone(form.all("breach"), chosen),
        back=_back(form),
    )
