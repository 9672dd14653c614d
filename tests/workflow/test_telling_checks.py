"""What an event says of how far its source tells is checked before it is let in."""

from datetime import UTC, datetime
from typing import Any

import pytest

from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.checks import check_form
from caseclock.workflow.refusals import BadData

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def told(kind: str, **data: Any) -> Event:
    on = When.parse("2026-03-02")
    return Event("e-1", kind, "thurrock", "C-1", "P-1", on, on, "return:annex_a", "", data)


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (told("SourceTold", until="2026-03-31T00:00:00Z"), "until"),
        (told("SourceTold", until="2026-03-31", told_from={"ReviewConferenceHeld": "31 March"}), "told_from"),
        (told("PlanStarted", told_from="2026-03-31"), "told_from"),
        (told("PlanStarted", untold="ChildSeen"), "untold"),
        (told("PlanStarted", untold=[7]), "untold"),
    ],
)
def test_what_can_not_be_read_is_refused_with_its_field(event: Event, field: str) -> None:
    with pytest.raises(BadData, match=rf"data\.{field} is "):
        check_form(event, NOW)


def test_what_can_be_read_is_let_in() -> None:
    check_form(told("SourceTold", until="2026-03-31", untold=["ChildSeen"], told_from={}), NOW)
    check_form(told("PlanStarted", untold=[], told_from={"ReviewConferenceHeld": "2026-03-01"}), NOW)
