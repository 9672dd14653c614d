"""What each public field of a timer and of a breach means, said once: for exports, the API and the SQL views."""

#: field -> a sentence; dates are Europe/London dates, instants UTC
FIELDS: dict[str, str] = {
    "timer_id": "Names the timer: made from the case, the timescale, the event that started it, and its key.",
    "authority": "The local authority whose case it is.",
    "case_id": "The child's identifier, as the authority's own system or the return has it.",
    "episode_id": "The run of a process it belongs to; unique within the case.",
    "process": "The pathway: front_door, assessment, section_47, child_protection_plan, looked_after and others.",
    "timescale": "The rule: which duty, within which limit, by which source.",
    "version": "The day from which the version of the rule took effect that was in force when the clock started.",
    "key": "The occurrence it belongs to (a conference, a placement, a review); empty where there is but one.",
    "started_on": "The day on which the event happened that started the clock.",
    "due_on": "The last day on which the duty is done in time; empty for clocks in hours and duties without a clock.",
    "due_at": "The last instant at which the duty is done in time; only for clocks in hours.",
    "standing": "Where the timer stands: running, due_soon, extended, overdue, met, recorded_late (met in time, "
    "written up late), met_late, too_early, void or unknown (the source does not tell).",
    "stopped_on": "The day on which the duty was done, or ended.",
    "recorded_on": "The day on which what stopped the clock was written up.",
    "over": "How far past the limit, in the timer's own unit; 0 where it is not.",
    "unit": "The unit in which over is counted: working_days, calendar_days or hours.",
    "basis": "What kind of source the rule rests on: act, regulation, statutory_guidance, national_guidance, "
    "statistic, court or local.",
    "source": "The source of the rule, as its pack cites it.",
    "first_due_on": "The last day before any extension; empty where there was none.",
    "not_before": "The earliest lawful day, for minimum periods and windows.",
    "reason": "Why it is void or unknown, or what moved the date; empty where nothing did.",
    "trigger_event": "The id of the event that started the clock.",
    "stop_event": "The id of the event that stopped the clock; empty while it runs.",
    "calendar": "Which calendar of bank holidays judged it, and how many announcements it knew of.",
    "breach_id": "Names the breach: made from the timer and the day or instant it ran out on.",
    "breach": "What became of the breach: open, closed (done late) or withdrawn. How it was answered is apart.",
    "fell_on": "The first day on which it was in breach.",
    "raised_at": "When a sweep raised the breach; empty where none has yet.",
    "cause": "Why it was withdrawn: recorded_late, rescheduled, void or retracted; empty where it was not.",
    "raised_event": "The id of the event that raised it last; empty where none had.",
    "answer": "How the breach was answered: unanswered, explained, exempted, escalated or reopened.",
    "reason_code": "The reason given, by its code; empty where none was.",
    "answer_text": "The explanation, in the words of whoever gave it.",
    "escalated_to": "To whom it was escalated; empty where it was not.",
    "answered_by": "Who answered it last.",
    "answered_on": "The day of the last answer.",
    "back_dated": "Whether the last answer is dated before the day it was written down.",
    "review_on": "The day on which the explanation is to be looked at again.",
    "team": "The team the case is allocated to; empty where it was not told.",
    "worker": "The worker the case is allocated to; empty where it was not told.",
    "family": "The sibling group the case belongs to; empty where it was not told.",
    "date_of_birth": "The child's date of birth; empty where it was not told.",
    "events": "How many events the case's log holds.",
    "open_episodes": "How many of the case's episodes go on.",
    "over_at_stop": "How far past the limit it was when it ended, in its own unit; 0 where it was not, or still runs.",
    "fell_at": "The instant at which it became a breach.",
    "closed_on": "The day on which the duty was done after all; empty while the breach is open.",
}


def meaning(name: str) -> str:
    """Say what a field means; raises KeyError for one that was never explained."""
    return FIELDS[name]
