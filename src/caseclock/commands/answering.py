"""`caseclock answer`: what an officer does about a breach. It changes no timer and no breach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from caseclock.commands.faults import WrongCall
from caseclock.commands.options import (
    AsTable,
    Authority,
    By,
    Case,
    Db,
    Now,
    TableOrJson,
    opened,
    past_day,
    present,
    read_date,
)
from caseclock.commands.output import write_json
from caseclock.desk.words import day

if TYPE_CHECKING:
    from datetime import datetime

    from caseclock.store.protocol import Breach, Transaction
    from caseclock.timers.event import Event
    from caseclock.workflow.answers import Answered

#: of several breaches that an id could mean, so many are named
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of answer: its event, and which options give which of its data."""

    event: str
    needs: Mapping[str, str]
    may_have: Mapping[str, str] = field(default_factory=dict)


KINDS = {
    "--explain": Kind("BreachExplained", {"--reason-code": "reason_code", "--text": "text"}),
    "--exempt": Kind("BreachExempted", {"--reason-code": "reason_code", "--text": "text"}),
    "--escalate": Kind("BreachEscalated", {"--to": "to"}, {"--text": "text"}),
    "--reopen": Kind("BreachReopened", {"--text": "reason"}),
}


def answer(
    breach: Annotated[
        str, typer.Argument(metavar="BREACH", help="A breach's id, or as much of it as is unique.")
    ],
    by: By,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why it came about; needs --reason-code and --text.")
    ] = False,
    exempt: Annotated[
        bool, typer.Option("--exempt", help="Say why it is not held against anybody; needs the same.")
    ] = False,
    escalate: Annotated[bool, typer.Option("--escalate", help="Hand it up; needs --to.")] = False,
    reopen: Annotated[
        bool, typer.Option("--reopen", help="Take an answer up again; needs --text, the reason.")
    ] = False,
    reason_code: Annotated[
        str | None,
        typer.Option("--reason-code", metavar="C", help="Such as workload; a wrong one lists all."),
    ] = None,
    said: Annotated[
        str | None, typer.Option("--text", metavar="T", help="In the officer's own words.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="NAME", help="To whom it is escalated.")] = None,
    review_on: Annotated[
        date | None,
        typer.Option(
            "--review-on", metavar="DATE", parser=read_date, help="When it is to be looked at again."
        ),
    ] = None,
    on: Annotated[
        date | None,
        typer.Option(
            "--on",
            metavar="DATE",
            parser=read_date,
            help="The day it was given; an earlier one is marked as back-dated.",
        ),
    ] = None,
    db: Db = None,
    authority: Authority = None,
    case: Case = None,
    reply: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Answer for a breach: explain, exempt, escalate or reopen it. What happened stays as it was.

    The answer is an event in the case's log; `caseclock breaches` shows the last one.
    """
    from caseclock.workflow.answers import answered
    from caseclock.workflow.engine import Engine

    given = {"--explain": explain, "--exempt": exempt, "--escalate": escalate, "--reopen": reopen}
    asked = [option for option, chosen in given.items() if chosen]
    if len(asked) != 1:
        raise WrongCall(f"Give one of {', '.join(KINDS)}: a breach is answered in one way at a time.")
    kind = KINDS[asked[0]]
    data = _data(asked[0], kind, {"--reason-code": reason_code, "--text": said, "--to": to})
    if review_on is not None:
        data["review_on"] = review_on.isoformat()
    at = present(now)
    past_day(on, at, "--on")
    with opened(db) as store:
        with store.snapshot() as unit:
            found = find_breach(unit, breach, authority, case)
        event = _event(found, kind.event, data, by, on, at)
        Engine(store).record(event, at=at)
    answered_so = answered([event], found.breach_id)
    if reply is TableOrJson.JSON:
        write_json(_document(found, event, answered_so))
    else:
        _say(found, answered_so)


def _data(asked: str, kind: Kind, options: Mapping[str, str | None]) -> dict[str, str]:
    """Put together what an answer carries; WrongCall where something is missing, or given for nothing."""
    given = {option: value.strip() for option, value in options.items() if value is not None}
    missing = [option for option in kind.needs if not given.get(option)]
    if missing:
        raise WrongCall(
            f"{asked} needs {' and '.join(missing)}. Give {'it' if len(missing) == 1 else 'both'}."
        )
    fields = {**kind.needs, **kind.may_have}
    unused = [option for option in given if option not in fields]
    if unused:
        raise WrongCall(f"{asked} has no use for {' or '.join(unused)}. Leave that out.")
    return {fields[option]: value for option, value in given.items()}


def find_breach(
    unit: "Transaction", named: str, authority: str | None = None, case: str | None = None
) -> "Breach":
    """Find a breach that was raised by its id or the beginning of it; WrongCall where none or several are meant."""
    named = named.strip().lower()
    if not named:
        raise WrongCall(
            "Which breach? Give its id, or the beginning of it, as `caseclock breaches` shows it."
        )
    found: dict[str, Breach] = {}
    for breach in unit.all_breaches(authority):
        if breach.breach_id.startswith(named) and (case is None or breach.case_id == case):
            found[breach.breach_id] = breach
            if breach.breach_id == named:
                return breach
    if not found:
        raise WrongCall(
            f"There is no breach whose id begins with {named}. `caseclock breaches` lists them; one that is not yet "
            "raised can be answered once `caseclock run --once` has raised it."
        )
    if len(found) > 1:
        more = " or others" if len(found) > _NAMED else ""
        raise WrongCall(f"{named} could be {', '.join(sorted(found)[:_NAMED])}{more}. Give more of the id.")
    return next(iter(found.values()))


def _event(
    breach: "Breach", event_type: str, data: Mapping[str, str], by: str, on: date | None, at: "datetime"
) -> "Event":
    from caseclock.timers.event import Event
    from caseclock.timers.when import When

    return Event(
        event_id=f"{event_type}:{breach.breach_id}:{uuid4()}",
        type=event_type,
        authority=breach.authority,
        case_id=breach.case_id,
        episode_id=breach.episode_id,
        occurred=When.instant(at) if on is None else When(on),
        recorded=When.instant(at),
        by=by,
        because=data.get("text") or data.get("reason") or "",
        data={"breach_id": breach.breach_id, **data},
    )


def _document(breach: "Breach", event: "Event", given: "Answered") -> dict[str, Any]:
    from caseclock.desk.answers import InLog
    from caseclock.desk.rows import answer_row

    told = answer_row(InLog(answer=given))
    del told["raised_event"]
    return {
        "event_id": event.event_id,
        "breach_id": breach.breach_id,
        "timer_id": breach.timer_id,
        "authority": breach.authority,
        "case_id": breach.case_id,
        "timescale": breach.timescale,
        **told,
    }


def _say(breach: "Breach", given: "Answered") -> None:
    from caseclock.desk.answers import answer_words

    said = answer_words(given)
    typer.echo(
        f"The breach of {breach.timescale} in case {breach.case_id} is {said}, by {given.by} on {day(given.on)}."
    )
