"""What a scenario assumes of families, outcomes and workers: one group of settings each.

Every number here is of the made-up service. What the law asks (limits, countings) is never here: it comes from the
packs. Shares lie between 0 and 1; weights need not add up to anything.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Weights = dict[str, NotNegative]


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _some_weight(name: str, weights: list[float] | dict[str, float]) -> None:
    values = weights.values() if isinstance(weights, dict) else weights
    if not any(values):
        raise ValueError(
            f"{name} are all 0, so nothing could ever be chosen; give at least one a positive weight"
        )


class Demand(Settings):
    """Who comes, how often, from where."""

    #: children referred a year for each 10,000 living there, those referred again among them
    referrals_per_10000: Positive = 540.0
    #: children contacts are about, for each child referred
    contacts_per_referral: Annotated[float, Field(ge=1)] = 2.9
    #: change of demand a year, 0.03 for three in a hundred more
    growth: Annotated[float, Field(gt=-1)] = 0.0
    #: weight of each month, January first
    by_month: Annotated[list[NotNegative], Field(min_length=12, max_length=12)] = [
        1.02, 0.98, 1.07, 0.92, 1.10, 1.08, 1.02, 0.83, 1.03, 1.03, 1.09, 0.83,
    ]  # fmt: skip
    #: weight of each day of the week, Monday first
    by_weekday: Annotated[list[NotNegative], Field(min_length=7, max_length=7)] = [
        1.15, 1.1, 1.1, 1.1, 1.15, 0.22, 0.18,
    ]  # fmt: skip
    sources: Weights = {
        "police": 0.29, "school": 0.20, "health": 0.15, "local_authority": 0.14, "individual": 0.08,
        "other_legal": 0.04, "education": 0.02, "housing": 0.01, "anonymous": 0.02, "other": 0.05,
    }  # fmt: skip
    #: weight of families with one, two, ... children
    children: Annotated[list[NotNegative], Field(min_length=1, max_length=12)] = [
        0.50,
        0.28,
        0.13,
        0.06,
        0.03,
    ]
    #: weight of children under 1, 1 to 4, 5 to 9, 10 to 15, 16 to 17
    ages: Annotated[list[NotNegative], Field(min_length=5, max_length=5)] = [0.09, 0.19, 0.26, 0.35, 0.11]
    #: share of families that come again at some time after their case was closed
    return_share: Annotated[float, Field(ge=0, lt=1)] = 0.40
    #: mean months from closing to coming again
    return_months: Positive = 9.0

    @model_validator(mode="after")
    def _can_choose(self) -> "Demand":
        for name in ("by_month", "by_weekday", "sources", "children", "ages"):
            _some_weight(name, getattr(self, name))
        return self


class Outcomes(Settings):
    """What comes of a referral, an assessment, an enquiry, a conference."""

    #: a referral: no_further_action, early_help, assessment or strategy_discussion
    referral: Weights = {"no_further_action": 0.075, "assessment": 0.775, "strategy_discussion": 0.15}
    #: share of families under assessment for which a strategy discussion is called meanwhile
    strategy_in_assessment: Share = 0.27
    #: share of strategy discussions that initiate an enquiry
    initiates: Share = 0.88
    #: share of enquiries in which children come into care at once
    emergency: Share = 0.07
    #: share of enquiries that lead to a conference
    conference: Share = 0.34
    #: share of initial conferences that make a plan
    plan: Share = 0.87
    #: an assessment whose family is on no plan: no_further_action, early_help, child_in_need or looked_after
    assessment: Weights = {
        "no_further_action": 0.45, "early_help": 0.24, "child_in_need": 0.24, "looked_after": 0.07,
    }  # fmt: skip
    #: assessments of open cases a year, for each family on a child in need or child protection plan
    reassessments: NotNegative = 0.7
    #: weight of each category of abuse
    categories: Weights = {
        "neglect": 0.48,
        "emotional": 0.38,
        "physical": 0.08,
        "sexual": 0.04,
        "multiple": 0.02,
    }

    @model_validator(mode="after")
    def _known_outcomes(self) -> "Outcomes":
        for name, known in (
            ("referral", {"no_further_action", "early_help", "assessment", "strategy_discussion"}),
            ("assessment", {"no_further_action", "early_help", "child_in_need", "looked_after"}),
        ):
            weights = getattr(self, name)
            _some_weight(name, weights)
            if unknown := sorted(set(weights) - known):
                raise ValueError(f"{name} knows no {unknown[0]!r}; known are {', '.join(sorted(known))}")
        _some_weight("categories", self.categories)
        return self


class Work(Settings):
    """Hours a piece of work takes, travel and writing up included."""

    #: hours of an assessment of one child, at its median; how much it spreads; for each further child of the family
    assessment: Positive = 13.0
    assessment_spread: NotNegative = 0.7
    each_sibling: NotNegative = 0.3
    #: most hours a worker gives one assessment on one day
    assessment_a_day: Positive = 4.0
    #: working days until what was asked of schools, doctors and others is in hand: its median and spread
    replies: Positive = 9.0
    replies_spread: NotNegative = 1.1
    #: working days before the last day at which a worker stops waiting, and writes with what there is
    waits_until: NotNegative = 9.0
    #: share of assessments that can't be written without what others know, however long it takes: weeks, at the median
    waits_on: Share = 0.0
    #: share of assessments that a first look settles
    brief: Share = 0.28
    #: share of hours by which a worker stays longer on a day when something is due by tomorrow
    overtime: Share = 0.15
    #: working days before the last day from which a task counts as due soon
    soon: Annotated[int, Field(ge=0)] = 6
    #: working days before the last day at which supervisors look at what is still open, and the share they push then
    pushed: NotNegative = 4.0
    pushes: Share = 0.85
    #: share of a day's hours that goes to tasks not due soon; the rest goes to what no case asks for
    early_effort: Annotated[float, Field(gt=0, le=1)] = 0.8
    enquiry: Positive = 9.0
    #: working days until the police, doctors and others have told what an enquiry needs: median and spread
    enquiry_replies: Positive = 4.0
    enquiry_replies_spread: NotNegative = 0.7
    conference: Positive = 6.0
    visit: Positive = 2.5
    core_group: Positive = 2.5
    review_conference: Positive = 4.0
    need_review: Positive = 2.0
    care_visit: Positive = 3.0
    care_review: Positive = 4.0
    care_plan: Positive = 5.0
    court_statement: Positive = 14.0
    #: hours a week of other work for each family on a plan, each child in care
    each_week: NotNegative = 0.5


class Staffing(Settings):
    """How much of the workers' time there is."""

    #: hours a full-time worker has for cases on a day at work
    hours_a_day: Positive = 5.0
    #: share of posts that stand empty
    vacancies: Annotated[float, Field(ge=0, lt=1)] = 0.08
    #: share of working days lost to sickness, and the mean length of a spell in working days
    absence: Annotated[float, Field(ge=0, lt=1)] = 0.035
    absence_days: Positive = 6.0
    #: working days of leave and training a year
    leave_days: Annotated[float, Field(ge=0, le=150)] = 35.0
    #: families a full-time worker may hold before nothing more is allocated to them
    most_families: Positive = 18.0
    #: assessments a full-time supervisor can read and authorise on a day
    authorised_a_day: Positive = 6.0
    #: contacts a screener looks at, and referrals a manager of the hub decides, on a day
    contacts_a_day: Positive = 22.0
    decisions_a_day: Positive = 18.0


class Team(Settings):
    """Workers who share one list of unallocated families."""

    #: assessment, protection (child protection and child in need plans) or care (children looked after)
    does: Annotated[str, Field(pattern="^(assessment|protection|care)$")]
    #: posts, full-time equivalent
    workers: Positive
    supervisors: Positive = 1.0


class Hub(Settings):
    """The front door: those who look at contacts and decide on referrals, full-time equivalent."""

    screeners: Positive = 4.0
    managers: Positive = 2.0
    #: share of referrals on which other agencies are asked before they are decided, and the mean working days of that
    asks: Share = 0.12
    asks_days: Positive = 1.2
