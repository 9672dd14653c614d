"""The order of a case's events: days in order, within a day by the clock where it is known, else as written."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from story import when

from caseclock.timers.event import Event, comes_last, in_order
from caseclock.timers.history import History
from caseclock.timers.when import When

OPENERS = {"Opened": "test"}


def event(event_id: str, on: str, *, recorded: str | None = None, seq: int = 0) -> Event:
    return Event(event_id, "Noted", "kent", "C-1", "E-1", when(on), when(recorded or on), "sw.jones", seq=seq)


def ids(events: list[Event]) -> str:
    return " ".join(one.event_id for one in events)


def test_days_come_in_order_whenever_they_were_written() -> None:
    late = event("monday", "2026-03-02", recorded="2026-03-20")

    assert "monday tuesday" == ids(in_order([event("tuesday", "2026-03-03"), late]))


def test_within_a_day_times_come_in_order_whenever_they_were_written() -> None:
    late = event("nine", "2026-03-02 09:00", recorded="2026-03-20")

    assert "nine ten" == ids(in_order([event("ten", "2026-03-02 10:00"), late]))


def test_an_event_known_only_to_the_day_stands_behind_those_written_before_it() -> None:
    known = [
        event("ten", "2026-03-02 10:00", recorded="2026-03-02 10:05"),
        event("some time", "2026-03-02", recorded="2026-03-02 12:00"),
        event("eleven", "2026-03-02 11:00", recorded="2026-03-02 13:00"),
    ]

    assert "ten some time eleven" == ids(in_order(reversed(known)))


def test_an_event_with_a_time_is_never_put_behind_a_later_time_for_the_sake_of_one_without() -> None:
    known = [
        event("eleven", "2026-03-02 11:00", recorded="2026-03-02 11:05"),
        event("some time", "2026-03-02", recorded="2026-03-02 12:00"),
        event("ten", "2026-03-02 10:00", recorded="2026-03-02 13:00"),
    ]

    assert "ten eleven some time" == ids(in_order(known))


def test_equal_times_keep_the_order_of_writing() -> None:
    first = event("first", "2026-03-02 10:00", recorded="2026-03-02 10:05")
    second = event("second", "2026-03-02 10:00", recorded="2026-03-02 10:06")

    assert "first second" == ids(in_order([second, first]))


def test_events_written_at_one_moment_keep_their_places_in_the_log() -> None:
    assert "first second" == ids(
        in_order([event("second", "2026-03-02", seq=2), event("first", "2026-03-02", seq=1)])
    )


def test_half_an_hour_before_a_summer_midnight_belongs_to_the_day_that_ends() -> None:
    before = event("30 June", "2026-06-30T22:30:00+00:00")
    after = event("1 July", "2026-06-30T23:30:00+00:00")

    assert ["2026-06-30", "2026-07-01"] == [str(one.occurred.on) for one in in_order([after, before])]


#: a few days, hours and moments of writing, so that they often coincide
moments = st.builds(
    lambda day, hour: datetime(2026, 3, 2 + day, hour, tzinfo=UTC), st.integers(0, 2), st.integers(8, 11)
)
occurrences = st.one_of(moments.map(When.instant), moments.map(lambda moment: When(moment.date())))
types = st.sampled_from(["Opened", "Noted", "EventCorrected"])


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """A log in the order of writing, each event with its place; most are written up late."""
    log = []
    for seq in range(1, draw(st.integers(1, 9)) + 1):
        delay = timedelta(hours=draw(st.integers(0, 60)))
        occurred = draw(occurrences)
        recorded = When.instant(occurred.earliest() + delay)
        kind = draw(types)
        data = {"event_id": "e-1", "occurred_at": "2026-03-03"} if kind == "EventCorrected" else {}
        log.append(
            Event(
                f"e-{seq}",
                kind,
                "kent",
                "C-1",
                draw(st.sampled_from("AB")),
                occurred,
                recorded,
                "sw",
                "",
                data,
                seq,
            )
        )
    return log


@given(logs())
def test_what_comes_last_is_put_last(log: list[Event]) -> None:
    ordered = in_order(log[:-1])

    if comes_last(ordered, log[-1]):
        assert [*ordered, log[-1]] == in_order(log)


@given(logs())
def test_order_depends_on_the_log_and_not_on_how_it_is_handed_over(log: list[Event]) -> None:
    assert in_order(log) == in_order(reversed(log))


@given(logs())
def test_days_never_go_back_and_times_never_within_a_day(log: list[Event]) -> None:
    ordered = in_order(log)
    days = [one.occurred.on for one in ordered]
    times = [(one.occurred.on, one.occurred.at) for one in ordered if one.occurred.at]

    assert sorted(days) == days
    assert sorted(times) == times


@given(logs())
def test_a_history_that_takes_events_is_the_one_made_of_all_of_them(log: list[Event]) -> None:
    history = History(log[:1], OPENERS)
    for known, event in enumerate(log[1:], start=2):
        if not history.take(event):
            history = History(log[:known], OPENERS)
        made = History(log[:known], OPENERS)

        assert made.events == history.events
        assert made.episodes == history.episodes
        assert {key: found for key, found in made.places.items() if found} == {
            key: found for key, found in history.places.items() if found
        }
        assert [made.place(one) for one in made.events] == [history.place(one) for one in history.events]
