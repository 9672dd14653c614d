"""Event lines: what is written comes back the same, and what is no event is refused with a sentence."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.event_lines import DEEPEST, BadLine, event_line, parse_line

READ_AT = datetime(2026, 3, 4, 8, tzinfo=UTC)

LINE: dict[str, Any] = {
    "event_id": "0198f0c2",
    "type": "ReferralReceived",
    "authority": "thurrock",
    "case_id": "C-1042",
    "episode_id": "R-1",
    "occurred_at": "2026-03-02T09:30:00+00:00",
    "recorded_at": "2026-03-02T09:41:00+00:00",
    "by": "sw.jones",
    "because": "call from school",
    "data": {"source": "school"},
}


def read(line: object = None, **changed: object) -> Event:
    told = line if isinstance(line, str | bytes) else {**LINE, **changed}
    return parse_line(told, at=READ_AT)


def refusal(line: object = None, **changed: object) -> BadLine:
    with pytest.raises(BadLine) as refused:
        read(line, **changed)
    return refused.value


def test_a_line_is_an_event() -> None:
    event = read(json.dumps(LINE))

    assert (
        Event(
            event_id="0198f0c2",
            type="ReferralReceived",
            authority="thurrock",
            case_id="C-1042",
            episode_id="R-1",
            occurred=When(date(2026, 3, 2), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
            recorded=When(date(2026, 3, 2), datetime(2026, 3, 2, 9, 41, tzinfo=UTC)),
            by="sw.jones",
            because="call from school",
            data={"source": "school"},
        )
        == event
    )


def test_an_event_is_written_as_the_line_it_came_from() -> None:
    assert LINE == event_line(read())


def test_an_instant_after_eleven_at_night_in_summer_falls_on_the_next_london_day() -> None:
    assert date(2026, 7, 1) == read(occurred_at="2026-06-30T23:30:00Z").occurred.on


def test_a_date_alone_is_enough_where_only_the_day_is_known() -> None:
    assert When(date(2026, 3, 2)) == read(occurred_at="2026-03-02").occurred


def test_a_line_that_does_not_say_when_it_was_written_was_written_when_it_was_read() -> None:
    told = {name: value for name, value in LINE.items() if name != "recorded_at"}

    assert When.instant(READ_AT) == parse_line(told, at=READ_AT).recorded
    assert When.instant(READ_AT) == read(recorded_at=None).recorded


def test_because_and_data_may_be_left_out_and_unknown_data_is_kept() -> None:
    told = {name: value for name, value in LINE.items() if name not in ("because", "data")}

    assert ("", {}) == (
        parse_line(told, at=READ_AT).because,
        parse_line(told, at=READ_AT).data,
    )
    assert {"our_own": [1, None, {"x": True}]} == read(data={"our_own": [1, None, {"x": True}]}).data


@pytest.mark.parametrize(
    "field", ["event_id", "type", "authority", "case_id", "episode_id", "occurred_at", "by"]
)
def test_a_line_without_what_every_event_has_is_refused(field: str) -> None:
    told = {name: value for name, value in LINE.items() if name != field}
    with pytest.raises(BadLine, match=f"Can't read {field}: it is missing. Give the event's {field}"):
        parse_line(told, at=READ_AT)


@pytest.mark.parametrize("field", ["event_id", "type", "authority", "case_id", "episode_id", "by"])
@pytest.mark.parametrize("value", ["", " \t", "a\x00b", "a\ud800b", 7, None, ["a"]])
def test_text_that_is_blank_broken_or_none_is_refused(field: str, value: object) -> None:
    assert field == refusal(**{field: value}).field


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("occurred_at", "2026-03-02T09:30:00", "the time of day has no offset"),
        ("recorded_at", "2026-03-02T09:30", "the time of day has no offset"),
        ("occurred_at", "2026-02-29", "there is no such moment"),
        ("occurred_at", "2026-03-02T25:00:00Z", "there is no such moment"),
        ("occurred_at", "02/03/2026", "it does not begin with a date"),
        ("occurred_at", "0026-03-02", "it does not begin with a date"),
        ("occurred_at", "2026-W10-1", "it does not begin with a date"),
        ("occurred_at", "", "it does not begin with a date"),
        ("occurred_at", 1772443800, "it is not text"),
        ("type", "referral received", "it is not the name of an event"),
        ("type", "R" * 200, "it is not the name of an event"),
        ("data", ["source"], "it is not a JSON object"),
        ("data", None, "it is not a JSON object"),
        ("because", "\x00", "NUL"),
    ],
)
def test_what_can_not_be_is_refused_with_its_field_and_why(field: str, value: object, why: str) -> None:
    refused = refusal(**{field: value})

    assert field == refused.field
    assert why in refused.why


def test_a_refusal_is_a_sentence_with_a_remedy() -> None:
    assert (
        "Can't read occurred_at '2026-03-02T09:30:00': the time of day has no offset, so nobody can tell which moment "
        "is meant. Give its offset, such as Z or +01:00, or only the date."
    ) == str(refusal(occurred_at="2026-03-02T09:30:00"))


def test_fields_that_no_event_has_are_refused_by_name() -> None:
    refused = refusal(bye="sw.jones", worker="sw.jones")

    assert "bye, worker" == refused.field
    assert "Put what is special to this event into data" in str(refused)


def test_a_line_for_another_authority_is_refused_and_one_for_none_is_ours() -> None:
    with pytest.raises(BadLine, match="belongs to another authority than 'essex'"):
        parse_line(LINE, at=READ_AT, authority="essex")
    told = {name: value for name, value in LINE.items() if name != "authority"}

    assert "essex" == parse_line(told, at=READ_AT, authority="essex").authority


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        ("[]", "it is not a JSON object"),
        ('"text"', "it is not a JSON object"),
        ("null", "it is not a JSON object"),
        ('{"by": "a", "by": "b"}', "the line gives it twice"),
        ('{"data": {"x": 1, "x": 2}}', "the line gives it twice"),
        (b'{"by": "\xff"}', "it is not UTF-8 text"),
        ("[" * 100_000, "too deep"),
        ('{"data": {"x": ' + "9" * 5000 + "}}", "too deep or its numbers too long"),
    ],
)
def test_text_that_is_no_json_object_is_refused(line: str | bytes, why: str) -> None:
    assert why in refusal(line).why


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        "half \ud800",
        "nul \x00",
        {"half \ud800": 1},
        {7: 1},
        date(2026, 3, 2),
        {1, 2},
        b"bytes",
    ],
)
@pytest.mark.parametrize("deep", [False, True])
def test_data_that_json_can_not_give_back_is_refused(value: object, deep: bool) -> None:
    data = {"list": [{"inner": value}]} if deep else {"value": value}

    assert refusal(data=data).field.partition("data")[1]


def test_numbers_that_json_has_no_word_for_are_refused_in_text_too() -> None:
    assert "it is not a finite number" == refusal(json.dumps({**LINE, "data": {"x": float("nan")}})).why
    assert "it is not a finite number" == refusal(json.dumps(LINE).replace('"school"', "1e999")).why


def test_data_is_as_deep_as_it_may_be_and_no_deeper() -> None:
    def nested(depth: int) -> dict[str, Any]:
        return {"x": nested(depth - 1)} if depth > 1 else {}

    assert nested(DEEPEST) == read(data=nested(DEEPEST)).data
    assert "it is nested more than 32 deep" == refusal(data=nested(DEEPEST + 1)).why


def test_a_long_value_is_cut_in_the_sentence() -> None:
    assert len(str(refusal(type="R" * 10_000))) < 250


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
NAMES = TEXT.filter(str.strip)
INSTANTS = st.builds(
    lambda naive, minutes: naive.replace(tzinfo=timezone(timedelta(minutes=minutes))),
    st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)),  # noqa: DTZ001 - the offset is added
    st.integers(-12 * 60, 14 * 60),
)
MOMENTS = st.one_of(
    st.builds(When, st.dates(date(1900, 1, 1), date(2199, 12, 31))), INSTANTS.map(When.instant)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.builds(
    Event,
    event_id=NAMES,
    type=st.from_regex(r"[A-Z][A-Za-z0-9]{0,20}", fullmatch=True),
    authority=NAMES,
    case_id=NAMES,
    episode_id=NAMES,
    occurred=MOMENTS,
    recorded=MOMENTS,
    by=NAMES,
    because=TEXT,
    data=st.dictionaries(TEXT, JSON, max_size=4),
)


@given(EVENTS, st.booleans())
def test_every_event_comes_back_from_its_line_as_it_was(event: Event, ascii_only: bool) -> None:
    line = json.dumps(event_line(event), ensure_ascii=ascii_only)

    assert event == parse_line(line, at=READ_AT)
    assert event == parse_line(line.encode(), at=READ_AT)
    assert event == parse_line(event_line(event), at=READ_AT)


def outcome(line: str | bytes | dict[str, Any]) -> Event | BadLine:
    try:
        return parse_line(line, at=READ_AT)
    except BadLine as refused:
        return refused


@given(st.text() | st.binary() | st.dictionaries(st.text(), JSON))
def test_whatever_comes_is_refused_with_a_sentence_where_it_is_no_event(
    line: str | bytes | dict[str, Any],
) -> None:
    came_of_it = outcome(line)

    assert isinstance(came_of_it, Event) or str(came_of_it).startswith("Can't read ")
