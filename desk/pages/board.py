"""The board: how the service does, each figure with what it was counted of, how it is rated and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from caseclock.desk.asking import is_now, question_of
from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import desk_of
from caseclock.desk.pages.told import duty_words, past_query
from caseclock.desk.reading.counting import counting_of
from caseclock.desk.reading.figures import Figures, Share, last_months, month_end
from caseclock.desk.reading.rating import Rag, Rating, rating
from caseclock.desk.refusals import Unfit
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page, person_of
from caseclock.desk.scores import counted_of, recording_words, value_words
from caseclock.indicators.charts import Series, bars, lines
from caseclock.indicators.recording import GROUP
from caseclock.indicators.scorecard import SMALL, Line

router = APIRouter()

#: teams and timescales listed
LISTED = 15
COLOURS = {Rag.RED: "red", Rag.AMBER: "yellow", Rag.GREEN: "green", Rag.NONE: "grey"}
_FEWER = f"Fewer than {SMALL}"


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """An indicator in words."""

    line: Line
    value: str
    counted: str
    recording: str
    rating: Rating
    colour: str


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One month under a chart."""

    month: str
    share: str
    of: str
    fell: str


@page(router, "GET", "/board", may=Permission.READ)
def board(request: Request) -> Response:
    desk, person, question = desk_of(request), person_of(request), question_of(request)
    population, outside = _population(request), request.query_params.get("share") == "1"
    now = desk.now()
    teams = person.teams()
    found = counting_of(desk).figures(person.authority, question, now, population, teams)
    with desk.store.snapshot() as unit:
        rules = desk.engine.setting(unit, person.authority).rulebook
    did(desk, person, Deed.LISTED, subject="/board")
    practice, recording = (
        trend(found, found.practice, outside=outside),
        trend(found, found.recording, outside=outside),
    )
    return show(
        request,
        "pages/board.html",
        question=question,
        found=found,
        groups=[
            (name, list(group))
            for name, group in groupby(
                score_lines(found, outside=outside), key=lambda one: one.line.indicator.group
            )
            if name != GROUP
        ],
        recorded=[one for one in score_lines(found, outside=outside) if one.line.indicator.group == GROUP],
        practice=practice,
        recording=recording,
        practice_chart=Markup(practice_chart(found, outside=outside)),  # noqa: S704  # drawn and escaped by charts.py
        breaches_chart=Markup(breaches_chart(found, outside=outside)),  # noqa: S704
        by_team=listed(found.by_team, found.team_breaches, outside=outside),
        by_timescale=[
            (duty_words(rules, name), name, *rest)
            for name, *rest in listed(found.by_timescale, found.timescale_breaches, outside=outside)
        ],
        this_quarter=said(last_months(found.practice, 3), outside=outside),
        this_year=said(last_months(found.practice, 12), outside=outside),
        fell_this_month=small(found.fell[found.as_at.replace(day=1)], outside=outside),
        is_now=is_now(question, now),
        teams=sorted(teams) if teams is not None else None,
        outside=outside,
        population=population,
        small=SMALL,
        past_query=past_query(request),
    )


def _population(request: Request) -> int | None:
    text = request.query_params.get("population", "").replace(",", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:12]) < 100_000_000 and len(text) < 10):
        raise Unfit(
            "The number of children must be a whole number. Go back and correct it.", field="population"
        )
    return int(text)


def score_lines(found: Figures, *, outside: bool) -> list[ScoreLine]:
    """Put indicators into words; what leaves the authority has no small numbers."""
    lines_ = []
    for line in found.lines:
        hidden = outside and line.small
        rated = (
            Rating(Rag.NONE, "The numbers are too small to be given outside the authority.")
            if hidden
            else rating(line)
        )
        lines_.append(
            ScoreLine(
                line,
                "Not given" if hidden else value_words(line),
                f"{_FEWER} counted" if hidden else counted_of(line),
                "" if hidden else recording_words(line),
                rated,
                COLOURS[rated.rag],
            )
        )
    return lines_


def trend(found: Figures, shares: Mapping[date, Share], *, outside: bool) -> list[TrendRow]:
    """Put the months of a trend into words, newest last."""
    return [
        TrendRow(
            f"{month:%B %Y}" + (" so far" if found.as_at < month_end(month) else ""),
            share_words(share, outside=outside),
            of_words(share, outside=outside),
            small(found.fell[month], outside=outside),
        )
        for month, share in sorted(shares.items())
    ]


def share_words(share: Share, *, outside: bool) -> str:
    """Write a share; none where nothing was done, or too little to be told outside."""
    if share.percent is None:
        return "None done"
    return "Not given" if outside and _is_small(share) else f"{share.percent:.0f}%"


def of_words(share: Share, *, outside: bool) -> str:
    """Say what a share was counted of: 16 of 19."""
    return _FEWER if outside and _is_small(share) else f"{share.numerator:,} of {share.denominator:,}"


def _is_small(share: Share) -> bool:
    late = share.denominator - share.numerator
    return 0 < share.denominator < SMALL or 0 < share.numerator < SMALL or 0 < late < SMALL


def small(count: int, *, outside: bool) -> str:
    """Write a count; of one to four, where it leaves the authority, only that it is small."""
    return _FEWER if outside and 0 < count < SMALL else f"{count:,}"


def said(share: Share, *, outside: bool) -> tuple[str, str]:
    """Give a share and what it was counted of."""
    return share_words(share, outside=outside), of_words(share, outside=outside)


def practice_chart(found: Figures, *, outside: bool) -> str:
    """Draw what was done in time, month by month, beside what was written up in time."""
    months = sorted(found.practice)

    def values(shares: Mapping[date, Share]) -> list[float | None]:
        return [None if outside and _is_small(shares[month]) else shares[month].percent for month in months]

    year = last_months(found.practice, 12)
    message = (
        f"Over the twelve months {share_words(year, outside=outside)} of the duties done were done in time, "
        f"{of_words(year, outside=outside)}. The table below gives every month."
    )
    series = [Series("Done in time", values(found.practice))]
    if any(share.denominator for share in found.recording.values()):
        series.append(Series("Written up", values(found.recording)))
    title = "Duties done in time, by the month in which they were done"
    labels = [f"{month:%b}\n{month:%y}" for month in months]
    return lines("practice", title, message, labels, series, unit="%", top=100)


def breaches_chart(found: Figures, *, outside: bool) -> str:
    """Draw how many breaches fell in each month."""
    months = sorted(found.practice)
    values = [
        None if outside and 0 < found.fell[month] < SMALL else float(found.fell[month]) for month in months
    ]
    total = sum(found.fell.values())
    message = f"{total:,} breaches fell in the twelve months. The table below gives every month."
    labels = [f"{month:%b}\n{month:%y}" for month in months]
    return bars("breaches", "Breaches, by the month in which they fell", message, labels, values)


def listed(
    shares: Mapping[str, Share],
    breaches: Mapping[str, int],
    *,
    outside: bool,
) -> list[tuple[Any, ...]]:
    """List groups with most breaches first: name, share, what it was counted of, breaches."""
    names = {*shares, *breaches}
    order = sorted(names, key=lambda name: (-breaches.get(name, 0), name))[:LISTED]
    return [
        (
            name,
            share_words(shares.get(name, Share()), outside=outside),
            of_words(shares.get(name, Share()), outside=outside),
            small(breaches.get(name, 0), outside=outside),
        )
        for name in order
    ]
