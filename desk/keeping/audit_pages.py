"""The audit: who looked and who did what, whether the logs are whole, and the same as a file."""

import secrets
from collections.abc import Iterator

from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse

from caseclock.desk.audit import PAGE, Deed, Entry, Filter, did, entries
from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.exports.cells import Column, Kind, Listing
from caseclock.desk.exports.csv import csv_pieces
from caseclock.desk.keeping.chains import Checked, check_case, check_some
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission, Person
from caseclock.desk.routes import page, person_of
from caseclock.timers.when import london_date

router = APIRouter()

#: each deed as a presenter writes it: "demo.worker looked at case C-1"
DEEDS: dict[Deed, str] = {
    Deed.SIGNED_IN: "signed in",
    Deed.SIGNED_OUT: "signed out",
    Deed.REFUSED: "was refused",
    Deed.LOOKED: "looked at",
    Deed.LISTED: "listed",
    Deed.EXPORTED: "took away as a file",
    Deed.ANSWERED: "answered for a breach",
    Deed.PROPOSED: "proposed an answer to a breach",
    Deed.DECIDED: "decided on another's answer",
    Deed.BROUGHT_IN: "brought in a file",
    Deed.RETRIED: "tried again what was held back",
    Deed.CORRECTED: "corrected a row that was held back",
    Deed.BROKE_GLASS: "opened in an emergency",
    Deed.RESTRICTED: "restricted",
    Deed.UNRESTRICTED: "lifted the restriction of",
    Deed.NAMED_READER: "let somebody see",
    Deed.REMOVED_READER: "let somebody no longer see",
    Deed.MADE_TOKEN: "made a token",
    Deed.REVOKED_TOKEN: "revoked a token",
    Deed.SAVED_VIEW: "saved a view",
    Deed.REMOVED_VIEW: "removed a view",
    Deed.CALLED: "called the API",
}

LISTING: Listing[Entry] = Listing(
    "audit",
    "Who looked and who did what",
    (
        Column("at", "When", "The instant at which it was done.", lambda one: one.at, Kind.INSTANT),
        Column("who", "Who", "The person, as the sign-in service knows them.", lambda one: one.who),
        Column("what", "What", "What they did, in one word.", lambda one: one.what),
        Column("case_id", "Case", "The case it was about; empty where none.", lambda one: one.case_id),
        Column("subject", "With", "The page, breach, person or file.", lambda one: one.subject),
        Column("because", "Why", "The reason they gave, where one was asked for.", lambda one: one.because),
    ),
)


@page(router, "GET", "/audit", may=Permission.AUDIT)
def audit(request: Request, before: int | None = None) -> Response:
    desk, person = desk_of(request), person_of(request)
    asked = _asked(request)
    with desk.reading() as connection:
        found = entries(connection, person.authority, asked, before=before)
    checked = _checked(desk, person, asked, every="check" in request.query_params)
    return show(
        request,
        "keeping/audit.html",
        entries=found,
        asked=asked,
        more=found[-1].entry_id if len(found) == PAGE else None,
        checked=checked,
        deeds=DEEDS,
        deed_items=[{"value": "", "text": "Anything"}]
        + [{"value": deed.value, "text": words.capitalize()} for deed, words in DEEDS.items()],
    )


def _asked(request: Request) -> Filter:
    told = request.query_params
    what = told.get("what", "").strip()
    return Filter(
        who=told.get("who", "").strip()[:200],
        case_id=told.get("case", "").strip()[:200],
        what=what if what in list(Deed) else "",
    )


def _checked(desk: Desk, person: Person, asked: Filter, *, every: bool) -> Checked | None:
    """Check what is asked about: the log of the case that is filtered by, or some from a place drawn by chance."""
    if not asked.case_id and not every:
        return None
    with desk.store.snapshot() as unit:
        if asked.case_id:
            return check_case(unit, person.authority, asked.case_id)
        place = secrets.randbelow(1_000_000) / 1_000_000
        with desk.reading() as connection:
            return check_some(unit, connection, person.authority, place)


@page(router, "GET", "/audit.csv", may=Permission.AUDIT)
def audit_file(request: Request) -> Response:
    desk, person = desk_of(request), person_of(request)
    asked = _asked(request)
    told = ", ".join(f"{name} {value}" for name, value in (("who", asked.who), ("what", asked.what)) if value)
    did(desk, person, Deed.EXPORTED, case_id=asked.case_id or None, subject=f"audit {told}".strip())
    name = f"audit-{london_date(desk.now())}.csv"
    return StreamingResponse(
        csv_pieces(LISTING, _all(desk, person, asked)),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _all(desk: Desk, person: Person, asked: Filter) -> Iterator[Entry]:
    """Give every entry, a page at a time: none holds the database while the file goes out."""
    before: int | None = None
    while True:
        with desk.reading() as connection:
            found = entries(connection, person.authority, asked, before=before, limit=1000)
        yield from found
        if len(found) < 1000:
            return
        before = found[-1].entry_id
