"""The front door: from a contact, or straight from a referral, to a decision on what happens next."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

_UNDER_WAY = ("awaiting_decision", "decided", "not_taken_further")

FRONT_DOOR = Process(
    name="front_door",
    title="Contact and referral",
    version="1",
    words=(
        "A contact is looked at by the multi-agency hub; some become referrals. A referral is decided within one "
        "working day. The case it opens stays open until it is closed."
    ),
    states=(
        State("contact_received", "a contact waits to be looked at"),
        State("awaiting_referral", "the contact is to become a referral"),
        State("contact_closed", "the contact needed no referral", final=True),
        State("awaiting_decision", "a referral waits for a decision"),
        State("decided", "the referral was taken further; the case is open"),
        State("not_taken_further", "the referral needed nothing further", final=True),
        State("closed", "the case is closed", final=True),
    ),
    moves=(
        Move("ContactReceived", when=(NOT_BEGUN,), to="contact_received"),
        Move(
            "ContactDecided",
            when=("contact_received",),
            to="awaiting_referral",
            if_={"outcome": ("referral",)},
        ),
        Move(
            "ContactDecided",
            when=("contact_received",),
            to="contact_closed",
            if_={"outcome": ("no_further_action", "advice", "early_help")},
        ),
        Move(
            "ReferralReceived",
            when=(NOT_BEGUN, "awaiting_referral"),
            to="awaiting_decision",
        ),
        Move(
            "ReferralDecided",
            when=("awaiting_decision",),
            to="decided",
            if_={"outcome": ("assessment", "strategy_discussion")},
        ),
        Move(
            "ReferralDecided",
            when=("awaiting_decision",),
            to="not_taken_further",
            if_={"outcome": ("no_further_action", "early_help")},
        ),
        Move("ReferrerInformed", when=("contact_closed", *_UNDER_WAY, "closed")),
        Move("ReferralClosed", when=_UNDER_WAY, to="closed"),
    ),
    fields={
        "ContactReceived": (Field("source"),),
        "ContactDecided": (
            Field("outcome", ("no_further_action", "advice", "early_help", "referral"), required=True),
        ),
        "ReferralReceived": (Field("source"), Field("date_of_birth", is_date=True)),
        "ReferralDecided": (
            Field(
                "outcome",
                ("no_further_action", "early_help", "assessment", "strategy_discussion"),
                required=True,
            ),
        ),
        "ReferralClosed": (Field("reason"),),
    },
)
