"""The tables hold what the values hold, and say what their users rely on."""

from dataclasses import fields
from enum import StrEnum

import pytest
from sqlalchemy import Table, Text, text
from sqlalchemy.exc import IntegrityError

from caseclock.store.prepared import BY_PLACE
from caseclock.store.protocol import Breach, BreachAnswer, BreachStanding, CaseFacts, Episode, Quarantined
from caseclock.store.schema import (
    breach_answers,
    breaches,
    case_facts,
    episodes,
    metadata,
    quarantine,
    timers,
)
from caseclock.store.sql import SqlStore
from caseclock.timers.timer import AtEnd, Outcome, Timer

NAMES = {
    "cases", "episodes", "events", "timers", "breaches", "outbox", "quarantine", "imports", "calendar_days",
    "adopted_packs", "case_facts", "breach_answers", "outbox_recipients", "outbox_deliveries", "outbox_turns",
    "desk_audit", "desk_sessions", "saved_views", "restricted_cases", "restricted_readers", "broken_glass",
    "api_tokens", "breach_proposals", "forecasts", "timer_chances", "board_figures",
}  # fmt: skip
#: of no case: whom messages are told to, and who is telling them
OF_NO_CASE = {"outbox_turns"}
#: a number is their key
NUMBERED = {"outbox", "imports", "calendar_days", "adopted_packs", "desk_audit"}


def test_the_tables_are_those_that_other_tools_read() -> None:
    assert NAMES == set(metadata.tables)


@pytest.mark.parametrize("name", sorted(NAMES - OF_NO_CASE))
def test_every_row_says_whose_it_is(name: str) -> None:
    assert "authority" in metadata.tables[name].c


@pytest.mark.parametrize("name", sorted(NAMES - NUMBERED - OF_NO_CASE - {"outbox_recipients"}))
def test_authority_is_first_in_every_key(name: str) -> None:
    assert "authority" == next(iter(metadata.tables[name].primary_key)).name


@pytest.mark.parametrize(
    ("table", "row", "more"),
    [
        (timers, Timer, {"wake_at"}),
        (breaches, Breach, set()),
        (episodes, Episode, set()),
        (quarantine, Quarantined, set()),
        (case_facts, CaseFacts, set()),
        (breach_answers, BreachAnswer, set()),
    ],
    ids=["timers", "breaches", "episodes", "quarantine", "case_facts", "breach_answers"],
)
def test_there_is_a_column_for_every_field(table: Table, row: type, more: set[str]) -> None:
    assert {field.name for field in fields(row)} | more == set(table.c.keys())


@pytest.mark.parametrize(
    ("constraint", "values"),
    [("timers_outcome", Outcome), ("timers_at_end", AtEnd), ("breaches_standing", BreachStanding)],
)
def test_the_database_allows_exactly_the_values_there_are(constraint: str, values: type[StrEnum]) -> None:
    (check,) = (
        rule for table in metadata.tables.values() for rule in table.constraints if rule.name == constraint
    )
    listed = ", ".join(f"'{value}'" for value in values)

    assert str(getattr(check, "sqltext")).endswith(f"IN ({listed})")  # noqa: B009


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases SET version = 0",
        "UPDATE cases SET head = 'short'",
        "INSERT INTO cases VALUES ('thurrock', 'C-1', 1, 'short')",
    ],
)
def test_the_database_refuses_what_no_case_can_be(sql_store: SqlStore, statement: str) -> None:
    whole = text(f"INSERT INTO cases VALUES ('thurrock', 'C-0', 1, '{'0' * 64}')")  # noqa: S608
    with sql_store.engine.begin() as connection:
        connection.execute(whole)

    with sql_store.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(statement))


def test_a_sweep_reads_the_index_of_waking_timers_and_nothing_else(sqlite_store: SqlStore) -> None:
    claim = "SELECT authority, case_id, timer_id FROM timers WHERE wake_at <= '2026' ORDER BY wake_at LIMIT 5"
    with sqlite_store.engine.connect() as connection:
        (step,) = connection.execute(text(f"EXPLAIN QUERY PLAN {claim}"))

    assert "SEARCH timers USING INDEX timers_wake_at (wake_at<?)" == step[3]


def test_what_tables_are_joined_by_is_kept_in_one_order_everywhere() -> None:
    # in two orders PostgreSQL could not use the index of either
    orders: dict[str, set[object]] = {}
    dialect = BY_PLACE["postgresql"]
    for table in metadata.tables.values():
        for column in table.columns:
            # an episode is only ever looked for within its case
            if column.name.endswith("_id") and column.name != "episode_id" and isinstance(column.type, Text):
                kept = column.type.dialect_impl(dialect).collation  # type: ignore[attr-defined]
                orders.setdefault(column.name, set()).add(kept)

    assert {} == {name: found for name, found in orders.items() if len(found) > 1}
