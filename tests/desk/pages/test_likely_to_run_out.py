"""How likely a timer is to run out, at the desk: told where a forecast was kept, filtered and sorted by, explained."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import forecast_told
import pytest
from desk_told import Clock, app_of, sign_in
from forecast_told import TODAY, start_assessments
from starlette.testclient import TestClient

from caseclock.desk.engines import Desk


def desk_in(browser: TestClient) -> Desk:
    found: Desk = app_of(browser).state.desk
    return found


@pytest.fixture
def officer(desk: Callable[..., TestClient]) -> TestClient:
    """A compliance officer's browser, at a desk where assessments are under way."""
    browser = desk()
    start_assessments(desk_in(browser).engine)
    return browser


def keep(browser: TestClient, **more: Any) -> dict[str, float]:
    return forecast_told.keep(desk_in(browser).store, **more)


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def listed(page: str) -> list[str]:
    """Give the ids of the timers in a page's table."""
    return re.findall(r'<td[^>]*><a class="govuk-link" href="/timers/([0-9a-f]{20})', page)


def test_without_a_forecast_nothing_is_told_and_the_page_says_what_it_takes(officer: TestClient) -> None:
    queue, asked, page = (officer.get(path) for path in ("/queue", "/queue?chance=50", "/forecast"))

    assert "Could run out" not in queue.text
    assert "No forecast has been made of this service yet" in text_of(asked.text)
    assert [] == listed(asked.text)
    assert "caseclock forecast --keep" in text_of(page.text)


def test_a_chance_is_a_word_and_a_number_with_the_day_it_was_told(officer: TestClient) -> None:
    chances = keep(officer)
    page = text_of(officer.get("/queue?size=100").text)

    assert "Likely: 90 in 100" in page
    assert "Possible: 45 in 100" in page
    assert "Not told" in page  # what is overdue already
    assert "Chances to run out within 30 days are those told on 20 May 2026" in page
    assert len(chances) > 3


@pytest.mark.parametrize(
    ("query", "of"),
    [
        ("sort=chance", lambda _: True),
        ("sort=-chance", lambda _: True),
        ("chance=20", lambda one: one >= 0.2),
        ("chance=20&sort=chance&team=North&team=South", lambda one: one >= 0.2),
        ("chance=5&sort=chance&group=family", lambda one: one >= 0.05),
        ("chance=5&group=timescale", lambda one: one >= 0.05),
        ("sort=chance&group=team&standing=running&standing=due_soon&standing=extended", lambda _: True),
        ("chance=5&show=all&due_from=2020-01-01", lambda one: one >= 0.05),
    ],
)
def test_those_at_risk_are_found_whatever_else_is_asked(
    officer: TestClient, query: str, of: Callable[[float], bool]
) -> None:
    chances = keep(officer)
    found = listed(officer.get(f"/queue?size=100&{query}").text)

    assert {name for name, chance in chances.items() if of(chance)} == set(found)
    assert len(found) == len(set(found))
    if "group" not in query and "sort" in query:
        assert in_order([chances[name] for name in found], down="=-" in query)


def in_order(values: Sequence[float], *, down: bool) -> bool:
    return list(values) == sorted(values, reverse=not down)


def test_what_has_run_out_since_is_at_risk_no_more(officer: TestClient, clock: Clock) -> None:
    keep(officer)
    assert listed(officer.get("/queue?chance=1").text)
    clock.later(days=400)
    sign_in(officer, "compliance")

    assert [] == listed(officer.get("/queue?chance=1").text)


def test_a_past_day_has_no_chances(officer: TestClient) -> None:
    keep(officer)
    page = officer.get("/queue?chance=1&as_at=2026-05-11")

    assert [] == listed(page.text)
    assert "A chance to run out is told for today only." in text_of(page.text)


@pytest.mark.parametrize("wrong", ["0", "101", "often"])
def test_what_is_no_chance_is_refused(officer: TestClient, wrong: str) -> None:
    assert 422 == officer.get(f"/queue?chance={wrong}").status_code


def test_the_page_tells_from_what_and_when_it_was_made_and_what_to_expect(officer: TestClient) -> None:
    keep(officer)
    page = text_of(officer.get("/forecast").text)

    assert "As at 20 May 2026, made 20 May 2026 at 10:30am" in page
    assert "Drawn from 4,000 timers of this service whose end was known by then" in page
    assert "2 of 12 timers are expected to run out: between 0 and 2 in 87 of 100 such forecasts" in page
    assert page.index("1.4") < page.index("0.2")  # by timescale, the most first
    assert "old. What was done" not in page
    assert "Too little is known" not in page


def test_a_forecast_that_is_old_or_drawn_from_little_says_so(officer: TestClient) -> None:
    keep(officer, as_at=TODAY - timedelta(days=5), known=12)
    page = text_of(officer.get("/forecast").text)

    assert "This forecast is 5 days old." in page
    assert "Too little is known yet to rely on this: 12 timers" in page


def test_whoever_works_for_one_team_is_told_what_to_expect_of_that_team(
    officer: TestClient, desk: Callable[..., TestClient]
) -> None:
    keep(officer)
    page = desk("north.worker").get("/forecast").text

    assert "North" in page
    assert "South" not in page
