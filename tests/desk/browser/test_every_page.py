"""Every page in every state in a real browser: axe finds no barrier, a narrow window spills nothing, all is our own."""

import re
import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest
from visiting import HOSTILE, LONG, Visitor

pytestmark = pytest.mark.slow

ROUTES = Path(__file__).parents[1] / "frame" / "routes.txt"
#: routes by GET that answer with no page: files, pictures, and what sends the browser on
NO_PAGE = re.compile(r"\.(csv|xlsx|svg)$|^/$|^/up$|^/static/|^/api/|^/sign-in/")

#: each route's pages, by who opens them: address -> name of its picture, or nothing
PAGES: dict[str, dict[str, dict[str, str]]] = {
    "nobody": {
        "/sign-in": {"/sign-in": "sign-in", "/sign-in?next=/queue": ""},
        "/signed-out": {"/signed-out": "signed-out"},
        "/help": {"/help": "help"},
        "/cookies": {"/cookies": "cookies"},
        "/accessibility": {"/accessibility": "accessibility", "/nowhere": ""},
    },
    "compliance": {
        "/queue": {
            "/queue": "queue",
            "/queue?case=nobodys": "queue-empty",
            "/queue?due_from=soon": "queue-error",
            "/queue?group=team&show=all": "queue-grouped",
            "/queue?chance=5&sort=chance": "queue-at-risk",
            "/queue?as_at=2026-01-30": "queue-as-at",
            "/queue?as_at=2099-01-01": "as-at-error",
        },
        "/breaches": {"/breaches": "", "/breaches?case=nobodys": ""},
        "/forecast": {"/forecast": "forecast"},
        "/board": {"/board": "board", "/board?share=1": "", "/board?as_at=2024-01-01": ""},
        "/rules": {"/rules": "rules", "/rules?q=nothing+of+the+kind": ""},
        "/rules/{timescale}": {"/rules/assessment.single.45wd": "rule", "/rules/nothing": ""},
        "/imports": {"/imports": "imports", "/imports?file=nothing": ""},
        "/imports/rows/{quarantine_id}": {
            "/imports/rows/Q-thurrock": "held-back",
            "/imports/rows/Q-waits": "",
        },
        "/imports/rows/{quarantine_id}/correct": {"/imports/rows/Q-waits/correct": "correct"},
        "/imports/new": {"/imports/new": "upload"},
        "/cases/{case_id:path}": {
            "/cases/T-1": "case",
            "/cases/T-2": "",
            "/cases/T-9": "",
            "/cases/T-1?as_at=2025-11-20": "case-as-at",
            "/cases/nobodys": "not-found",
        },
        "/timers/{timer_id}": {"/timers/[timer]": "why", "/timers/nobodys": ""},
        "/breaches/{breach_id}": {"/breaches/[breach]": "breach"},
        "/breaches/{breach_id}/{kind}": {
            "/breaches/[breach]/explain": "review-reason",
            "/breaches/[breach]/exempt": "",
            "/breaches/[breach]/escalate": "review-escalate",
            "/breaches/[breach]/reopen": "",
        },
        "/sign-offs": {"/sign-offs": "sign-offs"},
        "/audit": {"/audit": "audit", "/audit?case=T-1": "audit-of-a-case", "/audit?who=nobody": ""},
        "/health": {"/health": "health"},
        "/session": {"/session": "session"},
        "/break-glass": {"/break-glass": "break-glass"},
    },
    # whose case system gives references that are hostile, or without a place to break
    "camden": {
        "/cases/{case_id:path}": {f"/cases/{quote(HOSTILE, safe='')}": "", f"/cases/{LONG}": ""},
        "/queue": {"/queue": ""},
        "/breaches": {"/breaches": ""},
    },
    "administrator": {
        "/access": {"/access": "access", "/queue": "not-allowed"},
        "/access/cases/{case_id:path}": {"/access/cases/T-3": "restricted-case"},
        "/access/tokens": {"/access/tokens": "tokens"},
    },
}


@pytest.fixture
def ids(desk_file: Path) -> dict[str, str]:
    """A timer and a breach, by what stands for them in addresses; and a case restricted."""
    with sqlite3.connect(desk_file) as connection:
        breach, timer = connection.execute(
            "SELECT breach_id, timer_id FROM breaches "
            "WHERE authority = 'thurrock' AND case_id = 'T-1' AND timescale = 'assessment.single.45wd'"
        ).fetchone()
        connection.execute(
            "INSERT INTO restricted_cases VALUES ('thurrock', 'T-3', '2026-05-01T09:00:00.000000Z', 'administrator', "
            "'A relative of a member of staff')"
        )
    connection.close()
    return {"[timer]": timer, "[breach]": breach}


def test_there_is_a_page_here_for_every_route() -> None:
    routes = {
        line.split()[-1] for line in ROUTES.read_text("utf-8").splitlines() if re.search(r" GET ", line)
    }

    assert {path for path in routes if not NO_PAGE.search(path)} == {
        path for one in PAGES.values() for path in one
    }


@pytest.mark.parametrize("who", PAGES)
def test_nothing_keeps_anybody_out_of_a_page(visitor: Visitor, ids: dict[str, str], who: str) -> None:
    if who != "nobody":
        visitor.sign_in(who)
    found = {}
    for states in PAGES[who].values():
        for path, name in states.items():
            address = path
            for stands_for, one in ids.items():
                address = address.replace(stands_for, one)
            found[path] = look(visitor, address, name)

    assert {} == {place: told for place, told in found.items() if told}


def look(visitor: Visitor, path: str, name: str) -> list[str]:
    """Open a page and say what is wrong with it, in a wide window and a narrow one."""
    page = visitor.open(path)
    if "are being counted" in page.locator("h1").inner_text():
        page = visitor.open(path)
    if name:
        visitor.shot(name)
    found = visitor.wrong()
    if 1 != (headings := page.locator("h1").count()):
        found.append(f"{headings} main headings")
    if not page.title().endswith(" - Caseclock"):
        found.append(f"the title is {page.title()}")
    return found
