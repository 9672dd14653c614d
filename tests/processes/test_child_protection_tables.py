"""Enquiry, child protection plan, child in need plan, early help: where every event leads from every state."""

from move_tables import Tabled

from caseclock.processes.child_in_need_plan import CHILD_IN_NEED_PLAN
from caseclock.processes.child_protection_plan import CHILD_PROTECTION_PLAN
from caseclock.processes.early_help import EARLY_HELP
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


class TestTabled(Tabled):
    """Every pair of state and event, and every value that decides between moves."""

    tables = (
        (SECTION_47, SECTION_47_TABLE),
        (CHILD_PROTECTION_PLAN, CHILD_PROTECTION_PLAN_TABLE),
        (CHILD_IN_NEED_PLAN, CHILD_IN_NEED_PLAN_TABLE),
        (EARLY_HELP, EARLY_HELP_TABLE),
    )
