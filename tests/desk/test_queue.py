"""The queue asked of the database holds what the definition of standing says, whatever it is asked for and whenever."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from asked_of import Asked, brute_force, caseload
from benchmarks.desk_journeys import NOW
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

import caseclock.desk.reading.queue as reading
from caseclock.desk.pages.queue import heading_words
from caseclock.desk.reading.filters import Due, Filters, Group, Order, Reason, Show, read_filters
from caseclock.desk.reading.queue import QueuePage, queue
from caseclock.desk.reading.spans import due_span
from caseclock.store.sql import open_store
from caseclock.timers.calendar import england_and_wales
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
    chance=st.none() | st.none() | st.integers(1, 100),
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


EVERY_WAY = (
    Filters(),
    Filters(show=Show.ALL, page=2),
    Filters(show=Show.BREACHES, sort=Order.OVER),
    Filters(show=Show.BREACHES, sort=Order.OVER, down=True, days_over=4),
    Filters(show=Show.BREACHES, reason=Reason.NONE, group=Group.TEAM),
    Filters(show=Show.ALL, reason=Reason.RECORDED, sort=Order.CASE),
    Filters(show=Show.WRITTEN_LATE),
    Filters(due=Due.NEXT_10),
    Filters(due_from=date(2026, 3, 1), due_to=date(2026, 9, 30), group=Group.WORKER),
    Filters(process=("assessment",), group=Group.FAMILY),
    Filters(group=Group.TIMESCALE, down=True),
    Filters(standing=(Standing.DUE_SOON, Standing.EXTENDED), sort=Order.TEAM),
    Filters(team=("Assessment 1", "Children in care 2"), sort=Order.TEAM, down=True),
    Filters(chance=50, sort=Order.CHANCE),
    Filters(chance=20, sort=Order.CHANCE, down=True, team=("Assessment 1",)),
    Filters(sort=Order.CHANCE, group=Group.TIMESCALE),
    Filters(chance=5, group=Group.FAMILY, process=("assessment",)),
)


def test_postgresql_gives_the_same_queue(postgres_database: str) -> None:
    moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the hour that comes twice
    with open_store(postgres_database) as store:
        asked = caseload(store, 25)
        with store.engine.connect() as connection:
            for filters in EVERY_WAY:
                page, expected = (
                    queue(connection, asked.at(moment), filters),
                    brute_force(asked, filters, moment),
                )
                start = (filters.page - 1) * filters.size

                assert expected.counts == dict(page.counts), filters
                assert expected.ids[start : start + filters.size] == shown(page), filters


def test_postgresql_answers_a_page_in_one_process_and_is_then_as_it_was(postgres_database: str) -> None:
    processes = text("SHOW max_parallel_workers_per_gather")
    with open_store(postgres_database) as store:
        asked = caseload(store, 1)
        with store.engine.connect() as connection:
            before = connection.scalar(processes)
            queue(connection, asked.at(NOW), Filters(reason=Reason.NONE))
            meanwhile = connection.scalar(processes)
            connection.rollback()

            assert ("0", before) == (meanwhile, connection.scalar(processes))
            assert before != "0"


@pytest.mark.parametrize("filters", EVERY_WAY, ids=str)
def test_no_queue_walks_over_a_table_of_timers(asked: Asked, filters: Filters) -> None:
    """Every way to ask is led by an index, so that a page costs the same however much was ever recorded."""
    plans: list[str] = []

    def explained(connection: Any, _: Any, statement: str, values: Any, *_more: Any) -> None:
        if "timers" in statement and not statement.startswith("EXPLAIN"):
            found = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(row[3] for row in found)

    event.listen(asked.store.engine, "before_cursor_execute", explained)
    try:
        with asked.store.engine.connect() as connection:
            queue(connection, asked.at(NOW), filters)
    finally:
        event.remove(asked.store.engine, "before_cursor_execute", explained)
    led = [plan for plan in plans if " timers " in f"{plan} "]

    assert led
    assert [] == [plan for plan in led if plan.startswith("SCAN")]


def test_an_address_says_all_that_is_asked_and_nothing_else() -> None:
    asked = Filters(
        show=Show.BREACHES, team=("Assessment 1", "North"), standing=(Standing.OVERDUE,), sort=Order.OVER, down=True,
        days_over=3, page=2, size=50,
    )  # fmt: skip

    assert "" == Filters().query()
    assert asked == read_filters(parse_qsl(asked.query()))
    assert (
        "show=breaches&standing=overdue&team=Assessment+1&team=North&days_over=3&sort=-over&size=50"
        == asked.query(page=1)
    )


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 11, 20), date(2026, 12, 4)),
        (
            date(2026, 12, 18),
            date(2027, 1, 6),
        ),  # over Christmas, Boxing Day (on a Monday instead) and New Year
        (date(2026, 3, 27), date(2026, 4, 14)),  # over Good Friday and Easter Monday
    ],
)
def test_the_next_ten_working_days_pass_over_bank_holidays(today: date, last: date) -> None:
    assert (today, last) == due_span(Filters(due=Due.NEXT_10), today, england_and_wales().as_known(today))


def test_this_week_ends_on_sunday() -> None:
    calendar = england_and_wales().as_known(date(2026, 11, 20))

    assert (date(2026, 11, 20), date(2026, 11, 22)) == due_span(
        Filters(due=Due.WEEK), date(2026, 11, 20), calendar
    )


def test_of_what_must_be_looked_up_so_much_is_counted_and_no_more(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = Filters(show=Show.ALL)
    monkeypatch.setattr(reading, "LOOKED_UP", len(asked.timers))
    with asked.store.engine.connect() as connection:
        whole, more = reading.count(connection, asked.at(NOW), everything)
        monkeypatch.setattr(reading, "LOOKED_UP", len(asked.timers) - 1)
        some, more_than_that = reading.count(connection, asked.at(NOW), everything)

    assert (len(asked.timers), False) == (sum(whole.values()), more)
    assert (len(asked.timers), True) == (sum(some.values()), more_than_that)


@pytest.mark.parametrize(
    ("more", "said"),
    [(False, "12,000 timers, 2,000 breached"), (True, "more than 11,999 timers")],
)
def test_where_counting_ended_the_heading_says_that_there_is_more(more: bool, said: str) -> None:
    found = QueuePage((), {Standing.RUNNING: 10_000, Standing.OVERDUE: 2_000}, more=more)

    assert said == heading_words(found, Filters())
