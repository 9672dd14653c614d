"""A period of care: where every event leads from every state, or that it is refused."""

from move_tables import Tabled

from caseclock.processes.looked_after import LOOKED_AFTER

TABLE = """
                                          not_begun           planned             not_admitted
AdmissionPlanned                          planned             .                   .
AdmissionWithdrawn                        .                   not_admitted        .
NationalTransferReferred                  planned             .                   .
NationalTransferEnded                     .                   =                   .
NationalTransferEnded outcome=transferred .                   =                   .
NationalTransferEnded outcome=withdrawn   .                   not_admitted        .
PeriodOfCareStarted                       awaiting_placement  awaiting_placement  .
LegalStatusChanged                        .                   .                   .
ReviewingOfficerAppointed                 .                   =                   .
PlacementStarted                          .                   .                   .
PlacementEnded                            .                   .                   .
PlacementLengthDecided                    .                   .                   .
PlacementAssessed                         .                   .                   .
PlacementNoticeGiven                      .                   =                   .
PlacementEndNoticeGiven                   .                   .                   .
OutOfAreaPlacementApproved                .                   =                   .
OutOfAreaStepsTaken                       .                   .                   .
KeyStage4MoveApproved                     .                   =                   .
TemporaryMoveStarted                      .                   .                   .
TemporaryMoveEnded                        .                   .                   .
CarePlanPrepared                          .                   =                   .
CarePlanChanged                           .                   .                   .
PlacementPlanPrepared                     .                   =                   .
PermanencePlanAgreed                      .                   .                   .
HealthAssessmentCompleted                 .                   =                   .
DentalCheckCompleted                      .                   .                   .
EducationPlanDrafted                      .                   .                   .
EducationPlanCompleted                    .                   .                   .
EducationPlanReviewed                     .                   .                   .
DesignatedTeacherTold                     .                   =                   .
ChildSeen                                 .                   .                   .
VisitAttempted                            .                   .                   .
HomeNoticeReceived                        .                   .                   .
ReviewArranged                            .                   .                   .
ReviewPapersSent                          .                   .                   .
ReviewHeld                                .                   .                   .
ReviewDecisionsIssued                     .                   .                   .
ReviewDecisionsAnswered                   .                   .                   .
ReviewRecordCompleted                     .                   .                   .
ReviewRecordDistributed                   .                   .                   .
ReviewDisputeRaised                       .                   .                   .
ReviewDisputeResolved                     .                   .                   .
SecureAccommodationStarted                .                   .                   .
SecureOrderMade                           .                   .                   .
SecureReviewHeld                          .                   .                   .
SecureAccommodationEnded                  .                   .                   .
CeasingApproved                           .                   .                   .
PeriodOfCareEnded                         .                   .                   .
DetentionStarted                          .                   .                   .
DetentionEnded                            .                   .                   .

                                          awaiting_placement  placed  ended
AdmissionPlanned                          .                   .       .
AdmissionWithdrawn                        .                   .       .
NationalTransferReferred                  =                   =       .
NationalTransferEnded                     =                   =       =
NationalTransferEnded outcome=transferred =                   =       =
NationalTransferEnded outcome=withdrawn   =                   =       =
PeriodOfCareStarted                       .                   .       .
LegalStatusChanged                        =                   =       .
ReviewingOfficerAppointed                 =                   =       =
PlacementStarted                          placed              =       .
PlacementEnded                            .                   =       =
PlacementLengthDecided                    .                   =       =
PlacementAssessed                         .                   =       =
PlacementNoticeGiven                      =                   =       =
PlacementEndNoticeGiven                   =                   =       =
OutOfAreaPlacementApproved                =                   =       =
OutOfAreaStepsTaken                       =                   =       =
KeyStage4MoveApproved                     =                   =       =
TemporaryMoveStarted                      .                   =       .
TemporaryMoveEnded                        .                   =       =
CarePlanPrepared                          =                   =       =
CarePlanChanged                           =                   =       =
PlacementPlanPrepared                     =                   =       =
PermanencePlanAgreed                      =                   =       =
HealthAssessmentCompleted                 =                   =       =
DentalCheckCompleted                      =                   =       =
EducationPlanDrafted                      =                   =       =
EducationPlanCompleted                    =                   =       =
EducationPlanReviewed                     =                   =       =
DesignatedTeacherTold                     =                   =       =
ChildSeen                                 =                   =       =
VisitAttempted                            =                   =       =
HomeNoticeReceived                        =                   =       =
ReviewArranged                            =                   =       .
ReviewPapersSent                          =                   =       =
ReviewHeld                                =                   =       =
ReviewDecisionsIssued                     =                   =       =
ReviewDecisionsAnswered                   =                   =       =
ReviewRecordCompleted                     =                   =       =
ReviewRecordDistributed                   =                   =       =
ReviewDisputeRaised                       =                   =       =
ReviewDisputeResolved                     =                   =       =
SecureAccommodationStarted                =                   =       .
SecureOrderMade                           =                   =       =
SecureReviewHeld                          =                   =       =
SecureAccommodationEnded                  =                   =       =
CeasingApproved                           =                   =       =
PeriodOfCareEnded                         ended               ended   .
DetentionStarted                          .                   .       =
DetentionEnded                            .                   .       =
"""


class TestTabled(Tabled):
    """Every pair of state and event, and every value that decides between moves."""

    tables = ((LOOKED_AFTER, TABLE),)
