"""The indicators, one entry each: what is counted, of what, and who says that it is counted so."""

from dataclasses import dataclass

from caseclock.indicators.care import (
    adopted,
    days_to_adopters,
    in_own_area,
    left_care_adopted,
    looked_after,
    missing_from_placement,
    same_placement,
    three_placements,
)
from caseclock.indicators.counting import (
    Count,
    all_in_time,
    each,
    in_time,
    open_at_end,
    rereferred,
    second_plans,
)


@dataclass(frozen=True, slots=True)
class Indicator:
    id: str
    #: group and name as the published scorecard has them, by which comparators are found
    group: str
    name: str
    #: percent (of the denominator), rate (per 10,000 children of the population), count, or days (on average)
    unit: str
    numerator: str
    #: what it is counted of; empty for a count
    denominator: str
    source: str
    count: Count
    #: what counts and what does not, where the numerator and the denominator leave it open
    definition: str = ""
    #: a rate of what happened in the period, told for a whole year however long the period is
    a_year: bool = False
    #: things that were to be done in time: late practice and late recording are told apart
    timely: bool = False
    #: target share of a local standard, in percent
    wanted_percent: int | None = None


_CHILDREN = "children aged 0 to 17 in the area"
_CIN = "Department for Education, children in need statistics, methodology"
_CLA = "Department for Education, children looked after statistics"
_ADOPTION = "Department for Education, adoption scorecards"
_NOT_SEEN = "; definition from knowledge, not checked against the text"
_NO_SHORT_BREAKS = "Children in short breaks and planned admissions are left out."
_CONTACTS, _CARE, _PROTECTION = "contacts and referrals", "looked after children", "child protection"

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="contacts.rate",
        group=_CONTACTS,
        name="rate of contacts",
        unit="rate",
        numerator="contacts received in the period",
        denominator=_CHILDREN,
        source="Annex A, list 1",
        count=each("ContactReceived"),
        a_year=True,
    ),
    Indicator(
        id="referrals.rate",
        group=_CONTACTS,
        name="rate of referrals",
        unit="rate",
        numerator="referrals received in the period",
        denominator=_CHILDREN,
        source=f"{_CIN}, table C1",
        count=each("ReferralReceived"),
        definition="New information on an open case is no referral.",
        a_year=True,
    ),
    Indicator(
        id="referrals.again",
        group=_CONTACTS,
        name="re-referrals within 12 months",
        unit="percent",
        numerator="referrals within twelve months of the child's previous one",
        denominator="referrals received in the period",
        source=f"{_CIN}, table C1",
        count=rereferred,
        definition="The corresponding date twelve months on is still within. Each referral is held against the one "
        "before it, whenever that was received.",
    ),
    Indicator(
        id="assessments.rate",
        group=_CONTACTS,
        name="rate of assessments",
        unit="rate",
        numerator="assessments authorised in the period",
        denominator=_CHILDREN,
        source=f"{_CIN}, table C2",
        count=each("AssessmentAuthorised"),
        a_year=True,
    ),
    Indicator(
        id="assessments.in_time",
        group=_CONTACTS,
        name="assessments completed within 45 working days",
        unit="percent",
        numerator="assessments authorised within 45 working days of their start",
        denominator="assessments authorised in the period",
        source=f"{_CIN}, table C2",
        count=in_time("assessment.stat.duration"),
        definition="From the assessment's own start, which is day 0, and not from the referral, as the duty does. "
        "Single assessments only. One cancelled or still open is in neither number.",
        timely=True,
    ),
    Indicator(
        id="conferences.in_time",
        group=_PROTECTION,
        name="initial conferences within 15 working days",
        unit="percent",
        numerator="initial conferences within 15 working days of the actual start of the section 47 enquiry",
        denominator="initial conferences held in the period, after an enquiry whose start is told",
        source=f"{_CIN}, table C4",
        count=in_time("cp.icpc.stat"),
        definition="From the enquiry's actual start, which is day 0, and not from the strategy discussion, as the duty "
        "does. A conference not yet held is in neither number.",
        timely=True,
    ),
    Indicator(
        id="plans.rate",
        group=_PROTECTION,
        name="rate of children on a child protection plan",
        unit="rate",
        numerator="children on a plan at the end of the period",
        denominator=_CHILDREN,
        source=f"{_CIN}, table D1",
        count=open_at_end("child_protection_plan"),
        definition="A plan that ended on the last day is over.",
    ),
    Indicator(
        id="plans.reviews_in_time",
        group=_PROTECTION,
        name="child protection reviews within timescale",
        unit="percent",
        numerator="plans all of whose reviews were in time",
        denominator="plans open at the end of the period for three months or more",
        source=f"{_CIN}, table D6",
        count=all_in_time("child_protection_plan", "cp.review.stat", open_for_months=3),
        definition="The first within three months of the initial conference, each later one within six of the one "
        "before. One overdue on the last day makes the plan late. Three and six months are calendar months, or 91 and "
        "183 days where that policy is asked for; open for three months is by the calendar under either. Plans whose "
        "source does not tell every review are in neither number.",
        timely=True,
    ),
    Indicator(
        id="plans.again",
        group=_PROTECTION,
        name="second or subsequent child protection plan",
        unit="percent",
        numerator="plans of a child who had one before, ever",
        denominator="plans begun in the period",
        source=f"{_CIN}, table D3",
        count=second_plans,
        definition="An earlier plan known only from the return's number of earlier plans counts.",
    ),
    Indicator(
        id="looked_after.rate",
        group=_CARE,
        name="rate of children looked after",
        unit="rate",
        numerator="children looked after at the end of the period",
        denominator=_CHILDREN,
        source=f"{_CLA}{_NOT_SEEN}",
        count=looked_after,
        definition=f"{_NO_SHORT_BREAKS} One who left on the last day has left.",
    ),
    Indicator(
        id="looked_after.reviews_in_time",
        group=_CARE,
        name="reviews within timescale",
        unit="percent",
        numerator="reviews held within their limit",
        denominator="reviews held in the period whose limit is known",
        source="Care Planning, Placement and Case Review (England) Regulations 2010 (SI 2010/959), regs 33 and 48; "
        "Adoption Agencies Regulations 2005 (SI 2005/389), reg 36",
        count=in_time(
            "cla.review.first.20wd",
            "cla.review.second.3m",
            "cla.review.next.6m",
            "cla.shortbreak.review",
            "adoption.review.unplaced.3m",
            "adoption.review.placed.4w",
            "adoption.review.placed.3m",
            "adoption.review.placed.6m",
        ),
        definition="Reviews of children with an adoption agency and in short breaks by their own limits. Months are "
        "calendar months, or 91 and 183 days where that policy is asked for. One not yet held is in neither number.",
        timely=True,
    ),
    Indicator(
        id="looked_after.missing",
        group=_CARE,
        name="instances of children missing from placement",
        unit="count",
        numerator="times in the period that a looked-after child went missing",
        denominator="",
        source=f"{_CLA}{_NOT_SEEN}",
        count=missing_from_placement,
        definition="Each time counts. Away from placement without authorisation is not missing.",
    ),
    Indicator(
        id="looked_after.three_placements",
        group=_CARE,
        name="three or more placements in the year",
        unit="percent",
        numerator="children with three or more placements in the period",
        denominator="children looked after at the end of the period",
        source=f"{_CLA}; formerly national indicator 62{_NOT_SEEN}",
        count=three_placements,
        definition=f"{_NO_SHORT_BREAKS} The placement in which the period found the child is the first; those of an "
        "earlier period of care count; a temporary move is no placement.",
    ),
    Indicator(
        id="looked_after.same_placement",
        group=_CARE,
        name="same placement for two years or more",
        unit="percent",
        numerator="children in the same placement for two years or more",
        denominator="children under 16 looked after at the end of the period, for two and a half years or more",
        source=f"{_CLA}; formerly national indicator 63{_NOT_SEEN}",
        count=same_placement,
        definition=f"{_NO_SHORT_BREAKS} A placement for adoption is taken together with the one before it. Children of "
        "whom it is not told when they were born, came into care or were placed are left out where that decides it.",
    ),
    Indicator(
        id="looked_after.in_own_area",
        group=_CARE,
        name="placements in borough",
        unit="percent",
        numerator="children placed in the authority's own area",
        denominator="children looked after at the end of the period whose placement's area is told",
        source=f"{_CLA}{_NOT_SEEN}",
        count=in_own_area,
        definition=_NO_SHORT_BREAKS,
    ),
    Indicator(
        id="looked_after.adopted",
        group="adoption",
        name="children leaving care who are adopted",
        unit="percent",
        numerator="children who left care by adoption",
        denominator="children who left care in the period, for a reason that is told",
        source=f"{_CLA}{_NOT_SEEN}",
        count=left_care_adopted,
        definition=f"{_NO_SHORT_BREAKS} A child who left more than once is counted once, by the last time.",
    ),
    Indicator(
        id="adoption.children",
        group="adoption",
        name="children adopted",
        unit="count",
        numerator="children who left care by adoption in the period",
        denominator="",
        source=f"{_CLA}{_NOT_SEEN}",
        count=adopted,
    ),
    Indicator(
        id="adoption.days",
        group="adoption",
        name="days from entering care to moving in with adoptive family",
        unit="days",
        numerator="days from coming into care to moving in with adopters",
        denominator="children adopted in the period of whom both days are told",
        source=f"{_ADOPTION}, indicator A1{_NOT_SEEN}",
        count=days_to_adopters,
        definition="To the placement for adoption that led to the order. Not adjusted for children adopted by the "
        "foster carers with whom they lived before.",
    ),
)
