"""The words of a period of care: what the return's codes become, and what packs ask for, are words that are listed."""

import pytest

from caseclock.processes import looked_after_codes as codes
from caseclock.processes.catalogue import shipped_packs
from caseclock.processes.looked_after import LEGAL_STATUSES, LOOKED_AFTER, PLACEMENT_KINDS
from caseclock.timers.timescale import Clause, Timescale

OURS = [
    timescale
    for pack in shipped_packs()
    for timescale in pack.timescales
    if timescale.process == "looked_after"
]


def asked_for(timescale: Timescale, field: str, events: set[str]) -> set[str]:
    """Every value of a field of these events that a timescale accepts or refuses."""
    clauses: list[Clause] = [*timescale.stops, *timescale.voids]
    for start in timescale.starts:
        clauses += [start.clause, *start.unless, *start.after, *start.voids]
    facts = [
        fact for clause in clauses for fact in clause.facts if fact.field == field and events & {*fact.events}
    ]
    of_facts = {value for fact in facts for value in (*fact.values, *fact.not_values)}
    of_events = {
        value
        for clause in clauses
        if clause.event in events
        for told in (clause.where, clause.where_not)
        for value in told.get(field, ())
    }
    return (of_facts | of_events) - {""}


def choices(event: str, field: str) -> set[str]:
    return {choice for one in LOOKED_AFTER.fields[event] if one.name == field for choice in one.choices}


def test_packs_ask_for_listed_kinds_of_placement_only() -> None:
    found = {
        kind for one in OURS for kind in asked_for(one, "kind", {"PlacementStarted", "PlacementAssessed"})
    }

    assert set() == found - set(PLACEMENT_KINDS)


def test_packs_ask_for_listed_legal_statuses_with_their_codes() -> None:
    events = {"PeriodOfCareStarted", "LegalStatusChanged"}
    found = {one.id: asked_for(one, "legal_status", events) for one in OURS}
    listed = {*LEGAL_STATUSES, *codes.LEGAL_STATUS}

    assert {} == {rule: wrong for rule, told in found.items() if (wrong := told - listed)}
    assert {} == {
        rule: missing
        for rule, told in found.items()
        if (missing := {code for code, word in codes.LEGAL_STATUS.items() if word in told} - told)
    }


def test_codes_become_listed_words() -> None:
    assert set(codes.LEGAL_STATUS.values()) == set(LEGAL_STATUSES) - {"adoption_consent"}
    assert set() == set(codes.PLACEMENT_KIND.values()) - set(PLACEMENT_KINDS)
    assert set() == set(codes.PROVIDER.values()) - choices("PlacementStarted", "provider")
    assert set() == set(codes.TEMPORARY_MOVE.values()) - choices("TemporaryMoveStarted", "kind")
    assert set() == set(codes.TOLD_BY_RETURN) - set(LOOKED_AFTER.events)


@pytest.mark.parametrize(
    ("place", "legal_status", "provider", "told"),
    [
        ("U1", "C2", "PR1", {"kind": "connected_person", "provider": "own", "long_term": "true"}),
        ("U6", "V2", "PR4", {"kind": "foster", "provider": "private"}),
        ("A6", "E1", "", {"kind": "adoption"}),
        ("P1", "C1", "PR0", {"kind": "with_parents", "provider": "parents"}),
        ("K2", "V4", "PR4", {"kind": "short_break", "provider": "private"}),
        ("U4", "V3", "", {"kind": "short_break"}),
        ("R5", "C2", "", {"kind": "youth_detention", "arranged_by": "others"}),
        ("R5", "J1", "", {"kind": "youth_detention"}),
        ("F9", "C2", "", {"kind": "F9"}),  # a code of some other year
        ("T1", "C2", "PR3", None),
    ],
)
def test_what_a_placement_of_the_return_is(
    place: str, legal_status: str, provider: str, told: dict[str, str] | None
) -> None:
    assert told == codes.placement_told(place, legal_status, provider)
