"""`caseclock case`: one case: where its episodes are, what runs, what ran out, and what happened, in sentences."""

from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands.faults import WrongCall
from caseclock.commands.listing import SHOWN, as_at_words, breach_text, due_words
from caseclock.commands.options import (
    AsAt,
    AsTable,
    Authority,
    Db,
    KnownAt,
    Months,
    Now,
    TableOrJson,
    opened,
    question,
)
from caseclock.commands.output import show, table, text, write_json
from caseclock.commands.styles import standing_text
from caseclock.desk.words import day, length, short_day

if TYPE_CHECKING:
    from caseclock.desk.case_page import CasePage
    from caseclock.store.protocol import Transaction


def case(
    case_id: Annotated[
        str, typer.Argument(metavar="ID", help="The child's identifier, as the returns have it.")
    ],
    db: Db = None,
    authority: Authority = None,
    as_at: AsAt = None,
    known_at: KnownAt = None,
    months: Months = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Show one case: its episodes and what may happen next, its timers and breaches, and its history in sentences."""
    from caseclock.desk.case_page import case_page
    from caseclock.desk.rows import case_document
    from caseclock.workflow.engine import Engine

    asked = question(now, as_at, known_at)
    with opened(db) as store, store.snapshot() as unit:
        of = authority_of(unit, case_id, authority)
        page = case_page(Engine(store), unit, asked, of, case_id, months)
    if answer is TableOrJson.JSON:
        write_json(case_document(page))
    else:
        _show(page)


def authority_of(unit: "Transaction", case_id: str, authority: str | None) -> str:
    """Name the authority whose case it is; WrongCall where there is none, or more than one."""
    if authority is not None:
        if unit.case(authority, case_id) is None:
            raise WrongCall(f"{authority} has no case {case_id}. Check the identifier.")
        return authority
    found = [of for of, one in unit.case_ids() if one == case_id]
    if not found:
        raise WrongCall(f"There is no case {case_id}. Check the identifier.")
    if len(found) > 1:
        raise WrongCall(f"{', '.join(found)} each have a case {case_id}. Say whose with --authority.")
    return found[0]


def _show(page: "CasePage") -> None:
    typer.echo(f"Case {page.case_id} of {page.authority}, {as_at_words(page.asked)}.")
    made = table("Episodes", ("episode", "process", "state", "opened", "closed", "what may happen next"))
    for one in page.episodes:
        again = (
            f" (re-referral: the one before was on {day(one.re_referral_of)})" if one.re_referral_of else ""
        )
        made.add_row(
            text(one.episode_id),
            one.title,
            text(f"{one.words}{again}"),
            short_day(one.opened_on),
            short_day(one.closed_on),
            ", ".join(one.may_happen),
        )
    show(made)
    made = table(
        "Timers", ("timer", "timescale", "started", "due", "standing", "over", "ended"), right=("over",)
    )
    for position in page.positions:
        timer = position.timer
        made.add_row(
            text(timer.timer_id[:SHOWN]),
            text(timer.timescale + (f" ({timer.key})" if timer.key else "")),
            short_day(timer.started_on),
            due_words(position),
            standing_text(position.standing),
            length(position.over, timer.unit),
            short_day(timer.stopped_on),
        )
    show(made)
    if page.breaches:
        made = table("Breaches", ("breach", "timescale", "ran out", "what became of it", "answer"))
        for breach in page.breaches:
            made.add_row(
                text(breach.breach_id[:SHOWN]),
                text(breach.timescale),
                short_day(breach.fell_on),
                breach_text(breach),
                page.answers[breach.breach_id],
            )
        show(made)
    made = table("History", ("on", "what happened", "by", "recorded", "because"))
    for entry in page.history:
        event = entry.event
        late = event.recorded.on if event.recorded.on != event.occurred.on else None
        said = f"{entry.sentence} [{entry.mended}]" if entry.mended else entry.sentence
        made.add_row(
            short_day(event.occurred.on), text(said), text(event.by), short_day(late), text(event.because)
        )
    show(made)
