"""The indicators, one entry each: what is counted, of what, and who says that it is counted so."""

from dataclasses import dataclass

from caseclock.indicators.counting import (
    Count,
    all_in_time,
    each,
    in_time,
    left_care_adopted,
    open_at_end,
    rereferred,
    second_plans,
    three_placements,
)


@dataclass(frozen=True, slots=True)
class Indicator:
    id: str
    #: group and name as the published scorecard has them, by which comparators are found
    group: str
    name: str
    #: percent (of the denominator) or rate (per 10,000 children of the population)
    unit: str
    numerator: str
    denominator: str
    source: str
    count: Count


_CHILDREN = "children aged 0 to 17 in the area"
_CIN = "Department for Education, children in need statistics, methodology"
_CLA = "Department for Education, children looked after statistics, methodology"

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "contacts.rate",
        "contacts and referrals",
        "rate of contacts",
        "rate",
        "contacts received in the period",
        _CHILDREN,
        "Annex A, list 1",
        each("ContactReceived"),
    ),
    Indicator(
        "referrals.rate",
        "contacts and referrals",
        "rate of referrals",
        "rate",
        "referrals received in the period",
        _CHILDREN,
        f"{_CIN}, table C1",
        each("ReferralReceived"),
    ),
    Indicator(
        "referrals.again",
        "contacts and referrals",
        "re-referrals within 12 months",
        "percent",
        "referrals within twelve months of the child's previous one",
        "referrals received in the period",
        f"{_CIN}, table C1",
        rereferred,
    ),
    Indicator(
        "assessments.rate",
        "contacts and referrals",
        "rate of assessments",
        "rate",
        "assessments authorised in the period",
        _CHILDREN,
        f"{_CIN}, table C2",
        each("AssessmentAuthorised"),
    ),
    Indicator(
        "assessments.in_time",
        "contacts and referrals",
        "assessments completed within 45 working days",
        "percent",
        "assessments authorised within 45 working days of their start",
        "assessments authorised in the period",
        f"{_CIN}, table C2: from the assessment's own start, not from the referral",
        in_time("assessment.stat.duration"),
    ),
    Indicator(
        "conferences.in_time",
        "child protection",
        "initial conferences within 15 working days",
        "percent",
        "initial conferences within 15 working days of the actual start of the section 47 enquiry",
        "initial conferences held in the period",
        f"{_CIN}, table C4: from the enquiry's actual start, not from the strategy discussion",
        in_time("cp.icpc.stat"),
    ),
    Indicator(
        "plans.rate",
        "child protection",
        "rate of children on a child protection plan",
        "rate",
        "children on a plan at the end of the period",
        _CHILDREN,
        f"{_CIN}, table D1",
        open_at_end("child_protection_plan"),
    ),
    Indicator(
        "plans.reviews_in_time",
        "child protection",
        "child protection reviews within timescale",
        "percent",
        "plans all of whose reviews were in time",
        "plans open at the end of the period for three months or more",
        f"{_CIN}, table D6; days or months by the named policy",
        all_in_time("child_protection_plan", "cp.review.first.3m", "cp.review.next.6m", open_for_months=3),
    ),
    Indicator(
        "plans.again",
        "child protection",
        "second or subsequent child protection plan",
        "percent",
        "plans of a child who had one before, ever",
        "plans begun in the period",
        f"{_CIN}, table D3",
        second_plans,
    ),
    Indicator(
        "looked_after.rate",
        "looked after children",
        "rate of children looked after",
        "rate",
        "children looked after at the end of the period",
        _CHILDREN,
        _CLA,
        open_at_end("looked_after"),
    ),
    Indicator(
        "looked_after.reviews_in_time",
        "looked after children",
        "reviews within timescale",
        "percent",
        "reviews held within their limit",
        "reviews held in the period whose limit is known",
        "SI 2010/959 reg 33; days or months by the named policy",
        in_time("cla.review.first.20wd", "cla.review.second.3m", "cla.review.next.6m"),
    ),
    Indicator(
        "looked_after.three_placements",
        "looked after children",
        "three or more placements in the year",
        "percent",
        "children with three or more placements in the period",
        "children looked after at the end of the period",
        _CLA,
        three_placements,
    ),
    Indicator(
        "looked_after.adopted",
        "adoption",
        "children leaving care who are adopted",
        "percent",
        "periods of care that ended in adoption",
        "periods of care that ended in the period",
        _CLA,
        left_care_adopted,
    ),
)
