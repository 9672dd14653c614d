"""Missing, privately fostered, leaving care, away for long: where every event leads, or that it is refused."""

from move_tables import Tabled

from caseclock.processes.leaving_care import LEAVING_CARE
from caseclock.processes.long_stay import LONG_STAY
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


class TestTabled(Tabled):
    """Every pair of state and event, and every value that decides between moves."""

    tables = (
        (MISSING, MISSING_TABLE),
        (PRIVATE_FOSTERING, PRIVATE_FOSTERING_TABLE),
        (LEAVING_CARE, LEAVING_CARE_TABLE),
        (LONG_STAY, LONG_STAY_TABLE),
    )
