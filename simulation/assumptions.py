"""What a scenario assumes of families, workers, diaries and outcomes: one group of settings each.

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
    return_share: Annotated[float, Field(ge=0, lt=1)] = 0.33
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
    referral: Weights = {"no_further_action": 0.075, "assessment": 0.795, "strategy_discussion": 0.13}
    #: share of families under assessment for which a strategy discussion is called meanwhile
    strategy_in_assessment: Share = 0.20
    #: share of strategy discussions that initiate an enquiry
    initiates: Share = 0.88
    #: share of enquiries that lead to a conference
    conference: Share = 0.34
    #: share of initial conferences that make a plan
    plan: Share = 0.87
    #: an assessment whose family is on no plan: no_further_action, early_help, child_in_need or looked_after
    assessment: Weights = {
        "no_further_action": 0.42, "early_help": 0.23, "child_in_need": 0.32, "looked_after": 0.03,
    }  # fmt: skip
    #: assessments of open cases a year, for each child on a child in need plan
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
    assessment_spread: NotNegative = 0.55
    each_sibling: NotNegative = 0.3
    #: most hours a worker gives one assessment on one day
    assessment_a_day: Positive = 4.0
    #: working days until what was asked of schools, doctors and others is in hand: its median and spread
    replies: Positive = 10.0
    replies_spread: NotNegative = 0.9
    #: share of hours by which a worker stays longer on a day when something is due by tomorrow
    overtime: Share = 0.15
    #: working days before the last day from which a task counts as due soon
    soon: Annotated[int, Field(ge=0)] = 6
    #: share of a day's hours that goes to tasks not due soon; the rest goes to what no case asks for
    early_effort: Annotated[float, Field(gt=0, le=1)] = 0.8
    enquiry: Positive = 9.0
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


class Diaries(Settings):
    """What has to be booked: chairs of conferences, reviewing officers, the court."""

    #: initial and review conferences that can be held in a week
    conferences_a_week: Positive = 12.0
    #: reviews of children looked after that can be held in a week
    reviews_a_week: Positive = 24.0
    #: hearings the court lists in a week for this authority
    hearings_a_week: Positive = 6.0
    #: working days before the last lawful day by which an initial conference is aimed at
    conference_margin: Annotated[int, Field(ge=0)] = 2
    #: working days before the last lawful day by which reviews are booked
    review_margin: Annotated[int, Field(ge=0)] = 5
    #: share of meetings put off within days of being held: parents ill, a report missing
    put_off: Share = 0.05
    #: minutes, decisions and records that can be typed and sent on a working day
    papers_a_day: Positive = 14.0


class Recording(Settings):
    """How soon what happened is written up."""

    #: share written up on the day itself, and within a few working days after; the rest later
    same_day: Share = 0.72
    few_days: Share = 0.23
    #: mean working days of the few, and of the rest
    few_mean: Positive = 2.0
    late_mean: Positive = 11.0

    @model_validator(mode="after")
    def _shares(self) -> "Recording":
        if self.same_day + self.few_days > 1:
            raise ValueError("same_day and few_days are more than 1 together; lower one of them")
        return self


class Plans(Settings):
    """Child protection and child in need plans."""

    #: share of plans that a review conference ends, by which review it is; the last holds for later ones
    ends_at_review: Annotated[list[Share], Field(min_length=1)] = [0.24, 0.55, 0.50, 0.50]
    #: share of plans a month that end without a review: the family moves, the child comes into care
    ends_otherwise: Share = 0.008
    #: share of ended plans that step down to a child in need plan
    steps_down: Share = 0.7
    #: weeks between visits and between core groups that workers plan for
    visit_weeks: Positive = 2.0
    core_group_weeks: Positive = 6.0
    #: share a month of plans taken to legal planning
    to_court: Share = 0.010
    #: child in need plans: weeks between visits, and share that ends at each review
    need_visit_weeks: Positive = 4.0
    need_ends: Share = 0.45
    #: child in need plans that a year of trouble turns into an enquiry
    need_enquiries: NotNegative = 0.25


class Care(Settings):
    """Children looked after."""

    #: weight of each legal status at the start
    starts: Weights = {"section_20": 0.45, "interim_care_order": 0.33, "police_protection": 0.12,
                       "emergency_protection_order": 0.02, "care_order": 0.03, "remand": 0.05}  # fmt: skip
    #: unaccompanied children who arrive a year, for each 10,000 children
    unaccompanied_per_10000: NotNegative = 1.8
    #: share that leaves within the first months, and the mean of those in months; mean years of the others
    short_share: Share = 0.35
    short_months: Positive = 3.5
    long_years: Positive = 3.3
    #: weight of each reason of leaving for those who stay longer
    ends: Weights = {"returned_home": 0.30, "special_guardianship": 0.15, "adopted": 0.12, "independent": 0.15,
                     "transferred": 0.08, "other": 0.20}  # fmt: skip
    #: moves a year in the first year of care and later
    moves_first_year: NotNegative = 0.9
    moves_later: NotNegative = 0.35
    #: weight of each kind of placement
    kinds: Weights = {"foster": 0.68, "connected_person": 0.12, "residential": 0.10, "supported": 0.05,
                      "with_parents": 0.05}  # fmt: skip
    #: times a year a child goes missing from care
    missing: NotNegative = 0.25
    #: share placed in the authority's own area, next to it, and farther off
    area: Weights = {"own": 0.55, "adjoining": 0.25, "distant": 0.20}
    #: weeks between visits that workers plan for
    visit_weeks: Positive = 6.0
    #: working days until the health service has room for an initial assessment: median and spread
    health: Positive = 14.0
    health_spread: NotNegative = 0.6


class Court(Settings):
    """Work before proceedings and the court."""

    #: share of legal planning meetings that go to court at once, and of pre-proceedings that end there
    at_once: Share = 0.35
    issues: Share = 0.50
    #: weeks of pre-proceedings at their median
    pre_proceedings_weeks: Positive = 15.0
    #: weeks from application to the last order that the court would need if it had room
    weeks: Positive = 26.0
    weeks_spread: NotNegative = 0.35


class Caseload(Settings):
    """What the service begins the warm-up with."""

    protection_plans: Annotated[int, Field(ge=0)] = 0
    need_plans: Annotated[int, Field(ge=0)] = 0
    looked_after: Annotated[int, Field(ge=0)] = 0


class Forgetting(Settings):
    """What slips through apart from too little time: share of duties that nobody puts into a diary."""

    visits: Share = 0.005
    papers: Share = 0.02
    health: Share = 0.02
