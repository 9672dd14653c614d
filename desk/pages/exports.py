"""Lists taken away: queue, breaches, rules and board as CSV or workbooks, as they were filtered; on the record."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from caseclock.desk.asking import question_of
from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import desk_of
from caseclock.desk.exports import csv, workbook
from caseclock.desk.exports.cells import Circumstances, Listing, Row
from caseclock.desk.exports.listings import RULES, SCORECARD, field, row_columns
from caseclock.desk.pages.queue import SHOWS, filters_of, tags_of
from caseclock.desk.reading.counting import counting_of
from caseclock.desk.reading.filters import Show
from caseclock.desk.reading.queue import QueueRow, count, prepare, timer_ids
from caseclock.desk.reading.queue_rows import Asking, rows_of
from caseclock.desk.reading.source import source_of
from caseclock.desk.refusals import NotFound, Unfit
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page, person_of
from caseclock.desk.rows import TIMER_COLUMNS, timer_row
from caseclock.timers.rulebook import Rulebook
from caseclock.workflow.positions import Position, Question

router = APIRouter()

#: rows of a file: more are narrowed down first, since making them would hold up everybody else
MOST = {"csv": 200_000, "xlsx": 50_000}
#: timers read together
_TOGETHER = 500
#: bytes held in memory before they go to a file
_SPOOLED = 4_000_000
_PIECE = 64 * 1024

_QUEUE_COLUMNS = (
    *row_columns(TIMER_COLUMNS),
    field("team", lambda row: row["team"]),
    field("worker", lambda row: row["worker"]),
    field("family", lambda row: row["family"]),
    field("breach_id", lambda row: row["breach_id"]),
    field("answer", lambda row: row["answer"]),
    field("reason_code", lambda row: row["reason_code"]),
    field("escalated_to", lambda row: row["escalated_to"]),
    field("answered_by", lambda row: row["answered_by"]),
    field("answered_on", lambda row: row["answered_on"]),
    field("review_on", lambda row: row["review_on"]),
)
QUEUE: Listing[Mapping[str, Any]] = Listing("timers", "Timers", _QUEUE_COLUMNS)
QUEUED_BREACHES: Listing[Mapping[str, Any]] = Listing("breaches", "Breaches", _QUEUE_COLUMNS)


@page(router, "GET", "/queue.csv", may=Permission.EXPORT)
def queue_csv(request: Request) -> Response:
    return _queue(request, Show.OPEN, QUEUE, "csv")


@page(router, "GET", "/queue.xlsx", may=Permission.EXPORT)
def queue_workbook(request: Request) -> Response:
    return _queue(request, Show.OPEN, QUEUE, "xlsx")


@page(router, "GET", "/breaches.csv", may=Permission.EXPORT)
def breaches_csv(request: Request) -> Response:
    return _queue(request, Show.BREACHES, QUEUED_BREACHES, "csv")


@page(router, "GET", "/breaches.xlsx", may=Permission.EXPORT)
def breaches_workbook(request: Request) -> Response:
    return _queue(request, Show.BREACHES, QUEUED_BREACHES, "xlsx")


@page(router, "GET", "/rules.csv", may=Permission.SIGNED_IN)
def rules_csv(request: Request) -> Response:
    return _rules(request, "csv")


@page(router, "GET", "/rules.xlsx", may=Permission.SIGNED_IN)
def rules_workbook(request: Request) -> Response:
    return _rules(request, "xlsx")


@page(router, "GET", "/board.csv", may=Permission.EXPORT)
def board_csv(request: Request) -> Response:
    return _board(request, "csv")


@page(router, "GET", "/board.xlsx", may=Permission.EXPORT)
def board_workbook(request: Request) -> Response:
    return _board(request, "xlsx")


def _queue(request: Request, first: Show, listing: Listing[Mapping[str, Any]], ending: str) -> Response:
    """Give the rows of a queue as it was filtered, in its order, all of them, and not only those of one page."""
    person = person_of(request)
    filters = filters_of(request, first, person)
    with source_of(request) as source:
        # of the cases one sees, those one may take away
        asking = replace(source.asking, teams=person.teams(Permission.EXPORT))
        prepare(source.connection)
        counted, more = count(source.connection, asking, filters)
        if more or sum(counted.values()) > MOST[ending]:
            raise Unfit(
                f"This list has more than {MOST[ending]:,} rows, which is too many for one file. Narrow the filters, "
                "and take it in parts."
            )
        ids = timer_ids(source.connection, asking, filters, 0, MOST[ending])
        shown = [("show", SHOWS[filters.show])]
        asked = _circumstances(
            request,
            source.question,
            asking.rules,
            [*shown, *(("only", tag.words) for tag in tags_of(filters, asking.rules, request))],
        )
        return _sent(request, listing, _rows(source.connection, asking, ids), asked, ending)


def _rows(connection: Connection, asking: Asking, ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for start in range(0, len(ids), _TOGETHER):
        found = rows_of(connection, asking, ids[start : start + _TOGETHER])
        yield from map(_row, found)


def _row(row: QueueRow) -> Mapping[str, Any]:
    answer = row.answer
    return timer_row(Position(row.timer, row.standing, row.over)) | {
        "team": row.facts.team,
        "worker": row.facts.worker,
        "family": row.facts.family,
        "breach_id": row.breach_id,
        "answer": answer.answer if answer else ("unanswered" if row.breach_id else None),
        "reason_code": answer.reason_code if answer else None,
        "escalated_to": answer.owner if answer else None,
        "answered_by": answer.answered_by if answer else None,
        "answered_on": answer.answered_on if answer else None,
        "review_on": answer.review_on if answer else None,
    }


def _rules(request: Request, ending: str) -> Response:
    desk, person, question = desk_of(request), person_of(request), question_of(request)
    with desk.store.snapshot() as unit:
        book = desk.engine.setting(unit, person.authority).rulebook.as_known(question.as_at)
    found = [version for _, versions in sorted(book.rules.items()) for version in versions]
    return _sent(request, RULES, found, _circumstances(request, question, book, ()), ending)


def _board(request: Request, ending: str) -> Response:
    desk, person, question = desk_of(request), person_of(request), question_of(request)
    teams = person.teams()
    found = counting_of(desk).figures(person.authority, question, desk.now(), None, teams)
    with desk.store.snapshot() as unit:
        book = desk.engine.setting(unit, person.authority).rulebook
    of = [("team", name) for name in sorted(teams)] if teams is not None else []
    asked = _circumstances(request, question, book, [("months", "12"), *of])
    return _sent(request, SCORECARD, found.lines, asked, ending)


def _circumstances(
    request: Request, question: Question, rules: Rulebook, filters: Iterable[tuple[str, str]]
) -> Circumstances:
    desk, person = desk_of(request), person_of(request)
    newest: dict[str, str] = {}
    for versions in rules.rules.values():
        for version in versions:
            taken = version.effective_from.isoformat()
            newest[version.pack] = max(newest.get(version.pack, ""), taken)
    return Circumstances(
        authority=person.authority,
        as_at=question.as_at,
        known_at=question.known_at,
        made_at=desk.now(),
        made_by=person.name,
        filters=list(filters),
        packs=sorted(newest.items()),
    )


def _sent(
    request: Request, listing: Listing[Row], rows: Iterable[Row], asked: Circumstances, ending: str
) -> Response:
    """Write a file whole, while the database is as it was, and send it; who took what away is recorded first."""
    desk, person = desk_of(request), person_of(request)
    write: Callable[[IO[bytes]], None]
    if ending == "csv":
        media_type = csv.MEDIA_TYPE

        def write(into: IO[bytes]) -> None:
            into.writelines(csv.csv_pieces(listing, rows))

    elif ending == "xlsx":
        media_type = workbook.MEDIA_TYPE

        def write(into: IO[bytes]) -> None:
            into.write(workbook.workbook(listing, rows, asked))

    else:
        raise NotFound
    spool = SpooledTemporaryFile(_SPOOLED)  # noqa: SIM115  # closed when it has been sent
    try:
        write(spool)
    except BaseException:
        spool.close()
        raise
    told = "; ".join(f"{what} {value}" for what, value in asked.filters)
    did(desk, person, Deed.EXPORTED, subject=f"{request.url.path}: {told}"[:1000].rstrip(": "))
    name = asked.file_name(listing, ending)
    return StreamingResponse(
        _pieces(spool),
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _pieces(spool: IO[bytes]) -> Iterator[bytes]:
    with spool:
        spool.seek(0)
        while piece := spool.read(_PIECE):
            yield piece
