"""Missing, privately fostered, leaving care, away for long: where every event leads, or that it is refused."""

import pytest
from move_tables import deciding, rows

from caseclock.processes.definition import Process
from caseclock.processes.leaving_care import LEAVING_CARE
from caseclock.processes.long_stay import LONG_STAY
from caseclock.processes.machine import drive
from caseclock.processes.missing import MISSING
from caseclock.processes.private_fostering import PRIVATE_FOSTERING

MISSING_TABLE = """
                             not_begun  missing    returned     interviewed  not_found
ChildMissing                 missing    .          .            .            .
MissingStrategyMeetingHeld   .          =          =            =            .
ChildReturned                .          returned   .            .            .
ReturnInterviewOffered       .          .          =            =            .
ReturnInterviewRefused       .          .          =            =            .
ReturnInterviewCompleted     .          .          interviewed  =            .
MissingEpisodeEnded          .          not_found  .            .            .
"""

PRIVATE_FOSTERING_TABLE = """
                                        not_begun  proposed  in_force  ended
PrivateFosteringNotified                in_force   .         .         .
PrivateFosteringNotified kind=proposed  proposed   .         .         .
PrivateFosteringNotified kind=existing  in_force   .         .         .
PrivateFosteringStarted                 .          in_force  .         .
PrivateFosteringArrivalNotified         .          .         =         =
ChildSeen                               .          =         =         =
VisitAttempted                          .          =         =         =
PrivateFosteringEnded                   .          ended     ended     .
PrivateFosteringEndingNotified          .          .         =         =
"""

LEAVING_CARE_TABLE = """
                           not_begun  preparing  on_plan  ended
LeavingCareStarted         preparing  .          .        .
LeavingCareStatusChanged   .          =          =        .
NeedsAssessmentCompleted   .          =          =        =
PathwayPlanPrepared        .          on_plan    =        .
PathwayPlanReviewed        .          =          =        =
AccommodationProvided      .          =          =        .
AccommodationEnded         .          =          =        =
PersonalAdviserVisited     .          =          =        =
CareLeaverContacted        .          =          =        =
TransitionPlanAgreed       .          =          =        =
LeavingCareEnded           .          ended      ended    .
"""

LONG_STAY_TABLE = """
                   not_begun  staying  ended
LongStayStarted    staying    .        .
LongStayNotified   .          =        =
LongStayEnded      .          ended    .
"""

TABLES = [
    (MISSING, MISSING_TABLE),
    (PRIVATE_FOSTERING, PRIVATE_FOSTERING_TABLE),
    (LEAVING_CARE, LEAVING_CARE_TABLE),
    (LONG_STAY, LONG_STAY_TABLE),
]
CASES = [
    pytest.param(process, *row, id=f"{process.name}: {row[1]} {row[2] or ''} in {row[0]}")
    for process, table in TABLES
    for row in rows(table)
]


@pytest.mark.parametrize(("process", "state", "event", "data", "leads_to"), CASES)
def test_an_event_leads_where_the_table_says(
    process: Process, state: str, event: str, data: dict[str, str], leads_to: str | None
) -> None:
    assert leads_to == process.next_state(state, event, data)
    assert leads_to == drive(process, state, event, data)


@pytest.mark.parametrize(("process", "table"), TABLES, ids=[process.name for process, _ in TABLES])
def test_a_table_leaves_no_state_event_or_deciding_value_out(process: Process, table: str) -> None:
    told = {(state, event, tuple(data.values())) for state, event, data, _ in rows(table)}

    assert set() == deciding(process) - told
    assert len(told) == len(list(rows(table)))
    assert {event for _, event, _ in told} == set(process.events)
