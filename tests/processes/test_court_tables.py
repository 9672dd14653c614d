"""Before and in court: where every event leads from every state, or that it is refused."""

from move_tables import Tabled

from caseclock.processes.court_report import COURT_REPORT
from caseclock.processes.emergency_protection import EMERGENCY_PROTECTION
from caseclock.processes.family_contact import FAMILY_CONTACT
from caseclock.processes.public_law_outline import PUBLIC_LAW_OUTLINE

PUBLIC_LAW_OUTLINE_TABLE = """
                                                    not_begun        planning         not_needed  pre_proceedings
LegalPlanningMeetingRequested                       planning         =                .           =
LegalPlanningMeetingHeld                            planning         =                .           =
LegalPlanningMeetingHeld outcome=no_further_action  not_needed       not_needed       .           =
LegalPlanningMeetingHeld outcome=pre_proceedings    planning         =                .           =
LetterBeforeProceedingsSent                         pre_proceedings  pre_proceedings  .           =
FamilyGroupMeetingOffered                           .                =                .           =
FamilyGroupMeetingHeld                              .                =                .           =
FamilyGroupMeetingRuledOut                          .                =                .           =
PreProceedingsMeetingHeld                           .                pre_proceedings  .           =
PreProceedingsReviewHeld                            .                .                .           =
PreProceedingsEnded                                 .                .                .           .
PreProceedingsEnded outcome=stepped_down            .                stepped_down     .           stepped_down
PreProceedingsEnded outcome=issue                   .                awaiting_issue   .           awaiting_issue
TrackerReviewHeld                                   .                =                .           =
ApplicationDocumentsFiled                           .                =                .           =
ApplicationIssued                                   proceedings      proceedings      .           proceedings
AllocationDirected                                  .                .                .           .
FirstAppointmentHeld                                .                .                .           .
HearingListed                                       .                .                .           .
HearingVacated                                      .                .                .           .
DirectionComplied                                   .                .                .           .
CaseManagementHearingHeld                           .                .                .           .
FurtherCaseManagementHearingHeld                    .                .                .           .
IssuesResolutionHearingHeld                         .                .                .           .
InterimOrderMade                                    .                .                .           .
InterimOrderEnded                                   .                .                .           .
ProceedingsExtended                                 .                .                .           .
FinalOrderMade                                      .                .                .           .
FinalOrderMade order=supervision                    .                .                .           .
FinalOrderMade order=supervision_order              .                .                .           .
FinalOrderMade order=care_order                     .                .                .           .
ApplicationWithdrawn                                .                .                .           .
SupervisionOrderExtended                            .                .                .           .
SupervisionOrderEnded                               .                .                .           .

                                                    stepped_down  awaiting_issue  proceedings        under_supervision
LegalPlanningMeetingRequested                       .             .               .                  .
LegalPlanningMeetingHeld                            .             =               =                  .
LegalPlanningMeetingHeld outcome=no_further_action  .             =               =                  .
LegalPlanningMeetingHeld outcome=pre_proceedings    .             =               =                  .
LetterBeforeProceedingsSent                         .             .               .                  .
FamilyGroupMeetingOffered                           =             =               =                  .
FamilyGroupMeetingHeld                              =             =               =                  .
FamilyGroupMeetingRuledOut                          =             =               =                  .
PreProceedingsMeetingHeld                           =             =               =                  .
PreProceedingsReviewHeld                            =             =               =                  .
PreProceedingsEnded                                 .             .               .                  .
PreProceedingsEnded outcome=stepped_down            .             .               .                  .
PreProceedingsEnded outcome=issue                   .             .               =                  .
TrackerReviewHeld                                   =             =               =                  =
ApplicationDocumentsFiled                           .             =               =                  =
ApplicationIssued                                   .             proceedings     .                  .
AllocationDirected                                  .             .               =                  =
FirstAppointmentHeld                                .             .               =                  =
HearingListed                                       .             .               =                  =
HearingVacated                                      .             .               =                  =
DirectionComplied                                   .             .               =                  =
CaseManagementHearingHeld                           .             .               =                  =
FurtherCaseManagementHearingHeld                    .             .               =                  =
IssuesResolutionHearingHeld                         .             .               =                  =
InterimOrderMade                                    .             .               =                  =
InterimOrderEnded                                   .             .               =                  =
ProceedingsExtended                                 .             .               =                  =
FinalOrderMade                                      .             .               concluded          .
FinalOrderMade order=supervision                    .             .               under_supervision  .
FinalOrderMade order=supervision_order              .             .               under_supervision  .
FinalOrderMade order=care_order                     .             .               concluded          .
ApplicationWithdrawn                                .             .               withdrawn          .
SupervisionOrderExtended                            .             .               .                  =
SupervisionOrderEnded                               .             .               .                  concluded

                                                    concluded  withdrawn
LegalPlanningMeetingRequested                       .          .
LegalPlanningMeetingHeld                            .          .
LegalPlanningMeetingHeld outcome=no_further_action  .          .
LegalPlanningMeetingHeld outcome=pre_proceedings    .          .
LetterBeforeProceedingsSent                         .          .
FamilyGroupMeetingOffered                           .          .
FamilyGroupMeetingHeld                              .          .
FamilyGroupMeetingRuledOut                          .          .
PreProceedingsMeetingHeld                           .          .
PreProceedingsReviewHeld                            .          .
PreProceedingsEnded                                 .          .
PreProceedingsEnded outcome=stepped_down            .          .
PreProceedingsEnded outcome=issue                   .          .
TrackerReviewHeld                                   =          =
ApplicationDocumentsFiled                           =          =
ApplicationIssued                                   .          .
AllocationDirected                                  =          =
FirstAppointmentHeld                                =          =
HearingListed                                       =          =
HearingVacated                                      =          =
DirectionComplied                                   =          =
CaseManagementHearingHeld                           =          =
FurtherCaseManagementHearingHeld                    =          =
IssuesResolutionHearingHeld                         =          =
InterimOrderMade                                    =          =
InterimOrderEnded                                   =          =
ProceedingsExtended                                 =          =
FinalOrderMade                                      .          .
FinalOrderMade order=supervision                    .          .
FinalOrderMade order=supervision_order              .          .
FinalOrderMade order=care_order                     .          .
ApplicationWithdrawn                                .          .
SupervisionOrderExtended                            .          .
SupervisionOrderEnded                               .          .
"""

EMERGENCY_PROTECTION_TABLE = """
                                   not_begun                   police_protection           emergency_protection_order
PoliceProtectionStarted            police_protection           .                           .
PoliceProtectionEnded              .                           ended                       =
EmergencyProtectionOrderMade       emergency_protection_order  emergency_protection_order  .
EmergencyProtectionOrderExtended   .                           .                           =
EmergencyProtectionOrderEnded      .                           .                           ended
ChildAssessmentOrderMade           child_assessment_order      .                           .
ChildAssessmentOrderEnded          .                           .                           .

                                   child_assessment_order  ended
PoliceProtectionStarted            .                       .
PoliceProtectionEnded              .                       =
EmergencyProtectionOrderMade       .                       emergency_protection_order
EmergencyProtectionOrderExtended   .                       .
EmergencyProtectionOrderEnded      .                       .
ChildAssessmentOrderMade           .                       .
ChildAssessmentOrderEnded          ended                   .
"""

COURT_REPORT_TABLE = """
                        not_begun  directed    reported  discharged
CourtReportDirected     directed   .           .         .
CourtReportMade         .          reported    =         .
CourtReportDischarged   .          discharged  .         .
"""

FAMILY_CONTACT_TABLE = """
                         not_begun  refused  resumed  ordered
FamilyContactRefused     refused    .        .        .
FamilyContactResumed     .          resumed  .        =
FamilyContactOrderMade   .          ordered  ordered  .
"""


class TestTabled(Tabled):
    """Every pair of state and event, and every value that decides between moves."""

    tables = (
        (PUBLIC_LAW_OUTLINE, PUBLIC_LAW_OUTLINE_TABLE),
        (EMERGENCY_PROTECTION, EMERGENCY_PROTECTION_TABLE),
        (COURT_REPORT, COURT_REPORT_TABLE),
        (FAMILY_CONTACT, FAMILY_CONTACT_TABLE),
    )
