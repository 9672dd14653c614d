"""Papers: decisions, minutes and records, typed and sent at a desk that does what is due soonest first."""

from functools import partial

from caseclock.simulation.world.days import DAY
from caseclock.simulation.world.ground import Ground
from caseclock.simulation.world.telling import Case

#: working days by which papers are due where no timescale says so
_MINUTES, _DECISIONS, _RECORD, _SENT = 20, 1, 15, 20
#: working days a chair takes to hand over what is to be typed
_DRAFTED = 3


def send_conference_papers(
    ground: Ground, episodes: list[tuple[Case, str]], conference: str, day: int
) -> None:
    """Send the decisions of a conference, and later its minutes."""
    days = ground.days
    decisions = days.after(day, _DECISIONS)
    due = ground.last_day("local.cp.minutes.20wd", day)
    if due is None:
        due = ground.last_day("cp.conference.minutes.20wd", day)
    minutes = due if due is not None else days.after(day, _MINUTES)

    def sent(event_type: str, moment: int) -> None:
        for case, episode in episodes:
            ground.tell(case, event_type, episode, moment, "conference.office", conference_id=conference)

    ground.papers.put(decisions, partial(sent, "ConferenceDecisionsSent"))
    ground.at(
        days.after(day, _DRAFTED),
        partial(ground.papers.put, minutes, partial(sent, "ConferenceMinutesSent")),
    )


def send_review_papers(ground: Ground, case: Case, episode: str, review: str, day: int) -> None:
    """Issue the decisions of a review of a child looked after, complete its record and distribute it."""
    days = ground.days

    def due(timescale: str, otherwise: int) -> int:
        last = ground.last_day(timescale, day)
        return days.after(day, otherwise) if last is None else last

    def done(event_type: str, then: object, moment: int) -> None:
        ground.tell(case, event_type, episode, moment, "reviewing.officer", review_id=review)
        if callable(then):
            then(moment // DAY)

    def put(event_type: str, last: int, then: object, on: int) -> None:
        ground.at(days.after(on, 1), partial(ground.papers.put, last, partial(done, event_type, then)))

    distribute = partial(put, "ReviewRecordDistributed", due("cla.review.distribute.20wd", _SENT), None)
    record = partial(put, "ReviewRecordCompleted", due("cla.review.record.15wd", _RECORD), distribute)
    put("ReviewDecisionsIssued", due("cla.review.decisions.5wd", 5), record, day)
