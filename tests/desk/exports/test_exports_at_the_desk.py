"""Lists taken away at the desk: what the page shows and no more, and that it was taken stands in the audit."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from desk_told import MORNING, Clock, settings_for, sign_in, tell_cases
from openpyxl import load_workbook
from starlette.testclient import TestClient

from caseclock.desk.app import create_app
from caseclock.desk.audit import Filter, entries
from caseclock.desk.engines import Desk
from caseclock.desk.keeping.access import restrict
from caseclock.desk.pages import exports
from caseclock.desk.roles import Grant, Person, Role
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine

FILES = ["/queue", "/breaches", "/rules", "/board"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A desk whose case T-3 is restricted; nothing here writes to it but the audit."""
    url = f"sqlite:///{tmp_path_factory.mktemp('exports') / 'desk.db'}"
    with open_store(url) as store:
        tell_cases(Engine(store))
    app = create_app(settings_for(url, Clock(MORNING)))
    restrict(app.state.desk, Person("a", "", "thurrock", (Grant(Role.ADMINISTRATOR),)), "T-3", "a colleague")
    yield app
    app.state.desk.store.close()


def signed_in(desk: Any, who: str) -> TestClient:
    """One browser for each person: a desk turns those away who sign in again and again."""
    browsers = desk.state.browsers = getattr(desk.state, "browsers", {})
    if who not in browsers:
        browsers[who] = sign_in(TestClient(desk, follow_redirects=False), who)
    browser: TestClient = browsers[who]
    return browser


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_has_the_rows_of_the_queue_that_may_be_seen(desk: Any) -> None:
    answer = signed_in(desk, "worker").get("/queue.csv")

    found = rows(answer.content.decode())
    assert {"T-1", "T-9"} <= {row["case_id"] for row in found}
    assert "T-3" not in {row["case_id"] for row in found}
    assert (
        'attachment; filename="timers-thurrock-as-at-2026-05-20.csv"' == answer.headers["content-disposition"]
    )
    assert "text/csv; charset=utf-8" == answer.headers["content-type"]


def test_filters_of_the_page_are_those_of_the_file(desk: Any) -> None:
    found = rows(signed_in(desk, "worker").get("/breaches.csv?case=T-2").content.decode())

    assert {"T-2"} == {row["case_id"] for row in found}
    assert {"met_late"} <= {row["standing"] for row in found}
    assert {"unanswered"} == {row["answer"] for row in found}


def test_who_may_take_away_for_one_team_gets_its_cases_only(desk: Any) -> None:
    found = rows(signed_in(desk, "north.worker").get("/queue.csv").content.decode())

    assert {"T-1"} == {row["case_id"] for row in found}


def test_a_past_day_can_be_taken_away_too(desk: Any) -> None:
    answer = signed_in(desk, "worker").get("/breaches.csv?as_at=2026-01-22")

    assert "breaches-thurrock-as-at-2026-01-22.csv" in answer.headers["content-disposition"]
    assert {"overdue", "met_late"} & {row["standing"] for row in rows(answer.content.decode())}


def test_a_workbook_says_as_at_when_by_whom_and_by_which_filters(desk: Any) -> None:
    answer = signed_in(desk, "compliance").get("/breaches.xlsx?team=South&process=assessment")

    book = load_workbook(BytesIO(answer.content))
    told = {(row[0].value, row[1].value) for row in book["How it was asked"].iter_rows()}
    assert {("made by", "compliance"), ("filter", "only: South"), ("filter", "only: Assessment")} <= told
    assert ["List", "Definitions", "How it was asked"] == book.sheetnames
    assert {"T-2"} == {row[2].value for row in book["List"].iter_rows(min_row=2)}


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_list_can_be_taken_away_in_both_forms(desk: Any, path: str, ending: str) -> None:
    answer = signed_in(desk, "compliance").get(f"{path}.{ending}")

    assert (200, True) == (answer.status_code, len(answer.content) > 100)


@pytest.mark.parametrize("path", ["/queue", "/breaches", "/board"])
def test_a_viewer_takes_nothing_away(desk: Any, path: str) -> None:
    browser = signed_in(desk, "viewer")

    assert [403, 403] == [browser.get(f"{path}.{ending}").status_code for ending in ("csv", "xlsx")]
    assert ".csv" not in browser.get(path).text


def test_what_was_taken_away_stands_in_the_audit_with_its_filters(desk: Any) -> None:
    signed_in(desk, "manager").get("/queue.csv?team=North&sort=case")

    of: Desk = desk.state.desk
    with of.reading() as connection:
        newest = entries(connection, "thurrock", Filter(who="manager", what="exported"), limit=1)[0]
    assert "/queue.csv: show To be done; only North" == newest.subject


def test_a_list_too_long_for_a_file_is_refused_with_what_to_do(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(exports.MOST, "csv", 2)

    answer = signed_in(desk, "worker").get("/queue.csv")

    assert 422 == answer.status_code
    assert "Narrow the filters" in answer.text
