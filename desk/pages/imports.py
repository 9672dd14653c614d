"""What was brought in, what was refused and why, and trying it again."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import func, select

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import desk_of
from caseclock.desk.pages.correcting import correction_of, fields_of
from caseclock.desk.pages.held_back import held_back_rows, told_of, waiting
from caseclock.desk.reading.filters import FURTHEST
from caseclock.desk.refusals import NotFound, Unfit
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page, person_of
from caseclock.desk.words import KINDS
from caseclock.store.schema import imports, quarantine

router = APIRouter()

#: files and rows on a page
FILES, ROWS = 20, 50
#: counts of a file's report, in the order in which they are shown
COUNTS = (
    ("records", "Records"),
    ("accepted", "Accepted"),
    ("unchanged", "Known before"),
    ("quarantined", "Held back"),
    ("refused", "Refused"),
)


@page(router, "GET", "/imports", may=Permission.IMPORTS)
def brought_in(request: Request) -> Response:
    desk, person = desk_of(request), person_of(request)
    file, number = request.query_params.get("file", ""), _page_of(request)
    kept = waiting(request)
    if file:
        kept.append(quarantine.c.file == file)
    with desk.reading() as connection:
        files = connection.execute(
            select(imports)
            .where(imports.c.authority == person.authority)
            .order_by(imports.c.import_id.desc())
            .limit(FILES)
        ).all()
        total = connection.scalar(select(func.count()).select_from(quarantine).where(*kept)) or 0
        rows = held_back_rows(connection, kept, ROWS, (number - 1) * ROWS)
        by_file = connection.execute(
            select(quarantine.c.file, func.count())
            .where(*waiting(request))
            .group_by(quarantine.c.file)
            .order_by(func.count().desc(), quarantine.c.file)
            .limit(FILES)
        ).all()
    done = request.query_params.get("released", "")
    return show(
        request,
        "pages/imports.html",
        files=[(row, _counts(row.report), KINDS.get(row.kind, row.kind)) for row in files],
        counts=COUNTS,
        rows=rows,
        total=total,
        by_file=by_file,
        file=file,
        page_number=number,
        pages=max(1, -(-min(total, FURTHEST) // ROWS)),
        released=int(done) if done.isascii() and done.isdecimal() and len(done) < 9 else None,
        retried="events",
    )


@page(router, "GET", "/imports/rows/{quarantine_id}", may=Permission.IMPORTS)
def held_back(request: Request, quarantine_id: str) -> Response:
    with desk_of(request).reading() as connection:
        row = connection.execute(
            select(quarantine).where(
                *waiting(request, released=True), quarantine.c.quarantine_id == quarantine_id
            )
        ).one_or_none()
        if row is None:
            raise NotFound
        correction = correction_of(connection, row.authority, quarantine_id)
    return show(
        request,
        "pages/held_back.html",
        row=row,
        told=told_of(row),
        correction=correction,
        can_correct=row.released_at is None and bool(fields_of(row)),
        done=request.query_params.get("done") == "corrected",
    )


@page(router, "POST", "/imports/retry", may=Permission.IMPORTS)
def retry(request: Request) -> Response:
    desk, person = desk_of(request), person_of(request)
    released = desk.engine.retry(person.authority, desk.now())
    did(desk, person, Deed.RETRIED, subject=f"{released} released")
    return RedirectResponse(f"/imports?released={released}", 303)


def _counts(report: dict[str, Any]) -> dict[str, int]:
    return {name: number for name, _ in COUNTS if isinstance(number := report.get(name), int)}


def _page_of(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= FURTHEST // ROWS):
        raise Unfit("There is no such page. Go back to the first one.", field="page")
    return int(text)
