"""One example of everything the API takes and gives; a test holds each to its shape."""

from typing import Any

AS_AT = {"as_at": "2026-05-15", "known_at": "2026-05-15T22:59:59.999999+00:00"}
CURSOR = "WyI4ZjFjIiwiQy0xMDQyIiwiMGY3MyJd"

EVENT: dict[str, Any] = {
    "event_id": "0198f0c2-6f1e-7c3a-9a51-3c1f0a6e7d10",
    "type": "ReferralReceived",
    "case_id": "C-1042",
    "episode_id": "R-1",
    "occurred_at": "2026-03-02T09:30:00+00:00",
    "recorded_at": "2026-03-02T09:41:00+00:00",
    "by": "sw.jones",
    "because": "call from school",
    "data": {"source": "school"},
}
LOGGED: dict[str, Any] = {**EVENT, "authority": "anywhere", "seq": 1}
RECORDED: dict[str, Any] = {
    "recorded": 1,
    "unchanged": 0,
    "timers": 3,
    "events": [{"event_id": EVENT["event_id"], "status": "recorded"}],
}
TIMER: dict[str, Any] = {
    "timer_id": "6f2d1c0b8a7e4f539c21",
    "authority": "anywhere",
    "case_id": "C-1042",
    "episode_id": "A-1",
    "process": "assessment",
    "timescale": "assessment.single.45wd",
    "version": "2013-04-15",
    "key": None,
    "started_on": "2026-03-02",
    "due_on": "2026-05-07",
    "due_at": None,
    "standing": "met_late",
    "stopped_on": "2026-05-12",
    "recorded_on": "2026-05-13",
    "over": 3,
    "unit": "working_days",
    "basis": "statutory_guidance",
    "source": "Working Together to Safeguard Children",
    "first_due_on": None,
    "not_before": None,
    "reason": "",
    "trigger_event": EVENT["event_id"],
    "stop_event": "0198f0c2-7a00-7b11-8c22-5d3e4f5a6b7c",
    "calendar": "england_and_wales:0",
}
#: a timer that still runs, with what a forecast told of it
TIMER_AHEAD: dict[str, Any] = {
    **TIMER,
    "standing": "due_soon",
    "stopped_on": None,
    "recorded_on": None,
    "over": 0,
    "stop_event": None,
    "chance": {
        "of_running_out": 0.37,
        "alike": 120,
        "ran_out": 43,
        "told_on": "2026-04-20",
        "days": 30,
    },
}
_BREACHED: dict[str, Any] = {
    "breach_id": "0a1b2c3d4e5f60718293",
    "breach": "closed",
    "fell_on": "2026-05-08",
    "raised_at": "2026-05-08T00:05:00+00:00",
    "cause": None,
}
BREACH: dict[str, Any] = {
    **TIMER,
    **_BREACHED,
    "raised_event": "BreachRaised:0a1b2c3d4e5f60718293:1",
    "answer": "explained",
    "reason_code": "family_unavailable",
    "answer_text": "The family was away until 10 May.",
    "escalated_to": None,
    "answered_by": "tm.oakes",
    "answered_on": "2026-05-14",
    "back_dated": False,
    "review_on": None,
}
CASE: dict[str, Any] = {
    "authority": "anywhere",
    "case_id": "C-1042",
    **AS_AT,
    "re_referral": False,
    "episodes": [
        {
            "episode_id": "A-1",
            "process": "assessment",
            "state": "authorised",
            "words": "a manager has authorised the assessment",
            "opened_on": "2026-03-02",
            "closed_on": "2026-05-12",
            "follows": "R-1",
            "may_happen": [],
            "re_referral_of": None,
        }
    ],
    "timers": [TIMER],
    "breaches": [{**TIMER, **_BREACHED, "answer": "explained"}],
    "history": [
        {
            "seq": 1,
            "event_id": EVENT["event_id"],
            "episode_id": "R-1",
            "type": "ReferralReceived",
            "occurred_at": EVENT["occurred_at"],
            "recorded_at": EVENT["recorded_at"],
            "by": "sw.jones",
            "because": "call from school",
            "sentence": "A referral was received from a school.",
            "mended": "",
        }
    ],
}
CASE_SUMMARY: dict[str, Any] = {
    "case_id": "C-1042",
    "events": 9,
    "team": "Assessment 1",
    "worker": "sw.017",
    "family": "F-0511",
    "open_episodes": [
        {"episode_id": "R-1", "process": "front_door", "state": "decided", "opened_on": "2026-03-02"}
    ],
}
EXPLANATION: dict[str, Any] = {"timer_id": TIMER["timer_id"], **AS_AT}
RULE: dict[str, Any] = {
    "id": "assessment.single.45wd",
    "duty": "Complete the assessment",
    "process": "assessment",
    "kind": "within",
    "limit": "45 working days",
    "counting": "day_after_trigger",
    "basis": "statutory_guidance",
    "source": "Working Together to Safeguard Children",
    "source_url": "https://www.gov.uk/government/publications/working-together-to-safeguard-children--2",
    "verification": "V1",
    "effective_from": "2013-04-15",
    "effective_to": None,
    "commenced": True,
    "in_force": True,
    "authority": None,
    "target_percent": None,
    "pack": "assessment",
    "notes": "",
}
SCORECARD: dict[str, Any] = {
    "authority": "anywhere",
    **AS_AT,
    "months": 12,
    "counted_at": "2026-05-20T09:30:00+00:00",
    "indicators": [
        {
            "id": "assessment.in_time",
            "group": "assessment",
            "name": "assessments authorised within 45 working days",
            "unit": "percent",
            "numerator": 160,
            "denominator": 190,
            "value": 84.21,
            "recorded_late": 4,
            "recording_value": 82.11,
            "recording_numerator": 156,
            "recording_denominator": 190,
            "small": False,
            "numerator_is": "assessments authorised in time",
            "denominator_is": "assessments authorised in the period",
            "definition": "By the day of authorisation.",
            "source": "Characteristics of children in need",
            "comparators": {"England 2016-17": 82.9},
        }
    ],
}
PROBLEM: dict[str, Any] = {
    "type": "urn:caseclock:problem:does-not-fit",
    "title": "Conflict",
    "status": 409,
    "detail": "Can't record ReferralClosed of 2026-03-05 on case C-1042, episode R-1: the episode has not begun. It "
    "begins with one of ContactReceived, ReferralReceived.",
}
