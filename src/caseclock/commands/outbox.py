"""`caseclock outbox`: who is told what Caseclock says, what waits for them, and what was given up."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseclock.commands.faults import WrongCall
from caseclock.commands.logs import log
from caseclock.commands.options import AsTable, Authority, Db, Now, TableOrJson, opened, present
from caseclock.commands.output import show, table, text, write_json
from caseclock.desk.words import counted

if TYPE_CHECKING:
    from caseclock.store.outbox_protocol import Delivery
    from caseclock.store.sql import SqlStore

#: dead letters shown or changed at once
MOST = 10_000
#: what waits until a worker looks at it
NOT_ADDRESSED = "(nobody yet)"

Recipient = Annotated[str | None, typer.Option("--recipient", metavar="NAME", help="Only this recipient's.")]
Numbers = Annotated[
    list[int] | None,
    typer.Argument(
        metavar="MESSAGE", help="Numbers of dead letters, as `outbox list` shows them.", show_default=False
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every dead letter of the recipient.")]


def list_outbox(
    db: Db = None,
    authority: Authority = None,
    recipient: Recipient = None,
    answer: AsTable = TableOrJson.TABLE,
) -> None:
    """List who is told, how much waits for each and since when, and the dead letters with the reason of each."""
    from caseclock.outbox.dead_letters import dead_letters

    with opened(db) as store:
        rows = [row for row in _recipients(store) if recipient in (None, row["recipient"])]
        letters = dead_letters(store, MOST, authority=authority, recipient=recipient)
    if answer is TableOrJson.JSON:
        write_json({"recipients": rows, "dead_letters": [_letter(one) for one in letters]})
        return
    made = table(
        "Recipients",
        ("recipient", "authority", "waiting", "failed", "dead", "oldest since", "left alone until"),
        right=("waiting", "failed", "dead"),
    )
    for row in rows:
        counts = (f"{row[name]:,}" for name in ("waiting", "failed", "dead"))
        made.add_row(
            text(row["recipient"] or NOT_ADDRESSED),
            text(row["authority"] or "all"),
            *counts,
            row["oldest_at"] or "",
            row["rests_until"] or "",
        )
    show(made)
    if letters:
        made = table("Dead letters", ("message", "recipient", "case", "kind", "tries", "since", "why"))
        for one in letters:
            made.add_row(
                str(one.message.message_id),
                text(one.recipient),
                text(f"{one.message.authority} {one.message.case_id}"),
                text(one.message.kind),
                str(one.tries),
                _iso(one.dead_at) or "",
                text(one.last_error or ""),
            )
        show(made)


def retry(
    messages: Numbers = None,
    db: Db = None,
    recipient: Recipient = None,
    everything: All = False,
    answer: AsTable = TableOrJson.TABLE,
) -> None:
    """Have dead letters told again, from the next moment a worker looks."""
    from caseclock.outbox.dead_letters import take_up_again

    with opened(db) as store:
        letters = _chosen(store, messages, recipient, everything)
        take_up_again(store, letters)
    _done("retried", "to be told again", letters, recipient, answer)


def drop(
    messages: Numbers = None,
    db: Db = None,
    recipient: Recipient = None,
    everything: All = False,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Drop dead letters: nobody is told them any more. The cases themselves stay as they are."""
    from caseclock.outbox import dead_letters

    with opened(db) as store:
        letters = _chosen(store, messages, recipient, everything)
        dead_letters.drop(store, letters, present(now))
    _done("dropped", "dropped", letters, recipient, answer)


def forget(
    recipient: Annotated[str, typer.Argument(metavar="NAME", help="Who is to be told no more.")],
    db: Db = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Take a recipient away, with all that waits for it. Stop the workers that tell it first."""
    from caseclock.outbox import dead_letters

    with opened(db) as store:
        dropped = dead_letters.forget(store, recipient, present(now))
    log().info("outbox.forgotten", recipient=recipient, messages=dropped)
    if answer is TableOrJson.JSON:
        write_json({"recipient": recipient, "dropped": dropped})
    else:
        typer.echo(f"{recipient} is told no more. {counted(dropped, 'message')} waited for it.")


def _chosen(
    store: "SqlStore", messages: list[int] | None, recipient: str | None, everything: bool
) -> "list[Delivery]":
    from caseclock.outbox.dead_letters import dead_letters

    if bool(messages) == everything:
        raise WrongCall("Say which: the numbers of dead letters, or --all of them.")
    letters = dead_letters(store, MOST, recipient=recipient)
    if everything:
        return letters
    chosen = [one for one in letters if one.message.message_id in (messages or [])]
    missing = sorted(set(messages or []) - {one.message.message_id for one in chosen})
    if missing:
        raise WrongCall(
            f"{missing[0]} is not the number of a dead letter. `caseclock outbox list` shows them."
        )
    return chosen


def _done(
    name: str, words: str, letters: "list[Delivery]", recipient: str | None, answer: TableOrJson
) -> None:
    log().info(f"outbox.{name}", recipient=recipient, messages=len(letters))
    if answer is TableOrJson.JSON:
        write_json({name: [_letter(one) for one in letters]})
    else:
        are = "is" if len(letters) == 1 else "are"
        typer.echo(f"{counted(len(letters), 'dead letter')} {are} {words}.")


def _recipients(store: "SqlStore") -> list[dict[str, Any]]:
    with store.snapshot() as unit:
        queues = {queue.recipient: queue for queue in unit.queues()}
        known = {one.name: one for one in unit.recipients()}
    rows: list[dict[str, Any]] = []
    for name in dict.fromkeys([*known, *queues]):
        queue, one = queues.get(name or None), known.get(name or "")
        rows.append(
            {
                "recipient": name,
                "authority": one.authority if one else None,
                "kinds": list(one.kinds) if one else [],
                "waiting": queue.waiting if queue else 0,
                "failed": queue.failed if queue else 0,
                "dead": queue.dead if queue else 0,
                "oldest_at": _iso(queue.oldest_at) if queue else None,
                "rests_until": _iso(one.rests_until) if one else None,
            }
        )
    return rows


def _letter(one: "Delivery") -> dict[str, Any]:
    return {
        "message": one.message.message_id,
        "recipient": one.recipient,
        "authority": one.message.authority,
        "case_id": one.message.case_id,
        "kind": one.message.kind,
        "event_id": one.message.payload.get("event_id"),
        "tries": one.tries,
        "dead_at": _iso(one.dead_at),
        "why": one.last_error,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
