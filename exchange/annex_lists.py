"""What the rows of Annex A's lists tell: contacts, early help assessments, referrals, assessments, and more.

Each list that is read is one function in `LISTS`; those of protection and care have modules of their own. Why the
others are not read is in `NOT_READ`.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from caseclock.exchange.annex_care import LOOKED_AFTER_CHILDREN
from caseclock.exchange.annex_entry import BORN, CHILD, TEAM, WORKER, AnnexList, Column, Dated, Entry
from caseclock.exchange.annex_protection import ENQUIRIES, PLANS
from caseclock.exchange.cells import referral_source

#: what list 3, and what list 4, does not tell: timers that wait for it are unknown, not breached
UNTOLD_OF_REFERRAL = ("ContactDecided", "ReferralDecided", "ReferrerInformed", "ReferralClosed")
UNTOLD_OF_ASSESSMENT = ("ReferralReceived", "AssessmentAllocated", "ChildSeen")
#: what each list tells that is not read, and why: the report of an import says it with the count of its rows
NOT_READ: Mapping[int, str] = {
    # CIN Start Date may be that of a referral, an assessment or a plan; Last Seen is of no episode that is told
    6: "the days a need began and ended, and not those of a referral or a plan",
    # a latest review or contact without the day care was left, from which a care leaver's timescales run
    9: "care leavers' latest dates, and not the day they left care",
    10: "decisions about adoption, which no process here keeps",
    11: "adopters, who are no child's case",
}


def _contact(entry: Entry) -> Iterator[Dated]:
    on = entry.day("on")
    episode = _episode_of_contact(entry, on)
    data = {"untold": ["ContactDecided"], "source": referral_source(entry.cells.get("source"))}
    events = (entry.event("ContactReceived", episode, on, data), *entry.telling(episode, on, data))
    yield "contact", events


def _episode_of_contact(entry: Entry, on: date) -> str:
    """Name a contact's episode. Two contacts on one day are two where they differ; the same row twice is one."""
    name = f"C-{on}"
    for number in range(2, len(entry.told) + 2):
        _, said = entry.told.get((entry.case_id, name), ("", entry.cells))
        if said == entry.cells:
            break
        name = f"C-{on}-{number}"
    return entry.episode(name)


def _early_help(entry: Entry) -> Iterator[Dated]:
    start, end = entry.start_and_end()
    episode = entry.episode(f"EH-{start}")
    events = [entry.event("EarlyHelpAssessmentStarted", episode, start, {"organisation": entry.text("by")})]
    if end is not None:
        events.append(entry.event("EarlyHelpAssessmentCompleted", episode, end))
    else:
        events.extend(entry.telling(episode, start, {}))
    yield "early_help_assessment", tuple(events)


def _referral(entry: Entry) -> Iterator[Dated]:
    on = entry.day("on")
    born_on = entry.born_on()
    data = {
        "untold": list(UNTOLD_OF_REFERRAL),
        "source": referral_source(entry.cells.get("source")),
        "nfa": entry.flag("nfa"),
        "date_of_birth": born_on.isoformat() if born_on else None,
        **entry.team(),
    }
    episode = entry.episode(f"R-{on}")
    events = (entry.event("ReferralReceived", episode, on, data), *entry.telling(episode, on, data))
    yield "referral", events


def _assessment(entry: Entry) -> Iterator[Dated]:
    """Tell an assessment. The list does not tell which referral it answers, and none is guessed."""
    start, end = entry.start_and_end()
    episode = entry.episode(f"A-{start}")
    data = {"kind": "single", "untold": list(UNTOLD_OF_ASSESSMENT), **entry.team()}
    events = [entry.event("AssessmentStarted", episode, start, data)]
    if end is not None:
        events.append(entry.event("AssessmentAuthorised", episode, end))
    else:
        events.extend(entry.telling(episode, start, data))
    yield "assessment", tuple(events)


LISTS: Mapping[int, AnnexList] = {
    1: AnnexList(
        {
            "child": CHILD,
            "born": BORN,
            "on": Column("Date of Contact", ("Contact Date",), needed=True, is_day=True),
            "source": Column("Contact Source", ("Source of Contact",)),
        },
        _contact,
    ),
    2: AnnexList(
        {
            "child": CHILD,
            "born": BORN,
            "on": Column(
                "Assessment start date",
                ("Early Help Assessment Start Date", "Start Date"),
                needed=True,
                is_day=True,
            ),
            "end": Column(
                "Assessment completion date",
                ("Early Help Assessment Completion Date", "Assessment end date", "Completion Date"),
                is_day=True,
            ),
            "by": Column("Organisation completing assessment", ("Organisation",)),
        },
        _early_help,
    ),
    3: AnnexList(
        {
            "child": CHILD,
            "born": BORN,
            "on": Column("Date of Referral", ("Referral Date",), needed=True, is_day=True),
            "source": Column("Referral Source", ("Source of Referral",)),
            "nfa": Column("Referral NFA?", ("NFA", "No Further Action", "Referral No Further Action")),
            "team": TEAM,
            "worker": WORKER,
        },
        _referral,
    ),
    4: AnnexList(
        {
            "child": CHILD,
            "born": BORN,
            "on": Column(
                "Continuous Assessment Start Date", ("Assessment Start Date",), needed=True, is_day=True
            ),
            "end": Column(
                "Continuous Assessment Date of Authorisation",
                (
                    "Continuous Assessment Authorisation Date",
                    "Assessment Authorisation Date",
                    "Date of Authorisation",
                ),
                is_day=True,
            ),
            "team": TEAM,
            "worker": WORKER,
        },
        _assessment,
    ),
    5: ENQUIRIES,
    7: PLANS,
    8: LOOKED_AFTER_CHILDREN,
}
