"""Returns as authorities send them, written for a test, and an empty database to bring them into."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from caseclock.exchange.importing import import_files
from caseclock.exchange.reports import ImportReport
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Quarantined
from caseclock.timers.event import Event
from caseclock.timers.timer import Standing
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, positions

#: Friday 20 November 2026, nine in the morning
IMPORTED_AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


LIST_8 = {
    "child": "Child Unique ID",
    "born": "Date of Birth",
    "on": "Date Started to be Looked After",
    "status_on": "Start date of current legal status",
    "status": "Child's Legal Status",
    "review": "Date of Latest Statutory Review",
    "visit": "Date of Last Social Work Visit",
    "iro": "Date of Last IRO Visit / Contact to the Child",
    "health": "Date of Last Health Assessment",
    "dental": "Date of Last Dental Check",
    "end": "Date Ceased to be Looked After",
    "reason": "Reason Ceased to be Looked After",
    "placed_on": "Start Date of Most Recent Placement",
    "place": "Placement Type",
    "provider": "Placement Provider",
}
#: looked after since Monday 2 March 2026 under section 20, in one foster placement since
IN_CARE: dict[str, object] = {
    "child": 7,
    "born": "27/03/2015",
    "on": "02/03/2026",
    "status_on": "02/03/2026",
    "status": "c) V2: Single period of accommodation under section 20",
    "placed_on": "02/03/2026",
    "place": "f) U6: Foster placement - not FFA",
    "provider": "b) PR1 - Own provision",
}


@pytest.fixture
def engine() -> Engine:
    return Engine(InMemoryStore())


@pytest.fixture
def bring_in(engine: Engine) -> Callable[..., ImportReport]:
    """Bring files into Thurrock on 20 November 2026."""

    def bring_in(*paths: Path, at: datetime = IMPORTED_AT) -> ImportReport:
        return import_files(paths, engine=engine, authority="thurrock", imported_at=at)

    return bring_in


@pytest.fixture
def log(engine: Engine) -> Callable[[str], list[Event]]:
    """What returns have told of a case, in the order of writing.

    Caseclock's own events are left out, and what a return says of how far it tells.
    """

    def log(case_id: str) -> list[Event]:
        with engine.store.snapshot() as unit:
            told = unit.events("thurrock", case_id)
        return [e for e in told if e.by != "caseclock" and e.episode_id and e.type != "SourceTold"]

    return log


@pytest.fixture
def standings(engine: Engine) -> Callable[[str, str], dict[tuple[str, date], Standing]]:
    """Say where each timer of a case stands at the end of a day: by its timescale and the day it started on."""

    def standings(case_id: str, on: str) -> dict[tuple[str, date], Standing]:
        question = asked(now=IMPORTED_AT, as_at=date.fromisoformat(on))
        with engine.store.snapshot() as unit:
            found = positions(engine, unit, question, authority="thurrock", case_id=case_id)
            return {(one.timer.timescale, one.timer.started_on): one.standing for one in found}

    return standings


@pytest.fixture
def kept(engine: Engine) -> Callable[[], list[Quarantined]]:
    def kept() -> list[Quarantined]:
        with engine.store.snapshot() as unit:
            return unit.quarantined("thurrock")

    return kept


@pytest.fixture
def assessment() -> Callable[..., str]:
    """Write an Assessments block."""

    def assessment(start: str | None, end: str | None = None) -> str:
        return f"""<Assessments>
            {_element("AssessmentActualStartDate", start)}{_element("AssessmentAuthorisationDate", end)}
        </Assessments>"""

    return assessment


@pytest.fixture
def details() -> Callable[..., str]:
    """Write a CINdetails block: a referral of 1 May 2024 from a school, unless said otherwise."""

    def details(
        referral: str | None = "2024-05-01", *blocks: str, closure: str | None = None, nfa: str | None = "0"
    ) -> str:
        return f"""<CINdetails>
            {_element("CINreferralDate", referral)}<ReferralSource>2A</ReferralSource>
            {_element("CINclosureDate", closure)}{_element("ReasonForClosure", "RC7" if closure else None)}
            {"".join(blocks)}{_element("ReferralNFA", nfa)}
        </CINdetails>"""

    return details


@pytest.fixture
def child() -> Callable[..., str]:
    """Write a Child element: C-1042, born on 27 March 2015, unless said otherwise."""

    def child(
        *details: str, case_id: str | None = "C-1042", born: str | None = "2015-03-27", more: str = ""
    ) -> str:
        return f"""<Child><ChildIdentifiers>
            {_element("LAchildID", case_id)}{_element("PersonBirthDate", born)}{more}
        </ChildIdentifiers>{"".join(details)}</Child>"""

    return child


@pytest.fixture
def census(tmp_path: Path) -> Callable[..., Path]:
    """Write a census return with the reference date 31 March 2025, unless said otherwise."""

    def census(
        *children: str,
        reference: str | None = "2025-03-31",
        collection: str = "CIN",
        before: str = "",
        name: str = "census.xml",
    ) -> Path:
        path = tmp_path / name
        path.write_text(
            f"""<?xml version="1.0" encoding="UTF-8"?>{before}
            <Message><Header><CollectionDetails>
                <Collection>{collection}</Collection>{_element("ReferenceDate", reference)}
            </CollectionDetails></Header><Children>{"".join(children)}</Children></Message>""",
            "utf-8",
        )
        return path

    return census


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook: each sheet's title, and its rows from the first."""

    def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], name: str = "annex_a.xlsx") -> Path:
        book = Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        path = tmp_path / name
        book.save(path)
        return path

    return workbook


@pytest.fixture
def year(tmp_path: Path) -> Callable[..., Path]:
    """Write a looked-after return of one year, or add a child to one.

    Child 1001, born on 19 February 2010, unless said otherwise. An episode is `DECOM RNE LS PLACE PLACE_PROVIDER DEC
    REC`, `-` standing for an empty cell; a review is its date and code; an absence is M or A, its start and end.
    """

    def year(
        name: str = "2024",
        *,
        episodes: Sequence[str] = (),
        reviews: Sequence[str] = (),
        absences: Sequence[str] = (),
        child: str = "1001",
        born: str = "19/02/2010",
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        tables = {
            "header": ("CHILD,SEX,DOB,ETHNIC", [f"{child},1,{born},WBRI"]),
            "episodes": (
                "CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC",
                [f"{child},{_cells(told)}" for told in episodes],
            ),
            "reviews": (
                "CHILD,DOB,REVIEW,REVIEW_CODE",
                [f"{child},{born},{_cells(told)}" for told in reviews],
            ),
            "missing": (
                "CHILD,DOB,MISSING,MIS_START,MIS_END",
                [f"{child},{born},{_cells(told)}" for told in absences],
            ),
        }
        for file, (header, rows) in tables.items():
            path = folder / f"{file}.csv"
            lines = [*([] if path.exists() else [header]), *rows]
            with path.open("a", encoding="utf-8") as written:
                written.writelines(f"{line}\n" for line in lines)
        return folder

    return year


@pytest.fixture
def care(workbook: Callable[..., Path]) -> Callable[..., Path]:
    """Write a workbook with list 8: one row a child, whose cells differ as said from those of `IN_CARE`."""

    def care(*rows: dict[str, object], name: str = "annex_a.xlsx") -> Path:
        written = [[(IN_CARE | row).get(column) for column in LIST_8] for row in rows]
        contacts = [["Child Unique ID", "Date of Contact"], [99, "20/11/2026"]]
        return workbook({"List 1": contacts, "List 8": [list(LIST_8.values()), *written]}, name)

    return care


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of event lines of Thurrock, case C-1042, episode R-1, unless said otherwise."""

    def lines(*told: dict[str, Any], name: str = "events.jsonl") -> Path:
        path = tmp_path / name
        whole = [
            {
                "event_id": f"{name}-{number}",
                "authority": "thurrock",
                "case_id": "C-1042",
                "episode_id": "R-1",
                "by": "sw.jones",
                **line,
            }
            for number, line in enumerate(told)
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in whole), "utf-8")
        return path

    return lines


def _element(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{text}</{name}>"


def _cells(told: str) -> str:
    return ",".join("" if cell == "-" else cell for cell in told.split())
