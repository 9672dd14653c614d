"""The queue asked of the database holds what the definition of standing says, whatever it is asked for and whenever."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from asked_of import Asked, brute_force, caseload
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from caseclock.desk.reading.filters import Due, Filters, Group, Order, Reason, Show
from caseclock.desk.reading.queue import QueuePage, queue
from caseclock.store.sql import open_store
from caseclock.timers.standing import standing
from caseclock.timers.timer import Standing

SOME = settings(
    max_examples=40,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """A caseload of some dozens of cases on SQLite, with everything ever recorded and swept."""
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('queue') / 'desk.db'}") as store:
        yield caseload(store)


BEGIN = datetime(2025, 6, 1, tzinfo=UTC)
moments = st.integers(0, 550 * 24 * 3600).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
some_filters = st.builds(
    Filters,
    show=st.sampled_from(Show),
    standing=st.lists(st.sampled_from(Standing), max_size=3, unique=True).map(tuple),
    team=st.lists(st.sampled_from(["team.01", "team.02", "team.03", "team.04"]), max_size=2, unique=True).map(
        tuple
    ),
    process=st.lists(
        st.sampled_from(["assessment", "front_door", "looked_after"]), max_size=2, unique=True
    ).map(tuple),
    due=st.none() | st.sampled_from(Due),
    due_from=st.none() | days,
    days_over=st.none() | st.integers(0, 400),
    reason=st.none() | st.sampled_from(Reason),
    sort=st.sampled_from(Order),
    group=st.sampled_from(Group),
    down=st.booleans(),
    page=st.integers(1, 3),
)


def shown(page: QueuePage) -> list[str]:
    return [row.timer.timer_id for row in page.rows]


@SOME
@given(filters=some_filters, moment=moments)
def test_a_queue_holds_what_standing_says_whatever_it_is_narrowed_to(
    asked: Asked, filters: Filters, moment: datetime
) -> None:
    with asked.store.engine.connect() as connection:
        page = queue(connection, asked.at(moment), filters)
    expected = brute_force(asked, filters, moment)
    start = (filters.page - 1) * filters.size

    assert expected.counts == dict(page.counts)
    assert expected.ids[start : start + filters.size] == shown(page)
    assert all(row.standing is standing(row.timer, moment) for row in page.rows)
