"""Every page stands, in every state it can be in, and says what the log says."""

import csv
import re
from collections.abc import Callable
from io import StringIO

import pytest
from desk_told import Clock, app_of, csrf
from page_faults import faults
from sqlalchemy import event
from starlette.testclient import TestClient
from story import instant

from caseclock.timers.timer import BREACHED_STANDINGS
from caseclock.workflow.positions import asked, positions

#: a past day on which there was something to do
PAST = "as_at=2026-01-19"
#: page, and how many statements of SQL it may take beyond those of any page
PAGES = {
    "/queue": 14,
    "/queue?group=team": 20,
    "/queue?group=family&show=all": 14,
    "/queue?group=timescale&sort=-over": 30,
    "/queue?team=North&standing=overdue&due_to=2026-05-19&days_over=1&reason=none&case=T-1": 14,
    "/queue?case=nobody": 14,
    "/queue?chance=50&sort=chance": 14,
    "/forecast": 8,
    "/breaches": 14,
    "/breaches?show=written_late": 14,
    "/breaches?sort=-team&size=100&group=due": 20,
    "/cases/T-1": 16,
    "/cases/T-2": 16,
    "/rules": 8,
    "/rules?q=nothing+has+these+words": 8,
    "/rules/assessment.single.45wd": 8,
    "/imports": 10,
    "/imports/rows/Q-thurrock": 6,
    "/sign-offs": 6,
    "/board": 10,
    "/board?share=1&population=41000": 10,
}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def first_breach(browser: TestClient, case_id: str = "T-1") -> str:
    with app_of(browser).state.desk.store.snapshot() as unit:
        found: str = next(
            one.breach_id
            for one in unit.breaches("thurrock", case_id)
            if one.timescale == "assessment.single.45wd"
        )
    return found


def first_timer(browser: TestClient, case_id: str = "T-1") -> str:
    with app_of(browser).state.desk.store.snapshot() as unit:
        found: str = next(
            one.timer.timer_id
            for one in unit.timers("thurrock", case_id)
            if one.timer.timescale == "assessment.single.45wd"
        )
    return found


def test_every_page_is_sound_and_takes_few_statements(officer: TestClient) -> None:
    told = PAGES | {
        f"/breaches/{first_breach(officer)}": 12,
        f"/breaches/{first_breach(officer, 'T-2')}": 12,
        f"/breaches/{first_breach(officer)}/explain": 12,
        f"/breaches/{first_breach(officer)}/escalate": 12,
        f"/timers/{first_timer(officer)}": 10,
    }
    officer.get("/board")  # counted once, beside
    officer.get("/board?population=41000")
    engine = app_of(officer).state.desk.store.engine
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *more: statements.append(more[2]))
    found = {}
    for path, most in told.items():
        statements.clear()
        page = officer.get(path)
        found[path] = [
            *([f"answered {page.status_code}"] if page.status_code != 200 else []),
            *faults(page.text),
            *([f"{len(statements)} statements"] if len(statements) > most else []),
            *(["more than 300 kB"] if len(page.content) > 300_000 else []),
        ]

    assert {} == {path: wrong for path, wrong in found.items() if wrong}


@pytest.mark.parametrize(
    "path", ["/queue", "/breaches", "/cases/T-1", "/rules", "/board", "/queue?group=worker"]
)
def test_every_page_can_be_asked_as_at_a_past_day(officer: TestClient, path: str) -> None:
    page = officer.get(f"{path}{'&' if '?' in path else '?'}{PAST}")

    assert 200 == page.status_code
    assert [] == faults(page.text)
    assert "As at 19 January 2026" in text_of(page.text)


def test_a_past_queue_holds_what_stood_then(officer: TestClient) -> None:
    desk = app_of(officer).state.desk
    question = asked(now=desk.now(), as_at=instant("2026-01-19").date())
    with desk.store.snapshot() as unit:
        stood = list(positions(desk.engine, unit, question, authority="thurrock"))
    breached = [one for one in stood if one.standing in BREACHED_STANDINGS and not one.timer.is_of_recording]

    page = officer.get(f"/breaches?{PAST}")

    assert breached
    assert f"Breaches: {len(breached)} breach" in text_of(page.text)
    assert all(one.timer.timer_id in page.text for one in breached)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("due_from=2026-02-30", "The first day must be a real date"),
        ("due_from=2026-03-02&due_to=2026-03-01", "must not be after"),
        ("days_over=many", "is not a whole number"),
        ("standing=lost", "is not one of"),
        ("page=0", "There is no page 0"),
        ("page=99999", "There is no page"),
        ("size=7", "A page has 25, 50 or 100 rows"),
        ("sort=luck", "is not one of"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_said_above_the_list(
    officer: TestClient, query: str, said: str
) -> None:
    page = officer.get(f"/queue?{query}")

    assert 422 == page.status_code
    assert said in text_of(page.text)
    assert "There is a problem" in page.text
    assert [] == [one for one in faults(page.text) if not one.startswith("a link leads to #")]


@pytest.mark.parametrize(
    ("moment", "said", "never"),
    [
        ("2026-01-20 12:00", "1 working day left", "working day over"),
        ("2026-01-21 00:00", "last day today", "working day over"),
        ("2026-01-21 23:59:59", "last day today", "working day over"),
        ("2026-01-22 00:00", "1 working day over", "last day today"),
    ],
)
def test_overdue_begins_as_the_next_day_begins(
    desk: Callable[..., TestClient], clock: Clock, moment: str, said: str, never: str
) -> None:
    # 45 working days from Friday 14 November 2025, with three bank holidays, end on Wednesday 21 January 2026
    clock.at = instant(moment)
    page = desk().get("/queue?timescale=assessment.single.45wd&show=all&case=T-1")

    assert "21 January 2026" in page.text
    assert said in text_of(page.text)
    assert never not in text_of(page.text)


def test_a_case_is_hidden_from_a_team_that_does_not_have_it(desk: Callable[..., TestClient]) -> None:
    north = desk("north.worker")

    assert 200 == north.get("/cases/T-1").status_code
    assert 404 == north.get("/cases/T-2").status_code
    assert "T-2" not in north.get("/queue?show=all&size=100").text
    assert "T-2" not in north.get(f"/queue?show=all&size=100&{PAST}").text
    assert "T-2" in desk("worker").get("/queue?show=all&size=100").text


def test_filters_stay_in_the_address_and_can_be_taken_off_one_by_one(officer: TestClient) -> None:
    page = officer.get("/queue?team=North&case=T-1&sort=-due&as_at=2026-05-20")
    tags = re.findall(r'class="moj-filter__tag" href="([^"]+)"', page.text)
    without = [one.replace("&amp;", "&") for one in tags]

    assert [
        "/queue?case=T-1&sort=-due&as_at=2026-05-20",
        "/queue?team=North&sort=-due&as_at=2026-05-20",
    ] == without
    assert "2 filters in use" in text_of(page.text)


def test_a_view_is_kept_under_a_name_by_each_person(desk: Callable[..., TestClient]) -> None:
    officer, address = desk(), "/queue?team=North&sort=-over"
    token = csrf(officer.get("/queue").text)
    kept = officer.post(
        "/views", data={"csrf_token": token, "name": "North, worst first", "address": address}
    )

    assert (303, address) == (kept.status_code, kept.headers["location"])
    assert "North, worst first" in officer.get("/queue").text
    assert "North, worst first" not in desk("worker").get("/queue").text

    officer.post(
        "/views/remove", data={"csrf_token": token, "name": "North, worst first", "address": "/queue"}
    )

    assert "North, worst first" not in officer.get("/queue").text


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/", "//elsewhere.example/queue", "/sign-out", "javascript:alert(1)", ""],
)
def test_no_other_address_is_kept_as_a_view(officer: TestClient, address: str) -> None:
    token = csrf(officer.get("/queue").text)

    assert (
        422 == officer.post("/views", data={"csrf_token": token, "name": "x", "address": address}).status_code
    )


def test_why_a_date_is_what_it_is_counts_each_day(officer: TestClient) -> None:
    page = text_of(officer.get(f"/timers/{first_timer(officer)}").text)

    assert "Why 21 January 2026?" in page
    assert "25 December 2025: bank holiday: Christmas Day" in page
    assert "26 December 2025: bank holiday: Boxing Day" in page
    assert "1 January 2026: bank holiday: New Year" in page
    assert "day 45, last in time" in page


def test_trying_again_what_was_held_back_says_what_came_of_it(officer: TestClient) -> None:
    token = csrf(officer.get("/imports").text)
    tried = officer.post("/imports/retry", data={"csrf_token": token})

    assert (303, "/imports?released=0") == (tried.status_code, tried.headers["location"])
    assert "0 rows fitted and went in" in text_of(officer.get("/imports?released=0").text)
    assert "31/02/2026" in officer.get("/imports/rows/Q-thurrock").text


def test_what_leaves_the_authority_has_no_small_numbers(officer: TestClient) -> None:
    within, outside = officer.get("/board").text, officer.get("/board?share=1").text

    assert "Fewer than 5" in outside
    assert "Fewer than 5" not in within
    assert not re.search(r"\b[1-4] of \d", text_of(outside))


def test_who_is_there_for_one_team_has_a_board_of_its_cases(desk: Callable[..., TestClient]) -> None:
    """Of Thurrock's four cases two are of North, and the assessments of three fell in breach."""
    counted = {}
    for who in ("compliance", "north.worker"):
        page = desk(who).get("/board").text
        assert [] == faults(page)
        found = re.search(r"over (\d+) cases?", page)
        assert found
        told = re.search(r"<h1[^>]*>(.*?)</h1>", page)
        assert told
        counted[told[1]] = (int(found[1]), "South" in page, "Your role is for this team" in page)

    assert {"Board": (4, True, False), "Board of North": (2, False, True)} == counted


def test_figures_taken_away_are_those_of_ones_own_board(desk: Callable[..., TestClient]) -> None:
    """Only the assessment of T-2, which is of South, was authorised."""

    def authorised(who: str) -> str:
        rows = csv.DictReader(StringIO(desk(who).get("/board.csv").text.removeprefix("\ufeff")))
        return next(row["denominator"] for row in rows if row["id"] == "assessments.in_time")

    assert ["1", "0"] == [authorised(who) for who in ("compliance", "north.worker")]
