"""Column types give back what they were given, and refuse what they could not."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from caseclock.store.types import (
    CanonicalJson,
    LocalDate,
    NotStorable,
    OneOf,
    UtcDateTime,
    canonical_json,
    utc_text,
)
from caseclock.timers.timer import Outcome
from caseclock.timers.when import NaiveInstant

LITE: Dialect = sqlite.dialect()
POST: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
offsets = st.builds(timezone, st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes)))
# a day from either end, so that the move to UTC stays within what a datetime can hold
instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=offsets)  # noqa: DTZ001
texts = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


def round_trip(value: datetime, dialect: Dialect) -> datetime:
    kept = UtcDateTime().process_bind_param(value, dialect)
    found = UtcDateTime().process_result_value(kept, dialect)
    assert found is not None
    return found


@given(instants)
def test_an_instant_comes_back_equal_and_in_utc(instant: datetime) -> None:
    for dialect in (LITE, POST):
        found = round_trip(instant, dialect)
        assert instant == found
        assert UTC is found.tzinfo


@given(instants, instants)
def test_stored_instants_sort_as_time_does_and_all_have_one_width(one: datetime, other: datetime) -> None:
    assert (one < other) == (utc_text(one) < utc_text(other))
    assert 27 == len(utc_text(one)) == len(utc_text(other))


def test_the_instant_an_hour_into_a_summer_day_is_kept_as_the_one_before_midnight() -> None:
    # the case that SQLite's own type loses: it would come back as 00:30 of no zone at all
    summer = datetime(2026, 6, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))

    assert "2026-05-31T23:30:00.000000Z" == UtcDateTime().process_bind_param(summer, LITE)


@pytest.mark.parametrize("dialect", [LITE, POST], ids=["sqlite", "postgresql"])
def test_an_instant_without_an_offset_is_refused(dialect: Dialect) -> None:
    with pytest.raises(NaiveInstant, match=r"Can't store 2026-06-01T00:30:00: it has no offset"):
        UtcDateTime().process_bind_param(datetime(2026, 6, 1, 0, 30), dialect)  # noqa: DTZ001


def test_a_date_column_refuses_an_instant() -> None:
    with pytest.raises(NotStorable, match="Give its London date"):
        LocalDate().process_bind_param(datetime(2026, 6, 1, tzinfo=UTC), LITE)


@given(st.dates())
def test_a_date_comes_back_equal(day: date) -> None:
    assert day == LocalDate().process_result_value(LocalDate().process_bind_param(day, LITE), LITE)


def test_a_standing_nobody_knows_is_neither_written_nor_read() -> None:
    column = OneOf(Outcome)
    assert Outcome.MET is column.process_result_value("met", LITE)
    with pytest.raises(ValueError, match="forgiven"):
        column.process_result_value("forgiven", LITE)


@given(st.dictionaries(texts, json_values))
def test_json_comes_back_equal_and_is_written_in_one_way_only(value: dict[str, object]) -> None:
    written = canonical_json(value)
    backwards = dict(reversed(value.items()))

    assert value == CanonicalJson().process_result_value(written, LITE)
    assert written == canonical_json(backwards) == canonical_json(json.loads(written))
