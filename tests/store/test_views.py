"""Views for other tools say what Caseclock itself says, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from story import begin

from caseclock.store.sql import SqlStore, open_store
from caseclock.store.types import utc_text
from caseclock.store.views import VIEWS, drop_views, make_views, view_query
from caseclock.timers.standing import standing
from caseclock.timers.when import start_of_day


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """Cases met, late, overdue and running; on the day the clocks go forward a timer falls."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'cases.db'}"
    else:
        url = request.getfixturevalue("postgres_database")
    with open_store(url) as store:
        late = begin(store=store)
        late.referral("2025-11-14", decided="2025-11-17")
        late.assessment("2025-11-17")
        late.happened("AssessmentAllocated", "2025-11-18", "A-1", team="North", worker="sw.001")
        late.swept("2026-01-22")
        late.authorised("2026-01-22")
        begin(case_id="C-2", store=store).referral("2026-03-27", decided="not yet")
        care = begin(case_id="C-3", store=store)
        care.happened(
            "PeriodOfCareStarted", "2026-03-02", "L-1", legal_status="care_order", date_of_birth="2015-03-04"
        )
        care.happened("PlacementStarted", "2026-03-02", "L-1", placement_id="P-1", kind="foster")
        yield store


INSTANTS = [
    start_of_day(datetime(2026, 3, 2, tzinfo=UTC).date()) + timedelta(hours=hours)
    for hours in (0, 9, 23, 24, 500, 624, 638, 646, 647, 648, 1200, 3000, 9000)
]


def test_a_timer_stands_in_the_view_where_caseclock_says_it_stands(store: SqlStore) -> None:
    dialect = store.engine.dialect.name
    with store.snapshot() as unit:
        timers = [kept.timer for kept in unit.all_timers()]
        for at in INSTANTS:
            now = f"'{utc_text(at)}'" if dialect == "sqlite" else f"timestamptz '{at.isoformat()}'"
            rows = unit.connection.exec_driver_sql(view_query("v_timers", dialect, now)).mappings().all()
            expected = {timer.timer_id: str(standing(timer, at)) for timer in timers}
            assert (at, expected) == (at, {row["timer_id"]: row["standing"] for row in rows})


def test_views_have_the_columns_that_are_documented_and_a_row_for_each(store: SqlStore) -> None:
    with store.engine.begin() as connection:
        made = make_views(connection)
        again = make_views(connection)
        found = {name: connection.execute(text(f"SELECT * FROM {name}")).mappings().all() for name in made}  # noqa: S608
        drop_views(connection)
    with store.snapshot() as unit:
        timers = len(list(unit.all_timers()))
        breaches = len(list(unit.all_breaches()))

    assert made == again
    assert {"v_cases": 3, "v_timers": timers, "v_breaches": breaches} == {
        name: len(rows) for name, rows in found.items()
    }
    assert {name: list(columns) for name, columns in VIEWS.items()} == {
        name: list(rows[0]) for name, rows in found.items()
    }
    late = next(row for row in found["v_cases"] if row["case_id"] == "C-1042")
    assert ("North", "sw.001", 1) == (late["team"], late["worker"], late["open_episodes"])
    assert {"unanswered"} == {row["answer"] for row in found["v_breaches"]}
