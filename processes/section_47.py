"""From a strategy discussion, through a section 47 enquiry, to an initial child protection conference."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

_ENQUIRING = ("initiated", "under_enquiry", "awaiting_conference")
_BEFORE_CONFERENCE = ("discussed", *_ENQUIRING, "transferring_in")
_WITH_CONFERENCE = ("awaiting_conference", "conference_held")
#: a visit known only to the day may be written behind what concluded the enquiry on that day
_VISITED = (*_BEFORE_CONFERENCE, "no_conference", "conference_held")

SECTION_47 = Process(
    name="section_47",
    title="Section 47 enquiry and initial conference",
    version="1",
    words=(
        "Agencies discuss a child who may be suffering significant harm. One of their discussions may initiate an "
        "enquiry under section 47 of the Children Act 1989; where its concerns are borne out, an initial child "
        "protection conference is held. A child on a plan elsewhere who moves here for good has a transfer-in "
        "conference, with no enquiry before it."
    ),
    states=(
        State("discussed", "a strategy discussion was held that initiated no enquiry", final=True),
        State("initiated", "a strategy discussion has initiated an enquiry, which is yet to start"),
        State("under_enquiry", "the enquiry is under way"),
        State("awaiting_conference", "a conference is to be held, or to go on"),
        State("no_conference", "the enquiry was concluded without a conference", final=True),
        State("transferring_in", "another authority has told of a child on a plan who moves here for good"),
        State("conference_held", "the initial conference has been held", final=True),
        State("cancelled", "the enquiry was stopped before it was concluded", final=True),
    ),
    moves=(
        Move(
            "StrategyDiscussionHeld",
            when=(NOT_BEGUN, "discussed"),
            to="initiated",
            if_={"initiates_section_47": ("true",)},
        ),
        Move(
            "StrategyDiscussionHeld",
            when=(NOT_BEGUN,),
            to="discussed",
            if_={"initiates_section_47": ("false",)},
        ),
        Move("StrategyDiscussionHeld", when=("discussed", *_ENQUIRING)),
        Move("Section47Started", when=(NOT_BEGUN, "discussed", "initiated"), to="under_enquiry"),
        Move("TransferInNotified", when=(NOT_BEGUN,), to="transferring_in"),
        Move("ChildSeen", when=_VISITED),
        Move("VisitAttempted", when=_VISITED),
        Move("BirthExpected", when=_BEFORE_CONFERENCE),
        Move("ChildBorn", when=_BEFORE_CONFERENCE),
        Move(
            "Section47Concluded",
            when=(*_ENQUIRING, "no_conference"),
            to="awaiting_conference",
            if_={"outcome": ("conference",)},
        ),
        Move("Section47Concluded", when=_ENQUIRING, to="no_conference", if_={"outcome": ("no_conference",)}),
        # the outcome may be authorised on paper once the conference has sat
        Move("Section47Concluded", when=("conference_held",), if_={"outcome": ("conference",)}),
        Move("ConferenceRequested", when=(*_ENQUIRING, "transferring_in")),
        Move("ConferenceAppointed", when=(*_ENQUIRING, "transferring_in")),
        Move("ConferenceReportShared", when=(*_ENQUIRING, "transferring_in", "conference_held")),
        Move(
            "InitialConferenceHeld",
            when=(NOT_BEGUN, *_BEFORE_CONFERENCE, "no_conference"),
            to="awaiting_conference",
            if_={"outcome": ("adjourned",)},
        ),
        Move(
            "InitialConferenceHeld",
            when=(NOT_BEGUN, *_BEFORE_CONFERENCE, "no_conference"),
            to="conference_held",
            if_={"outcome": ("plan", "no_plan", "")},
        ),
        Move("ConferenceDecisionsSent", when=_WITH_CONFERENCE),
        Move("ConferenceMinutesSent", when=_WITH_CONFERENCE),
        Move("Section47Cancelled", when=_BEFORE_CONFERENCE, to="cancelled"),
    ),
    fields={
        "StrategyDiscussionHeld": (
            Field("initiates_section_47", ("true", "false"), required=True),
            Field("kind", ("telephone", "meeting", "")),
            Field("follows"),
        ),
        "Section47Started": (Field("follows"),),
        "TransferInNotified": (Field("from_authority"), Field("follows")),
        "ChildSeen": (Field("alone", ("true", "false", "")),),
        "BirthExpected": (Field("expected_on", required=True, is_date=True),),
        "ChildBorn": (Field("date_of_birth", is_date=True),),
        "Section47Concluded": (Field("outcome", ("conference", "no_conference"), required=True),),
        "ConferenceAppointed": (
            Field("conference_id", required=True),
            Field("appointed_for", required=True, is_date=True),
        ),
        "ConferenceReportShared": (Field("conference_id", required=True),),
        "InitialConferenceHeld": (
            Field("conference_id"),
            Field("outcome", ("plan", "no_plan", "adjourned", "")),
            Field("follows"),
        ),
        "ConferenceDecisionsSent": (Field("conference_id", required=True),),
        "ConferenceMinutesSent": (Field("conference_id", required=True),),
        "Section47Cancelled": (Field("reason"),),
    },
)
