"""Every event can be said in a sentence that a parent could read."""

from collections.abc import Callable, Iterator

import pytest

from caseclock.processes.catalogue import EVENT_TYPES, PROCESSES
from caseclock.store.phrases import PHRASES
from caseclock.store.sentences import sentence
from caseclock.timers.event import Event

MakeEvent = Callable[..., Event]


def test_every_event_that_a_process_knows_has_words_of_its_own() -> None:
    assert set() == set(EVENT_TYPES) - set(PHRASES)


def every_choice() -> Iterator[tuple[str, str, str]]:
    """Every coded value that a process accepts in an event's data."""
    for process in PROCESSES.values():
        for event_type, known in process.fields.items():
            for field in known:
                yield from ((event_type, field.name, choice) for choice in field.choices if choice)


@pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
def test_each_is_one_sentence_in_plain_words(event: MakeEvent, event_type: str) -> None:
    for data in ({}, *({name: value} for known, name, value in every_choice() if known == event_type)):
        said = sentence(event(type=event_type, data=data, because=""))

        assert said[0].isupper(), said
        assert 1 == said.count("."), said
        assert said.endswith("."), said
        assert not set("_{}[]<>") & set(said), said
        assert "None" not in said, said


@pytest.mark.parametrize(
    ("event_type", "data", "expected"),
    [
        (
            "ReferralReceived",
            {"source": "school", "date_of_birth": "2020-01-01"},
            "The child was referred to children's social care: from school.",
        ),
        (
            "AssessmentAuthorised",
            {"outcome": "no_further_action"},
            "A manager authorised the assessment, which completes it: no further action.",
        ),
        ("ChildSeen", {"alone": True}, "The child was seen: alone."),
        ("ChildSeen", {"alone": "false"}, "The child was seen: not alone."),
        (
            "StrategyDiscussionHeld",
            {"initiates_section_47": "true", "kind": "telephone"},
            "The agencies held a strategy discussion: there is to be a section 47 enquiry; telephone.",
        ),
        (
            "PeriodOfCareStarted",
            {"legal_status": "section_20"},
            "The child came into care: accommodated under section 20.",
        ),
        (
            "ConferenceAppointed",
            {"conference_id": "K-1", "appointed_for": "2026-03-23T10:00:00+00:00"},
            "A date was set for the conference: for 23 March 2026.",
        ),
        (
            "TimerExtended",
            {"timer_id": "t-1", "until": "2026-05-14", "reason": "The family was abroad."},
            "More time was asked for: until 14 May 2026; The family was abroad.",
        ),
        (
            "EventCorrected",
            {"event_id": "e-1", "occurred_at": "2026-03-03", "reason": "typing_error"},
            "The date of an earlier entry was put right: it happened 3 March 2026; typing error.",
        ),
        (
            "BreachRaised",
            {"breach_id": "b-1", "timescale": "no.such", "due": "2026-05-07"},
            "The time allowed ran out: no.such; due 7 May 2026.",
        ),
        (
            "BreachWithdrawn",
            {"timescale": "no.such", "cause": "recorded_late"},
            "The breach was withdrawn: no.such; the duty had been done in time and was written up late.",
        ),
        (
            "TimersMoved",
            {"moved": [{"timescale": "no.such", "from": "2026-05-07", "to": None}]},
            "A day that is not worked was added to the calendar, and dates moved: no.such, from 7 May 2026 to no day.",
        ),
        ("FosterCarerThanked", {"source": {"deep": 1}}, "Foster carer thanked."),
    ],
)
def test_data_are_told_in_words(
    event: MakeEvent, event_type: str, data: dict[str, object], expected: str
) -> None:
    assert expected == sentence(event(type=event_type, data=data))


def test_a_breach_is_told_by_the_duty_that_was_not_done(event: MakeEvent) -> None:
    said = sentence(
        event(type="BreachRaised", data={"timescale": "assessment.single.45wd", "due": "2026-05-07"})
    )

    assert said.startswith("The time allowed ran out: ")
    assert "assessment.single" not in said
    assert said.endswith("; due 7 May 2026.")
