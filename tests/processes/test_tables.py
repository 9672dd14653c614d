"""Every state, every event, every kind of data: where it leads, or that it is refused."""

import pytest
from move_tables import deciding, rows

from caseclock.processes.assessment import ASSESSMENT
from caseclock.processes.definition import Process
from caseclock.processes.front_door import FRONT_DOOR

# A column is the state an event meets, a cell the state it leads to: = stays where it is, . is refused.

FRONT_DOOR_TABLE = """
                                    not_begun contact_received awaiting_referral contact_closed
ContactReceived                     contact_received . . .
ContactDecided outcome=referral              . awaiting_referral . .
ContactDecided outcome=no_further_action     . contact_closed    . .
ContactDecided outcome=advice                . contact_closed    . .
ContactDecided outcome=early_help            . contact_closed    . .
ContactDecided                               . .                 . .
ReferralReceived                    awaiting_decision . awaiting_decision .
ReferralDecided outcome=assessment           . .                 . .
ReferralDecided outcome=strategy_discussion  . .                 . .
ReferralDecided outcome=no_further_action    . .                 . .
ReferralDecided outcome=early_help           . .                 . .
ReferralDecided                              . .                 . .
ReferrerInformed                             . .                 . =
ReferralClosed                               . .                 . .

                                    awaiting_decision decided not_taken_further closed
ContactReceived                              .                 . . .
ContactDecided outcome=referral              .                 . . .
ContactDecided outcome=no_further_action     .                 . . .
ContactDecided outcome=advice                .                 . . .
ContactDecided outcome=early_help            .                 . . .
ContactDecided                               .                 . . .
ReferralReceived                             .                 . . .
ReferralDecided outcome=assessment           decided           . . .
ReferralDecided outcome=strategy_discussion  decided           . . .
ReferralDecided outcome=no_further_action    not_taken_further . . .
ReferralDecided outcome=early_help           not_taken_further . . .
ReferralDecided                              .                 . . .
ReferrerInformed                             =                 = = =
ReferralClosed                               closed            closed closed .
"""

ASSESSMENT_TABLE = """
                                    not_begun started allocated authorised cancelled
AssessmentStarted                            started .          .          . .
AssessmentStarted kind=single                started .          .          . .
AssessmentStarted kind=initial               started .          .          . .
AssessmentStarted kind=core                  started .          .          . .
AssessmentAllocated                          .       allocated  =          . .
ChildSeen                                    .       =          =          . .
ChildSeen alone=true                         .       =          =          . .
ChildSeen alone=false                        .       =          =          . .
AssessmentAuthorised                         .       authorised authorised . .
AssessmentAuthorised outcome=no_further_action .     authorised authorised . .
AssessmentAuthorised outcome=child_in_need   .       authorised authorised . .
AssessmentAuthorised outcome=section_47      .       authorised authorised . .
AssessmentAuthorised outcome=looked_after    .       authorised authorised . .
AssessmentAuthorised outcome=early_help      .       authorised authorised . .
AssessmentCancelled                          .       cancelled  cancelled  . .
"""

TABLES = [(FRONT_DOOR, FRONT_DOOR_TABLE), (ASSESSMENT, ASSESSMENT_TABLE)]


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


@pytest.mark.parametrize(("process", "table"), TABLES, ids=[process.name for process, _ in TABLES])
def test_a_table_leaves_no_state_event_or_deciding_value_out(process: Process, table: str) -> None:
    told = {(state, event, tuple(data.values())) for state, event, data, _ in rows(table)}

    assert set() == deciding(process) - told
    assert len(told) == len(list(rows(table)))
    assert {event for _, event, _ in told} == set(process.events)
