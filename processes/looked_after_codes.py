"""The words of a period of care for the codes of the SSDA903 return, and what the return tells at all.

Codes are those of the code sets in the Department for Education's guide to the children looked-after return (SSDA903),
legal status, placement type, placement provider and reason episode ceased; older returns use a few of them only.
"""

from collections.abc import Mapping

#: legal status (LS) -> the word of LEGAL_STATUSES; packs accept the codes too
LEGAL_STATUS: Mapping[str, str] = {
    "C1": "interim_care_order",
    "C2": "care_order",
    "D1": "freeing_order",
    "E1": "placement_order",
    "V2": "section_20",
    "V3": "short_break_single",
    "V4": "short_break_series",
    "L1": "police_protection",
    "L2": "emergency_protection_order",
    "L3": "child_assessment_order",
    "J1": "remand",
    "J2": "police_detention",
    "J3": "youth_rehabilitation_order",
}

#: placement type (PLACE) -> the word of PLACEMENT_KINDS
PLACEMENT_KIND: Mapping[str, str] = {
    "U1": "connected_person",  # relatives or friends, long term
    "U2": "fostering_for_adoption",  # relatives or friends who are approved adopters too
    "U3": "connected_person",  # relatives or friends, neither
    "U4": "foster",  # other foster carers, long term
    "U5": "fostering_for_adoption",  # other foster carers who are approved adopters too
    "U6": "foster",  # other foster carers, neither
    "A3": "adoption",  # with consent, the current carers
    "A4": "adoption",  # with consent, others
    "A5": "adoption",  # with a placement order, the current carers
    "A6": "adoption",  # with a placement order, others
    "P1": "with_parents",
    "P2": "independent",
    "P3": "other",  # residential employment
    "H5": "supported",  # semi-independent, not under the children's homes regulations
    "K1": "secure",
    "K2": "residential",  # a children's home
    "K3": "supported",  # registered supported accommodation
    "R1": "residential",  # a residential care home
    "R2": "hospital",
    "R3": "family_centre",
    "R5": "youth_detention",  # a young offender institution
    "S1": "residential_school",
    "Z1": "other",
}

#: placement type of a temporary move, during which the placement stays as it was -> kind of TemporaryMoveStarted
TEMPORARY_MOVE: Mapping[str, str] = {
    "T0": "",  # all kinds, in returns that tell no more
    "T1": "hospital",
    "T2": "",  # the child on holiday: no number of days is set
    "T3": "carer_holiday",
    "T4": "other",  # seven days or less
}

#: placement provider (PLACE_PROVIDER) -> PlacementStarted's provider
PROVIDER: Mapping[str, str] = {
    "PR0": "parents",
    "PR1": "own",
    "PR2": "other_authority",
    "PR3": "other_public",
    "PR4": "private",
    "PR5": "voluntary",
}

#: reason episode ceased (REC) -> PeriodOfCareEnded's reason; X1 ends an episode and not the period
END_REASON: Mapping[str, str] = {
    "E2": "died",
    "E3": "taken_over",  # by another authority
    "E4A": "returned_home",  # as planned
    "E4B": "returned_home",  # not as planned
    "E5": "independent",  # with support
    "E6": "independent",  # without
    "E7": "adult_services",
    "E8": "other",
    "E9": "custody",
    "E11": "adopted",
    "E12": "adopted",
    "E13": "left_to_family",  # parents or relatives without parental responsibility
    "E14": "remand_ended",
    "E15": "found_adult",  # by an age assessment
    "E16": "moved_abroad",
    "E17": "stayed_on",  # with the carers, at eighteen
    "E41": "child_arrangements_order",
    "E43": "special_guardianship",
    "E44": "special_guardianship",
    "E45": "special_guardianship",
    "E46": "special_guardianship",
    "E47": "special_guardianship",
    "E48": "special_guardianship",
}

#: events of a period of care that the return tells; an importer names all others as untold
TOLD_BY_RETURN = frozenset(
    {
        "PeriodOfCareStarted",
        "LegalStatusChanged",
        "PlacementStarted",
        "PlacementEnded",
        "TemporaryMoveStarted",
        "TemporaryMoveEnded",
        "ReviewHeld",
        "PeriodOfCareEnded",
    }
)

_LONG_TERM = ("U1", "U4")
_SHORT_BREAKS = ("V3", "V4")
_IN_CARE = ("C1", "C2")
#: where a child in care lives under arrangements that others answer for
_OTHERS_ARRANGE = ("R2", "R5")


def placement_told(place: str, legal_status: str, provider: str = "") -> dict[str, str] | None:
    """Give what PlacementStarted tells, from the codes of an episode; None for a temporary move.

    A placement in a series of short breaks is a short break wherever it is. An unknown code is kept as it is, and
    counts as an ordinary placement.

    >>> placement_told("U4", "C2", "PR1")
    {'kind': 'foster', 'provider': 'own', 'long_term': 'true'}
    >>> placement_told("U6", "V4")
    {'kind': 'short_break'}
    """
    if place in TEMPORARY_MOVE:
        return None
    kind = "short_break" if legal_status in _SHORT_BREAKS else PLACEMENT_KIND.get(place, place)
    told = {"kind": kind}
    if provider in PROVIDER:
        told["provider"] = PROVIDER[provider]
    if place in _LONG_TERM and kind != "short_break":
        told["long_term"] = "true"
    if place in _OTHERS_ARRANGE and legal_status in _IN_CARE:
        told["arranged_by"] = "others"
    return told
