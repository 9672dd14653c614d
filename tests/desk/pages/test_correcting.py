"""Correcting a row that was held back: it goes in or it does not, and what it was stays to be seen."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from desk_told import app_of, token_for
from httpx2 import Response
from page_faults import faults
from sqlalchemy import select
from starlette.testclient import TestClient

from caseclock.store.access_tables import desk_audit
from caseclock.store.schema import quarantine

#: T-1's assessment A-1 is open; the line names one that its case does not have
MISFIT: dict[str, Any] = {
    "event_id": "x-1",
    "type": "AssessmentAuthorised",
    "case_id": "T-1",
    "episode_id": "A-77",
    "occurred_at": "2026-02-03",
    "recorded_at": "2026-02-04T09:00:00Z",
    "by": "sw.jones",
    "data": {"outcome": "child_in_need", "visits": 3, "joint": True, "untold": ["ChildSeen"]},
}
UNREAD = {**MISFIT, "event_id": "x-2", "episode_id": "A-1", "occurred_at": "2026-02-31"}
WHY = "The team manager has the authorised form before her."


def hold_back(browser: TestClient, line: dict[str, Any]) -> str:
    """Bring a line in that is held back; gives the address of its row."""
    browser.post(
        "/imports",
        data={"csrf_token": token_for(browser)},
        files=[("files", ("lines.jsonl", f"{json.dumps(line)}\n".encode()))],
    )
    with app_of(browser).state.desk.reading() as connection:
        found = connection.scalar(
            select(quarantine.c.quarantine_id).where(
                quarantine.c.file == "lines.jsonl", quarantine.c.authority == "thurrock"
            )
        )
    return f"/imports/rows/{found}"


def filled(page: Response) -> dict[str, str]:
    """The fields of the form by their labels, each with its name; and what they hold."""
    labels = re.findall(r'<label class="govuk-label" for="(field-\d+)">([^<]+)</label>', page.text)
    return {unescape(label): name for name, label in labels}


def correct(browser: TestClient, row: str, because: str = WHY, **changes: str) -> Response:
    page = browser.get(f"{row}/correct")
    names = filled(page)
    told = {names[label.replace("_", " ")]: value for label, value in changes.items()}
    return browser.post(f"{row}/correct", data={"csrf_token": token_for(browser), "because": because} | told)


def told_of(browser: TestClient, event_id: str) -> Any:
    with app_of(browser).state.desk.store.snapshot() as unit:
        return next((one for one in unit.events("thurrock", "T-1") if one.event_id == event_id), None)


def test_a_row_that_did_not_fit_goes_in_once_it_is_corrected(officer: TestClient) -> None:
    row = hold_back(officer, MISFIT)
    held, page = officer.get(row), officer.get(f"{row}/correct")
    done = correct(officer, row, Episode="A-1")
    after = officer.get(done.headers["location"])
    event = told_of(officer, "x-1")

    assert "Correct it here" in held.text
    assert (303, f"{row}?done=corrected") == (done.status_code, done.headers["location"])
    assert ("A-1", "2026-02-03", "sw.jones", MISFIT["data"]) == (
        event.episode_id, str(event.occurred), event.by, event.data,
    )  # fmt: skip
    for one in (held, page, after):
        assert [] == faults(one.text)


def test_what_it_was_is_shown_beside_what_went_in_with_who_and_why(officer: TestClient) -> None:
    row = hold_back(officer, MISFIT)
    correct(officer, row, Episode="A-1")
    text = re.sub(r"<[^>]+>|\s+", " ", officer.get(row).text)

    assert "The row is corrected" not in text
    assert re.search(r"By compliance, 20 May 2026 at 10:30am: +" + re.escape(WHY), text)
    assert re.search(r"Episode +A-77 +A-1", text)
    assert "A-77" in text[text.index("The row as it was held back") :]


def test_a_line_with_a_day_that_is_none_is_corrected(officer: TestClient) -> None:
    row = hold_back(officer, UNREAD)
    correct(officer, row, When_it_happened="2026-01-31")

    assert "2026-01-31" == str(told_of(officer, "x-2").occurred)
    assert "No row is held back" not in officer.get("/imports").text  # that of the census stays


def test_what_does_not_fit_either_is_said_and_nothing_is_written(officer: TestClient) -> None:
    row = hold_back(officer, MISFIT)
    wrong = correct(officer, row, Episode="A-78")
    unread = correct(officer, row, When_it_happened="2026-13-01")

    assert (422, 422) == (wrong.status_code, unread.status_code)
    assert "the episode has not begun" in wrong.text
    assert 'value="A-78"' in wrong.text
    assert "there is no such moment" in unread.text
    assert told_of(officer, "x-1") is None
    assert "Correct it here" in officer.get(row).text
    for one in (wrong, unread):
        assert [] == faults(one.text)


def test_numbers_and_flags_stay_what_they_are(officer: TestClient) -> None:
    row = hold_back(officer, MISFIT)
    correct(officer, row, Episode="A-1", Visits="4", Joint="false")

    assert MISFIT["data"] | {"visits": 4, "joint": False} == told_of(officer, "x-1").data


@pytest.mark.parametrize(
    ("because", "changes", "said"),
    [
        ("", {"Episode": "A-1"}, "Say how you know what is right"),
        (WHY, {}, "Nothing is changed"),
        (WHY, {"Episode": "A" * 2001}, "2,000 letters at most"),
    ],
)
def test_a_reason_and_a_change_are_asked_for(
    officer: TestClient, because: str, changes: dict[str, str], said: str
) -> None:
    row = hold_back(officer, MISFIT)
    answer = correct(officer, row, because, **changes)

    assert 422 == answer.status_code
    assert said in answer.text
    assert told_of(officer, "x-1") is None
    assert [] == faults(answer.text)


def test_a_row_is_corrected_once(officer: TestClient) -> None:
    row = hold_back(officer, MISFIT)
    page = officer.get(f"{row}/correct")
    correct(officer, row, Episode="A-1")
    told = {"csrf_token": token_for(officer), "because": WHY, filled(page)["Its reference"]: "x-9"}
    again = officer.post(f"{row}/correct", data=told)

    assert (409, 409) == (again.status_code, officer.get(f"{row}/correct").status_code)
    assert told_of(officer, "x-9") is None


def test_who_corrected_what_is_in_the_audit(officer: TestClient) -> None:
    row = hold_back(officer, MISFIT)
    correct(officer, row, Episode="A-1")
    with app_of(officer).state.desk.reading() as connection:
        (line,) = connection.execute(select(desk_audit).where(desk_audit.c.what == "corrected")).all()

    assert ("compliance", "T-1", row.rpartition("/")[2], WHY) == (
        line.who, line.case_id, line.subject, line.because,
    )  # fmt: skip


def test_a_row_of_a_return_is_corrected_where_it_came_from(officer: TestClient) -> None:
    page = officer.get("/imports/rows/Q-thurrock")

    assert "Correct it here" not in page.text
    assert "depends on the rows beside it" in page.text
    assert 422 == officer.get("/imports/rows/Q-thurrock/correct").status_code


@pytest.mark.parametrize("who", ["viewer", "worker", "manager", "administrator"])
def test_only_who_may_bring_in_may_correct(desk: Callable[..., TestClient], who: str) -> None:
    row = hold_back(desk(), MISFIT)

    assert 403 == desk(who).get(f"{row}/correct").status_code


def test_the_row_of_another_authority_is_not_there(desk: Callable[..., TestClient]) -> None:
    row = hold_back(desk(), MISFIT)

    assert 404 == desk("camden").get(f"{row}/correct").status_code
