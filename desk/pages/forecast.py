"""The forecast: what is likely to run out, from what experience that was told, and on what day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import desk_of
from caseclock.desk.pages.told import duty_words
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page, person_of
from caseclock.desk.words import short_day
from caseclock.indicators.charts import Series, lines
from caseclock.store.forecasts import FEWEST_ALIKE, KeptForecast, kept_forecast
from caseclock.timers.when import london_date

router = APIRouter()

#: timers whose end must be known for a forecast to tell much
ENOUGH = 50
#: days after which a forecast is said to be old
OLD_AFTER = 2


@page(router, "GET", "/forecast", may=Permission.READ)
def forecast_page(request: Request) -> Response:
    person, desk = person_of(request), desk_of(request)
    today = london_date(desk.now())
    with desk.store.snapshot() as unit:
        found = kept_forecast(unit.connection, person.authority)
        rules = desk.engine.setting(unit, person.authority).rulebook
    did(desk, person, Deed.LISTED, subject="/forecast")
    ours = person.teams()
    expected: Mapping[str, Any] = {} if found is None else found.expected
    teams = expected.get("by_team", ())
    return show(
        request,
        "pages/forecast.html",
        found=found,
        told=expected.get("told"),
        fewest_alike=FEWEST_ALIKE,
        whole=expected.get("expected"),
        weeks=[{**one, "day": date.fromisoformat(one["name"])} for one in expected.get("by_week", ())],
        teams=[one for one in teams if ours is None or one["name"] in ours],
        timescales=[
            {**one, "duty": duty_words(rules, one["name"])}
            for one in sorted(expected.get("by_timescale", ()), key=lambda one: -one["expected"])
        ],
        chart=None if found is None or len(expected["by_week"]) < 2 else chart(found),
        is_thin=found is not None and found.timers_known < ENOUGH,
        days_old=0 if found is None else (today - found.as_at).days,
        is_old=found is not None and (today - found.as_at).days > OLD_AFTER,
        enough=ENOUGH,
    )


def chart(found: KeptForecast) -> Markup:
    """Draw what is expected week by week; all text in it is escaped there."""
    weeks = found.expected["by_week"]
    most = max(weeks, key=lambda one: one["expected"])
    of = short_day(date.fromisoformat(most["name"]))
    return Markup(  # noqa: S704
        lines(
            "expected",
            "Timers expected to run out, by week",
            f"The most are expected in the week of {of}: about {most['expected']:.0f}. "
            "The band is the interval of each week.",
            [f"{date.fromisoformat(one['name']):%-d %b}" for one in weeks],
            [
                Series(
                    "expected",
                    [one["expected"] for one in weeks],
                    [float(one["low"]) for one in weeks],
                    [float(one["high"]) for one in weeks],
                )
            ],
        )
    )
