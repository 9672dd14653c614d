"""Every state, every event, every kind of data: where it leads, or that it is refused."""

from move_tables import Tabled

from caseclock.processes.assessment import ASSESSMENT
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


class TestTabled(Tabled):
    """Every pair of state and event, and every value that decides between moves."""

    tables = (
        (FRONT_DOOR, FRONT_DOOR_TABLE),
        (ASSESSMENT, ASSESSMENT_TABLE),
    )
