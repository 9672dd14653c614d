"""A period of care: where every event leads from every state, or that it is refused."""

import pytest
from move_tables import deciding, rows

from caseclock.processes.looked_after import LOOKED_AFTER
from caseclock.processes.machine import drive

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

CASES = [pytest.param(*row, id=f"{row[1]} {row[2] or ''} in {row[0]}") for row in rows(TABLE)]


@pytest.mark.parametrize(("state", "event", "data", "leads_to"), CASES)
def test_an_event_leads_where_the_table_says(
    state: str, event: str, data: dict[str, str], leads_to: str | None
) -> None:
    assert leads_to == LOOKED_AFTER.next_state(state, event, data)
    assert leads_to == drive(LOOKED_AFTER, state, event, data)


def test_the_table_leaves_no_state_event_or_deciding_value_out() -> None:
    told = {(state, event, tuple(data.values())) for state, event, data, _ in rows(TABLE)}

    assert set() == deciding(LOOKED_AFTER) - told
    assert len(told) == len(list(rows(TABLE)))
    assert {event for _, event, _ in told} == set(LOOKED_AFTER.events)
