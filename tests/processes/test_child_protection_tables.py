"""Enquiry, child protection plan, child in need plan, early help: where every event leads from every state."""

import pytest
from move_tables import deciding, rows

from caseclock.processes.child_in_need_plan import CHILD_IN_NEED_PLAN
from caseclock.processes.child_protection_plan import CHILD_PROTECTION_PLAN
from caseclock.processes.definition import Process
from caseclock.processes.early_help import EARLY_HELP
from caseclock.processes.machine import drive
from caseclock.processes.section_47 import SECTION_47

SECTION_47_TABLE = """
                                                   not_begun            discussed            initiated
StrategyDiscussionHeld                             .                    =                    =
StrategyDiscussionHeld initiates_section_47=true   initiated            initiated            =
StrategyDiscussionHeld initiates_section_47=false  discussed            =                    =
Section47Started                                   under_enquiry        under_enquiry        under_enquiry
TransferInNotified                                 transferring_in      .                    .
ChildSeen                                          .                    =                    =
VisitAttempted                                     .                    =                    =
BirthExpected                                      .                    =                    =
ChildBorn                                          .                    =                    =
Section47Concluded                                 .                    .                    .
Section47Concluded outcome=conference              .                    .                    awaiting_conference
Section47Concluded outcome=no_conference           .                    .                    no_conference
ConferenceRequested                                .                    .                    =
ConferenceAppointed                                .                    .                    =
ConferenceReportShared                             .                    .                    =
InitialConferenceHeld                              conference_held      conference_held      conference_held
InitialConferenceHeld outcome=plan                 conference_held      conference_held      conference_held
InitialConferenceHeld outcome=no_plan              conference_held      conference_held      conference_held
InitialConferenceHeld outcome=adjourned            awaiting_conference  awaiting_conference  awaiting_conference
ConferenceDecisionsSent                            .                    .                    .
ConferenceMinutesSent                              .                    .                    .
Section47Cancelled                                 .                    cancelled            cancelled

                                                   awaiting_conference  no_conference        transferring_in
StrategyDiscussionHeld                             =                    .                    .
StrategyDiscussionHeld initiates_section_47=true   =                    .                    .
StrategyDiscussionHeld initiates_section_47=false  =                    .                    .
Section47Started                                   .                    .                    .
TransferInNotified                                 .                    .                    .
ChildSeen                                          =                    =                    =
VisitAttempted                                     =                    =                    =
BirthExpected                                      =                    .                    =
ChildBorn                                          =                    .                    =
Section47Concluded                                 .                    .                    .
Section47Concluded outcome=conference              =                    awaiting_conference  .
Section47Concluded outcome=no_conference           no_conference        .                    .
ConferenceRequested                                =                    .                    =
ConferenceAppointed                                =                    .                    =
ConferenceReportShared                             =                    .                    =
InitialConferenceHeld                              conference_held      conference_held      conference_held
InitialConferenceHeld outcome=plan                 conference_held      conference_held      conference_held
InitialConferenceHeld outcome=no_plan              conference_held      conference_held      conference_held
InitialConferenceHeld outcome=adjourned            =                    awaiting_conference  awaiting_conference
ConferenceDecisionsSent                            =                    .                    .
ConferenceMinutesSent                              =                    .                    .
Section47Cancelled                                 cancelled            .                    cancelled

                                                   under_enquiry        conference_held  cancelled
StrategyDiscussionHeld                             =                    .                .
StrategyDiscussionHeld initiates_section_47=true   =                    .                .
StrategyDiscussionHeld initiates_section_47=false  =                    .                .
Section47Started                                   .                    .                .
TransferInNotified                                 .                    .                .
ChildSeen                                          =                    =                .
VisitAttempted                                     =                    =                .
BirthExpected                                      =                    .                .
ChildBorn                                          =                    .                .
Section47Concluded                                 .                    .                .
Section47Concluded outcome=conference              awaiting_conference  =                .
Section47Concluded outcome=no_conference           no_conference        .                .
ConferenceRequested                                =                    .                .
ConferenceAppointed                                =                    .                .
ConferenceReportShared                             =                    =                .
InitialConferenceHeld                              conference_held      .                .
InitialConferenceHeld outcome=plan                 conference_held      .                .
InitialConferenceHeld outcome=no_plan              conference_held      .                .
InitialConferenceHeld outcome=adjourned            awaiting_conference  .                .
ConferenceDecisionsSent                            .                    =                .
ConferenceMinutesSent                              .                    =                .
Section47Cancelled                                 cancelled            .                .
"""

CHILD_PROTECTION_PLAN_TABLE = """
                                       not_begun  in_force  to_end    ended
PlanStarted                            in_force   .         .         .
CoreGroupHeld                          .          =         =         =
ChildSeen                              .          =         =         =
VisitAttempted                         .          =         =         =
ChildBorn                              .          =         =         =
SupervisionHeld                        .          =         =         =
PlanPanelHeld                          .          =         =         =
ConferenceAppointed                    .          =         =         .
ConferenceReportShared                 .          =         =         =
ReviewConferenceHeld                   .          =         in_force  =
ReviewConferenceHeld outcome=continue  .          =         in_force  =
ReviewConferenceHeld outcome=end       .          to_end    =         =
ConferenceDecisionsSent                .          =         =         =
ConferenceMinutesSent                  .          =         =         =
PlanEnded                              .          ended     ended     .
"""

CHILD_IN_NEED_PLAN_TABLE = """
                        not_begun  in_force  ended
ChildInNeedPlanStarted  in_force   .         .
ChildSeen               .          =         =
VisitAttempted          .          =         =
ChildInNeedReviewHeld   .          =         =
SupervisionHeld         .          =         =
ChildInNeedPlanEnded    .          ended     .
"""

EARLY_HELP_TABLE = """
                              not_begun  assessing  assessed  ended
EarlyHelpAssessmentStarted    assessing  .          .         .
ChildSeen                     .          =          =         .
EarlyHelpAssessmentCompleted  .          assessed   .         .
EarlyHelpReviewHeld           .          .          =         .
EarlyHelpEnded                .          ended      ended     .
"""

TABLES = [
    (SECTION_47, SECTION_47_TABLE),
    (CHILD_PROTECTION_PLAN, CHILD_PROTECTION_PLAN_TABLE),
    (CHILD_IN_NEED_PLAN, CHILD_IN_NEED_PLAN_TABLE),
    (EARLY_HELP, EARLY_HELP_TABLE),
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
