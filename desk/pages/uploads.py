"""Bringing files in from a page: the import of the command line, for files that come by a form."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import UploadFile

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.errors import as_turned
from caseclock.desk.forms import UPLOADS, Form
from caseclock.desk.pages.held_back import held_back_rows, waiting
from caseclock.desk.refusals import Away, NotAllowed, Stale
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission, Person
from caseclock.desk.routes import page, person_of
from caseclock.desk.words import KINDS, counted
from caseclock.exchange.importing import import_files
from caseclock.exchange.recognise import SUFFIXES
from caseclock.exchange.reports import ImportReport
from caseclock.store.protocol import StoreBusy
from caseclock.store.schema import quarantine
from caseclock.workflow.refusals import Refused

router = APIRouter()

#: files that can be brought in at once: three years of a looked-after children return have twenty-four
MOST_FILES = 30
#: letters a file's name keeps; and rows that are shown of those that did not go in
_LONGEST_NAME, _ROWS_SHOWN = 100, 20


@page(router, "GET", "/imports/new", may=Permission.IMPORTS)
def asked(request: Request) -> Response:
    return _asked(request)


@page(router, "POST", UPLOADS, may=Permission.IMPORTS, files=MOST_FILES)
def bring_in(request: Request) -> Response:
    """Bring files in, one person's after another's; what came of each is the answer."""
    desk, person, form = desk_of(request), person_of(request), request.state.form
    if person.teams(Permission.IMPORTS) is not None:
        raise NotAllowed(
            "A file can tell of any case, and your role is for some teams. Ask somebody whose role is for the whole "
            "service."
        )
    sent = {file_name(one.filename or ""): one for one in form.files("files")}
    if wrong := _problem(form, sent):
        return _asked(request, wrong)
    if not desk.bringing_in.acquire(blocking=False):
        raise Stale(
            "Another file is being brought in just now. Nothing of yours was recorded. Wait until it is done, then "
            "send yours again."
        )
    try:
        report = _brought_in(request, desk, person, sent)
    finally:
        desk.bringing_in.release()
    totals = report.totals()
    did(
        desk,
        person,
        Deed.BROUGHT_IN,
        subject=f"{', '.join(sent)}: {counted(totals['accepted'], 'record')} accepted",
    )
    with desk.reading() as connection:
        kept = [*waiting(request), quarantine.c.file.in_([file.file for file in report.files])]
        rows = held_back_rows(connection, kept, _ROWS_SHOWN)
    return show(
        request,
        "pages/brought_in.html",
        422 if all(file.reason for file in report.files) else 200,
        files=[(file, KINDS.get(file.kind or "", "")) for file in report.files],
        totals=totals,
        rows=rows,
        not_used=sorted(totals["not_used"].items()),
    )


def _brought_in(request: Request, desk: Desk, person: Person, sent: dict[str, UploadFile]) -> ImportReport:
    with TemporaryDirectory(prefix="caseclock-") as folder:
        paths = [_saved(Path(folder) / name, one) for name, one in sent.items()]
        try:
            return import_files(paths, engine=desk.engine, authority=person.authority, imported_at=desk.now())
        except (DBAPIError, PoolTimeout, StoreBusy, Refused) as fault:
            if not isinstance(as_turned(request, fault), Away):
                raise
            raise Away(
                "Bringing the file in broke off. What was read up to then is recorded. Wait a minute, then send the "
                "same file again: it goes on from there, and nothing is recorded twice."
            ) from fault


def _saved(path: Path, sent: UploadFile) -> Path:
    with path.open("wb") as file:
        shutil.copyfileobj(sent.file, file)
    return path


def _problem(form: Form, sent: dict[str, UploadFile]) -> str:
    """Say what keeps the files from being looked at; empty where nothing does."""
    if not sent:
        return "Choose a file"
    if len(sent) < len(form.files("files")):
        return "Two of the files have the same name. Send them one after another"
    unknown = [name for name in sent if Path(name).suffix.lower() not in SUFFIXES]
    if unknown:
        ends = ", ".join(SUFFIXES)
        return f"{unknown[0]} is not a file that can be brought in: the names of those end in {ends}"
    return ""


def file_name(told: str) -> str:
    """Give the name of a file without any folder, and with nothing in it that a name should not have.

    >>> file_name("../../etc/census.xml"), file_name("C:/returns/census.xml"), file_name("..")
    ('census.xml', 'census.xml', 'file')
    """
    last = told.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if sign.isprintable()).strip(". ")
    stem, dot, end = kept.rpartition(".")
    if len(kept) > _LONGEST_NAME and dot:
        kept = f"{stem[: _LONGEST_NAME - len(end) - 1]}.{end}"
    return kept[-_LONGEST_NAME:] or "file"


def _asked(request: Request, error: str = "") -> Response:
    largest = desk_of(request).settings.largest_upload
    kinds: Sequence[tuple[str, str]] = [
        (KINDS[kind], ", ".join(end for end, one in SUFFIXES.items() if one == kind)) for kind in KINDS
    ]
    return show(
        request,
        "pages/upload.html",
        422 if error else 200,
        error=error,
        kinds=kinds,
        megabytes=largest // 1_000_000,
        most=MOST_FILES,
        ends=",".join(SUFFIXES),
    )
