"""Answers that wait for a second person, where the desk asks for one: proposed by one, decided by another."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Row, insert, select, update

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.refusals import NotAllowed, NotFound, Stale, Unfit
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission, Person
from caseclock.desk.routes import page, person_of
from caseclock.desk.seeing import may_for_case, may_see, seen_by
from caseclock.processes.reasons import reasons
from caseclock.store.access_tables import breach_proposals
from caseclock.timers.event import Event
from caseclock.workflow.event_lines import event_line, parse_line
from caseclock.workflow.refusals import CaseBusy, OutboxFull, Refused

router = APIRouter()

#: proposals listed
MOST = 100


def propose(desk: Desk, person: Person, event: Event) -> None:
    """Keep an answer until a second person has decided; sent twice, it is kept once."""
    breach_id = str(event.data["breach_id"])
    with desk.writing() as connection:
        for row in _of_breach(connection, person.authority, breach_id):
            if row.event["event_id"] == event.event_id:
                return
        connection.execute(
            insert(breach_proposals).values(
                authority=person.authority,
                proposal_id=uuid4().hex,
                breach_id=breach_id,
                case_id=event.case_id,
                event=event_line(event),
                proposed_by=person.name,
                proposed_at=desk.now(),
            )
        )
        did(desk, person, Deed.PROPOSED, case_id=event.case_id, subject=breach_id, connection=connection)


def waiting_for(connection: Connection, authority: str, breach_id: str) -> Sequence[Row[Any]]:
    """Give the answers to a breach that wait for a second person, oldest first."""
    return [row for row in _of_breach(connection, authority, breach_id) if row.decision is None]


def _of_breach(connection: Connection, authority: str, breach_id: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(breach_proposals)
        .where(breach_proposals.c.authority == authority, breach_proposals.c.breach_id == breach_id)
        .order_by(breach_proposals.c.proposed_at)
    ).all()


@page(router, "GET", "/sign-offs", may=Permission.SIGN_OFF)
def waiting(request: Request) -> Response:
    return _listed(request)


@page(router, "POST", "/sign-offs/{proposal_id}", may=Permission.SIGN_OFF)
def decide(request: Request, proposal_id: str) -> Response:
    decision = _decision(request)
    decide_one(desk_of(request), person_of(request), proposal_id, decision)
    return RedirectResponse(f"/sign-offs?done={decision}", 303)


@page(router, "POST", "/sign-offs", may=Permission.SIGN_OFF)
def decide_several(request: Request) -> Response:
    """Decide several answers in the same way: each by itself, and those that could not be are told one by one."""
    desk, person, decision = desk_of(request), person_of(request), _decision(request)
    chosen = dict.fromkeys(one for one in request.state.form.all("proposal") if one)
    if not chosen:
        raise Unfit("You chose no answer. Go back and tick those you agree to, or decline.")
    done, refused = 0, []
    for proposal_id in list(chosen)[:MOST]:
        try:
            decide_one(desk, person, proposal_id, decision)
        except (NotFound, NotAllowed, Stale, Refused) as fault:
            if isinstance(fault, CaseBusy | OutboxFull):
                raise
            refused.append(str(fault))
        else:
            done += 1
    if refused:
        return _listed(request, refused, done, decision)
    return RedirectResponse(f"/sign-offs?done={decision}&number={done}", 303)


def decide_one(desk: Desk, person: Person, proposal_id: str, decision: str) -> None:
    """Agree to an answer, which records it, or decline it; raises a refusal with nothing changed."""
    with desk.store.transaction() as unit:
        connection = unit.connection
        proposal = connection.execute(
            select(breach_proposals).where(
                breach_proposals.c.authority == person.authority,
                breach_proposals.c.proposal_id == proposal_id,
            )
        ).one_or_none()
        if proposal is None or not may_see(connection, person, proposal.case_id, desk.now()):
            raise NotFound
        if not may_for_case(connection, person, proposal.case_id, Permission.SIGN_OFF):
            raise NotAllowed("Your role does not let you decide this for this case.")
        if proposal.proposed_by == person.name:
            raise NotAllowed("You proposed this answer, so somebody else has to decide. Nothing was changed.")
        decided = connection.execute(
            update(breach_proposals)
            .where(
                breach_proposals.c.authority == person.authority,
                breach_proposals.c.proposal_id == proposal_id,
                breach_proposals.c.decision.is_(None),
            )
            .values(decision=decision, decided_by=person.name, decided_at=desk.now())
        )
        if decided.rowcount == 0:
            raise Stale("Somebody else has decided this answer already. Open the breach to see how.")
        if decision == "agreed":
            line = dict(proposal.event)
            line["data"] = {**line["data"], "signed_off_by": person.name}
            line.pop("seq", None)
            line["recorded_at"] = desk.now().isoformat()
            desk.engine.record(parse_line(line, at=desk.now()), at=desk.now(), transaction=unit)
        did(
            desk,
            person,
            Deed.DECIDED,
            case_id=proposal.case_id,
            subject=f"{decision} {proposal.breach_id}",
            connection=connection,
        )


def _decision(request: Request) -> str:
    decision: str = request.state.form.get("decision")
    if decision not in ("agreed", "declined"):
        raise Unfit("Agree or decline. Go back and choose one.")
    return decision


def _listed(request: Request, refused: Sequence[str] = (), number: int = 0, decision: str = "") -> Response:
    desk, person = desk_of(request), person_of(request)
    with desk.reading() as connection:
        found = connection.execute(
            select(breach_proposals)
            .where(
                breach_proposals.c.decision.is_(None),
                *seen_by(person, desk.now(), breach_proposals.c.authority, breach_proposals.c.case_id),
            )
            .order_by(breach_proposals.c.proposed_at)
            .limit(MOST)
        ).all()
    told = request.query_params.get("number", "")
    return show(
        request,
        "pages/sign_offs.html",
        409 if refused else 200,
        proposals=found,
        others=[one for one in found if one.proposed_by != person.name],
        reasons=reasons(),
        done=decision or request.query_params.get("done", ""),
        number=int(told) if told.isascii() and told.isdecimal() and len(told) < 4 else number or 1,
        refused=refused,
        none_done=bool(refused) and not number,
    )
