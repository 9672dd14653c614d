"""What ends a timer, what comes of it, and what it is judged by; each rule by a timescale made for it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import instant, under, when

from caseclock.processes.catalogue import OPENERS
from caseclock.timers.calendar import AddedDay, england_and_wales
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import AtEnd, Outcome, Timer

DAYS = "limit = { calendar_days = 10 }\n"
#: the timescale made for tests runs from ReferralReceived to ReferralDecided, and ends with ReferralClosed


def told(*what: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> list[Event]:
    """Events of one referral as (type, day or moment, data); data may tell when `recorded`, and its `episode`."""
    events = []
    for seq, (kind, on, *more) in enumerate(what, start=1):
        data = dict(more[0]) if more else {}
        recorded, episode = data.pop("recorded", on), data.pop("episode", "R-1")
        events.append(
            Event(f"e-{seq}", kind, "kent", "C-1", episode, when(on), when(recorded), "sw", "", data, seq)
        )
    return events


def setting(*timescales: str) -> Setting:
    return Setting(under(*timescales)("kent"), england_and_wales())


def timers(lines: str, events: list[Event], **asked: Any) -> list[Timer]:
    return evaluate(History(events, OPENERS, **asked), setting(lines))


def only_timer(lines: str, events: list[Event], **asked: Any) -> Timer:
    (timer,) = timers(lines, events, **asked)
    return timer


@pytest.mark.parametrize(
    ("events", "outcome", "stop_event"),
    [
        ([("ReferralDecided", "2026-03-12")], Outcome.MET, "e-2"),
        ([("ReferralDecided", "2026-03-13")], Outcome.MET_LATE, "e-2"),
        ([("ReferralClosed", "2026-03-12")], Outcome.VOID, "e-2"),
        ([("ReferralClosed", "2026-03-13")], Outcome.LAPSED, "e-2"),
        ([], Outcome.RUNNING, None),
        # done on the day it ended was done, in whichever order they were written
        ([("ReferralClosed", "2026-03-12"), ("ReferralDecided", "2026-03-12")], Outcome.MET, "e-3"),
        # the earlier of the two decides
        ([("ReferralClosed", "2026-03-11"), ("ReferralDecided", "2026-03-12")], Outcome.VOID, "e-2"),
        ([("ReferralDecided", "2026-03-11"), ("ReferralClosed", "2026-03-12")], Outcome.MET, "e-2"),
        # the first of several
        ([("ReferralDecided", "2026-03-12"), ("ReferralDecided", "2026-03-20")], Outcome.MET, "e-2"),
    ],
)
def test_what_ends_a_timer_and_what_comes_of_it(
    events: list[tuple[str, str]], outcome: Outcome, stop_event: str | None
) -> None:
    timer = only_timer(DAYS, told(("ReferralReceived", "2026-03-02"), *events))

    assert (outcome, stop_event) == (timer.outcome, timer.stop_event)


@pytest.mark.parametrize(
    ("recorded", "outcome"), [("2026-03-12", Outcome.MET), ("2026-03-13", Outcome.RECORDED_LATE)]
)
def test_a_duty_done_in_time_is_recorded_late_from_the_day_after_its_limit(
    recorded: str, outcome: Outcome
) -> None:
    events = told(
        ("ReferralReceived", "2026-03-02"), ("ReferralDecided", "2026-03-05", {"recorded": recorded})
    )

    assert outcome is only_timer(DAYS, events).outcome


def test_what_was_not_yet_written_down_is_not_known() -> None:
    events = told(
        ("ReferralReceived", "2026-03-02"),
        ("ReferralDecided", "2026-03-05", {"recorded": "2026-03-09 12:00"}),
    )

    assert [Outcome.RUNNING, Outcome.MET] == [
        only_timer(DAYS, events, known_at=instant(moment)).outcome
        for moment in ("2026-03-09 11:59", "2026-03-09 12:00")
    ]


def test_what_had_not_yet_happened_is_left_out() -> None:
    events = told(("ReferralReceived", "2026-03-02"), ("ReferralDecided", "2026-03-05"))

    assert [Outcome.RUNNING, Outcome.MET] == [
        only_timer(DAYS, events, as_at=when(day).on).outcome for day in ("2026-03-04", "2026-03-05")
    ]


KEYED = DAYS + 'key = "source"\n'


def test_a_timer_with_a_key_is_ended_by_what_bears_the_same() -> None:
    events = told(
        ("ReferralReceived", "2026-03-02", {"source": "school"}),
        ("ReferralDecided", "2026-03-03", {"source": "police"}),
        ("ReferralDecided", "2026-03-04", {"source": "school"}),
    )
    timer = only_timer(KEYED, events)

    assert ("school", "e-3") == (timer.key, timer.stop_event)


def test_an_end_that_bears_no_key_ends_them_all_and_one_of_another_none() -> None:
    def outcome(**data: str) -> Outcome:
        closed = ("ReferralClosed", "2026-03-03", data)
        return only_timer(
            KEYED, told(("ReferralReceived", "2026-03-02", {"source": "school"}), closed)
        ).outcome

    assert [Outcome.VOID, Outcome.VOID, Outcome.RUNNING] == [
        outcome(),
        outcome(source="school"),
        outcome(source="police"),
    ]


@pytest.mark.parametrize(("early", "outcome"), [("false", Outcome.RUNNING), ("true", Outcome.MET)])
def test_what_is_done_before_the_clock_starts_discharges_it_only_where_the_source_says_so(
    early: str, outcome: Outcome
) -> None:
    starts = 'starts = [{ event = "ReferralDecided" }]'
    lines = f'{DAYS}{starts}\nstops = [{{ event = "ReferrerInformed" }}]\nearly = {early}'
    events = told(
        ("ReferralReceived", "2026-03-01"),
        ("ReferrerInformed", "2026-03-01"),
        ("ReferralDecided", "2026-03-02"),
    )

    assert outcome is only_timer(lines, events).outcome


def test_only_the_nth_start_or_every_one_from_it_on_starts_a_clock() -> None:
    events = told(
        ("ReferralReceived", "2026-03-01"), *(("ReferrerInformed", f"2026-03-0{day}") for day in (2, 3, 4))
    )

    def started(which: str) -> list[str]:
        found = timers(f'{DAYS}starts = [{{ event = "ReferrerInformed"{which} }}]', events)
        return [str(timer.started_on)[-2:] for timer in found]

    assert ["02", "03", "04"] == started("")
    assert ["02"] == started(", nth = 1")
    assert ["04"] == started(", nth = 3")
    assert ["03", "04"] == started(", from_nth = 2")


def test_a_start_may_count_from_a_date_in_its_data() -> None:
    lines = DAYS + 'starts = [{ event = "ReferralReceived", date_from = "rung_on" }]'

    assert ["2026-03-08", "2026-03-12"] == [
        str(only_timer(lines, told(("ReferralReceived", "2026-03-02", data))).due_on)
        for data in ({"rung_on": "2026-02-26"}, {})
    ]


def test_what_stands_unless_someone_objects_is_met_at_its_end() -> None:
    timer = only_timer(DAYS + "deemed = true", told(("ReferralReceived", "2026-03-02")))

    assert (AtEnd.STANDS, Outcome.RUNNING) == (timer.at_end, timer.outcome)


@pytest.mark.parametrize(
    ("decided", "outcome"),
    [("2026-03-11", Outcome.TOO_EARLY), ("2026-03-12", Outcome.MET), ("2027-01-01", Outcome.MET)],
)
def test_a_minimum_is_broken_by_what_is_done_before_it_has_passed(decided: str, outcome: Outcome) -> None:
    events = told(("ReferralReceived", "2026-03-02"), ("ReferralDecided", decided))
    timer = only_timer(DAYS + 'kind = "at_least"', events)

    assert (outcome, "2026-03-12", None) == (timer.outcome, str(timer.not_before), timer.due_on)


@pytest.mark.parametrize(
    ("decided", "outcome"),
    [
        ("2026-03-06", Outcome.TOO_EARLY),
        ("2026-03-07", Outcome.MET),
        ("2026-03-12", Outcome.MET),
        ("2026-03-13", Outcome.MET_LATE),
    ],
)
def test_a_window_has_a_first_day_and_a_last(decided: str, outcome: Outcome) -> None:
    lines = DAYS + 'kind = "window"\nnot_before = { calendar_days = 5 }'

    assert (
        outcome
        is only_timer(lines, told(("ReferralReceived", "2026-03-02"), ("ReferralDecided", decided))).outcome
    )


def test_a_limit_counted_back_ends_so_long_before_the_day_appointed() -> None:
    lines = 'kind = "backwards"\nlimit = { working_days = 2 }\nearly = true'

    assert "2026-04-24" == str(only_timer(lines, told(("ReferralReceived", "2026-04-28"))).due_on)


def test_a_timer_is_void_until_what_revives_it_comes() -> None:
    lines = DAYS + 'revives = [{ event = "ReferrerInformed" }]'
    events = told(
        ("ReferralReceived", "2026-03-02"),
        ("ReferralClosed", "2026-03-03"),
        ("ReferrerInformed", "2026-03-04"),
    )

    assert [Outcome.VOID, Outcome.RUNNING] == [only_timer(lines, events[:n]).outcome for n in (2, 3)]


@pytest.mark.parametrize(("scope", "outcome"), [("episode", "running"), ("linked", "met"), ("case", "met")])
def test_a_scope_says_in_which_episodes_the_end_is_looked_for(scope: str, outcome: str) -> None:
    events = told(
        ("ReferralReceived", "2026-03-02"),
        ("AssessmentStarted", "2026-03-03", {"episode": "A-1", "follows": "R-1"}),
        ("ChildSeen", "2026-03-04", {"episode": "A-1"}),
    )
    lines = f'{DAYS}scope = "{scope}"\nstops = [{{ event = "ChildSeen", process = "assessment" }}]'

    assert outcome == only_timer(lines, events).outcome


def test_a_linked_scope_does_not_reach_an_episode_that_follows_nothing() -> None:
    events = told(
        ("ReferralReceived", "2026-03-02"),
        ("AssessmentStarted", "2026-03-03", {"episode": "A-1"}),
        ("ChildSeen", "2026-03-04", {"episode": "A-1"}),
    )
    stops = 'stops = [{ event = "ChildSeen", process = "assessment" }]'

    assert ["running", "met"] == [
        only_timer(f'{DAYS}scope = "{scope}"\n{stops}', events).outcome for scope in ("linked", "case")
    ]


def test_the_law_in_force_when_the_clock_started_governs_it_to_its_end() -> None:
    old = "effective_to = 2026-02-28\nlimit = { calendar_days = 5 }"
    new = "effective_from = 2026-03-01\nlimit = { calendar_days = 10 }"

    def due(received: str) -> tuple[str, str]:
        (timer,) = evaluate(History(told(("ReferralReceived", received)), OPENERS), setting(old, new))
        return timer.version, str(timer.due_on)

    assert ("2000-01-01", "2026-03-05") == due("2026-02-28")
    assert ("2026-03-01", "2026-03-11") == due("2026-03-01")


def test_the_law_of_the_governing_event_holds_where_one_is_named() -> None:
    starts = 'starts = [{ event = "ReferrerInformed" }]\n'
    new = 'effective_from = 2026-03-01\ngoverned_by = { event = "ReferralReceived" }\n' + starts
    events = told(("ReferralReceived", "2026-02-28"), ("ReferrerInformed", "2026-03-02"))

    assert [] == timers(new + DAYS, events)


def test_a_timer_that_ended_is_judged_by_the_calendar_known_when_that_was_written_up() -> None:
    """Tuesday 3 March 2026 is proclaimed a holiday on the 10th."""
    proclaimed = AddedDay(when("2026-03-03").on, "Day of thanksgiving", when("2026-03-10").on)
    holidays = england_and_wales().with_local([proclaimed])
    made = Setting(under("limit = { working_days = 1 }")("kent"), holidays)

    def outcome(recorded: str) -> tuple[Outcome, str]:
        events = told(
            ("ReferralReceived", "2026-03-02"), ("ReferralDecided", "2026-03-04", {"recorded": recorded})
        )
        (timer,) = evaluate(History(events, OPENERS), made)
        return timer.outcome, str(timer.due_on)

    assert (Outcome.MET_LATE, "2026-03-03") == outcome("2026-03-09")
    assert "2026-03-04" == outcome("2026-03-10")[1]


def test_a_timer_keeps_its_id_when_its_start_is_corrected() -> None:
    events = told(("ReferralReceived", "2026-03-02"))
    mend = Event(
        "e-2",
        "EventCorrected",
        "kent",
        "C-1",
        "R-1",
        when("2026-03-09"),
        when("2026-03-09"),
        "sw",
        data={"event_id": "e-1", "occurred_at": "2026-02-27"},
        seq=2,
    )
    before, after = only_timer(DAYS, events), only_timer(DAYS, [*events, mend])

    assert before.timer_id == after.timer_id
    assert ("2026-03-12", "2026-03-09") == (str(before.due_on), str(after.due_on))


def test_ids_of_timers_differ_by_authority_case_timescale_start_and_key() -> None:
    events = told(
        ("ReferralReceived", "2026-03-02", {"source": "school"}), ("ReferralReceived", "2026-03-03")
    )
    found = evaluate(
        History(events, OPENERS), setting(DAYS, 'id = "test.other"\n' + DAYS, 'id = "test.keyed"\n' + KEYED)
    )

    assert 6 == len(found) == len({timer.timer_id for timer in found})


@given(st.permutations(range(4)))
def test_the_order_in_which_events_are_handed_over_makes_no_difference(order: list[int]) -> None:
    events = told(
        ("ReferralReceived", "2026-03-02"),
        ("ReferralDecided", "2026-03-05"),
        ("ReferralClosed", "2026-03-05"),
        ("ReferralReceived", "2026-03-09", {"episode": "R-2"}),
    )

    assert timers(DAYS, events) == timers(DAYS, [events[place] for place in order])


def test_a_timescale_worked_out_by_itself_gives_what_it_gives_among_all() -> None:
    made = setting(DAYS, 'id = "test.other"\nlimit = { weeks = 2 }')
    history = History(told(("ReferralReceived", "2026-03-02"), ("ReferralDecided", "2026-03-20")), OPENERS)
    whole = evaluate(history, made)

    assert [timer for timer in whole if timer.timescale == "test.other"] == evaluate(
        history, made, ["test.other"]
    )
    assert [] == evaluate(history, made, ["test.unknown"])


def test_a_minimum_has_nothing_that_falls() -> None:
    timer = only_timer(DAYS + 'kind = "at_least"', told(("ReferralReceived", "2026-03-02")))

    assert (AtEnd.NOTHING, datetime(9999, 1, 1, tzinfo=UTC)) == (timer.at_end, timer.falls_at)
