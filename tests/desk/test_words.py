"""Words that people read, for every value there is."""

from caseclock.desk.report import TimescaleLine
from caseclock.desk.words import BASES, KINDS, MEANINGS, STANDINGS, VERIFICATIONS
from caseclock.exchange.taking_in import READERS, SET_READERS
from caseclock.processes.catalogue import EVENT_TYPES
from caseclock.store.sentences import PHRASES, sentence
from caseclock.timers.event import Event
from caseclock.timers.timer import Standing
from caseclock.timers.timescale import Basis, Verification
from caseclock.timers.when import When


def test_every_standing_basis_and_verification_has_its_word() -> None:
    assert set(Standing) == set(STANDINGS) == set(MEANINGS)
    assert set(Basis) == set(BASES)
    assert set(Verification) == set(VERIFICATIONS)


def test_every_kind_of_file_that_can_be_brought_in_has_its_word() -> None:
    assert {*READERS, *SET_READERS} == set(KINDS)


def test_every_event_can_be_said_without_codes_or_capitals_in_the_middle() -> None:
    day = When.parse("2026-03-02")
    for event_type in EVENT_TYPES:
        event = Event(
            "1", event_type, "thurrock", "C-1", "X-1", day, day, "someone", data={"outcome": "in_need"}
        )

        said = sentence(event)

        assert said.endswith(".")
        assert said[0].isupper()
        assert "_" not in said
        assert event_type not in said or event_type in PHRASES


def test_an_event_nobody_put_into_words_yet_is_spelt_out() -> None:
    day = When.parse("2026-03-02")
    unknown = Event("1", "FamilyMealHeld", "thurrock", "C-1", "X-1", day, day, "someone")

    assert "Family meal held." == sentence(unknown)


def line(**counts: int) -> TimescaleLine:
    told = {Standing(name): number for name, number in counts.items()}
    return TimescaleLine("x.y", "Do it", "Assessment", "Act", told)


def test_a_share_is_of_what_is_decided() -> None:
    mixed = line(met=6, recorded_late=2, met_late=1, overdue=1, too_early=0, running=5, unknown=7, void=3)

    assert (8, 10, 80, 25) == (mixed.in_time, mixed.decided, mixed.percent, mixed.total)


def test_a_share_is_all_or_nothing_only_where_it_is() -> None:
    assert [100, 99, 0, 1, None] == [
        line(met=5).percent,
        line(met=999, overdue=1).percent,
        line(overdue=5).percent,
        line(met=1, overdue=999).percent,
        line(running=5).percent,
    ]
