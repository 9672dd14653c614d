"""Story 10: seventy-two hours are hours that pass, whatever the clock on the wall does between."""

import pytest
from story import Told, begin


def taken(at: str) -> Told:
    case = begin()
    case.happened("PoliceProtectionStarted", at, "E-1")
    return case


def returned(at: str) -> Told:
    case = begin()
    case.happened("ChildMissing", "2026-03-27 20:00", "M-1")
    case.happened("ChildReturned", at, "M-1")
    return case


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-03-27 15:30", "2026-03-30 16:30"),  # the clocks go forward on Sunday the 29th
        ("2026-10-23 22:00", "2026-10-26 21:00"),  # and back on Sunday 25 October
        ("2026-06-05 09:00", "2026-06-08 09:00"),
    ],
)
def test_police_protection_ends_three_times_twenty_four_hours_on(at: str, ends: str) -> None:
    assert ends == taken(at).due("court.police.72h")


def test_police_protection_is_lawful_at_its_last_minute_and_not_a_second_later() -> None:
    case = taken("2026-03-27 15:30")

    assert "due_soon" == case.standing("court.police.72h", "2026-03-30 16:30")
    assert "overdue" == case.standing("court.police.72h", "2026-03-30 16:30:01")


def test_a_child_back_late_on_saturday_is_interviewed_by_half_past_midnight_on_wednesday() -> None:
    assert "2026-04-01 00:30" == returned("2026-03-28 23:30").due("missing.rhi.72h")


def test_an_interview_offered_or_refused_has_not_been_held() -> None:
    case = returned("2026-03-28 23:30")
    case.happened("ReturnInterviewOffered", "2026-03-30 10:00", "M-1")
    case.happened("ReturnInterviewRefused", "2026-03-30 10:05", "M-1", reason="does not want to talk")

    assert "overdue" == case.standing("missing.rhi.72h", "2026-04-01 00:31")


def test_an_interview_held_after_a_refusal_is_in_time() -> None:
    case = returned("2026-03-28 23:30")
    case.happened("ReturnInterviewRefused", "2026-03-30 10:05", "M-1")
    case.happened("ReturnInterviewCompleted", "2026-03-31 17:00", "M-1", independent=True)

    assert "met" == case.standing("missing.rhi.72h")


def test_an_interview_by_someone_who_is_not_independent_does_not_count() -> None:
    case = returned("2026-03-28 23:30")
    case.happened("ReturnInterviewCompleted", "2026-03-30 10:00", "M-1", independent=False)

    assert "overdue" == case.standing("missing.rhi.72h", "2026-04-01 00:31")


def test_an_hour_begun_is_an_hour_over() -> None:
    case = returned("2026-03-28 23:30")
    case.happened("ReturnInterviewCompleted", "2026-04-01 00:31", "M-1")

    assert ("met_late", 1) == (case.standing("missing.rhi.72h"), case.timer("missing.rhi.72h").over)


def test_where_only_the_day_of_the_return_is_known_nobody_is_blamed_for_hours_that_may_not_have_passed() -> (
    None
):
    assert "2026-04-01 00:59" == returned("2026-03-28").due("missing.rhi.72h")
