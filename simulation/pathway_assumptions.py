"""What a scenario assumes of diaries, plans, care and the court. Families and workers are in assumptions.py."""

from typing import Annotated

from pydantic import Field, model_validator

from caseclock.simulation.assumptions import NotNegative, Positive, Settings, Share, Weights


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
    #: share of initial conferences, and of reviews, put off when they are due to be held: parents ill, a report missing
    put_off: Share = 0.08
    reviews_put_off: Share = 0.08
    #: working days after which one put off can be held, at their median
    put_off_days: Positive = 5.0
    #: share of initial conferences that can't wait, and are held as soon as there is room
    urgent: Share = 0.08
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
    ends_at_review: list[Share] = Field(default=[0.24, 0.55, 0.50, 0.50], min_length=1)
    #: share of review conferences that ask for the next one in three months, and not six
    reviewed_sooner: Share = 0.3
    #: share of plans a month that end without a review: the family moves, the child comes into care
    ends_otherwise: Share = 0.008
    #: share of families whose children had a plan before the first that this history tells of
    had_before: Share = 0.17
    #: share of ended plans that step down to a child in need plan
    steps_down: Share = 0.6
    #: weeks between visits and between core groups that workers plan for
    visit_weeks: Positive = 2.0
    core_group_weeks: Positive = 6.0
    #: share a month of plans taken to legal planning
    to_court: Share = 0.012
    #: child in need plans: weeks between visits, and share that ends at each review
    need_visit_weeks: Positive = 4.0
    need_ends: Share = 0.45
    #: child in need plans that a year of trouble turns into an enquiry
    need_enquiries: NotNegative = 0.25


class Care(Settings):
    """Children looked after."""

    #: weight of each legal status at the start
    starts: Weights = Field(default={"section_20": 0.45, "interim_care_order": 0.33, "police_protection": 0.12,
                       "emergency_protection_order": 0.02, "care_order": 0.03, "remand": 0.05})  # fmt: skip
    #: unaccompanied children who arrive a year, for each 10,000 children
    unaccompanied_per_10000: NotNegative = 2.5
    #: share that leaves within the first months, and the mean of those in months; mean years of the others
    short_share: Share = 0.30
    short_months: Positive = 3.5
    long_years: Positive = 3.3
    #: weight of each reason of leaving for those who stay longer
    ends: Weights = Field(default={"returned_home": 0.30, "special_guardianship": 0.15, "adopted": 0.12,
                     "independent": 0.15, "transferred": 0.08, "other": 0.20})  # fmt: skip
    #: moves a year in the first year of care and later
    moves_first_year: NotNegative = 0.9
    moves_later: NotNegative = 0.35
    #: weight of each kind of placement
    kinds: Weights = Field(default={"foster": 0.68, "connected_person": 0.12, "residential": 0.10, "supported": 0.05,
                      "with_parents": 0.05})  # fmt: skip
    #: times a year a child goes missing from care
    missing: NotNegative = 0.25
    #: share placed in the authority's own area, next to it, and farther off
    area: Weights = Field(default={"own": 0.55, "adjoining": 0.25, "distant": 0.20})
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
    #: share of families whose children come into care soon after an application, by an interim order
    into_care: Share = 0.75
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
