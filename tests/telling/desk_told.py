"""A desk to test against: two authorities with like cases, a person of each role, a clock that is set."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from starlette.testclient import TestClient
from story import Told, instant

from caseclock.desk.roles import Grant, Person, Role
from caseclock.desk.settings import DeskSettings
from caseclock.store.protocol import Quarantined
from caseclock.workflow.engine import Engine

#: Wednesday 20 May 2026, half past ten in London
MORNING = datetime(2026, 5, 20, 9, 30, tzinfo=UTC)

#: an assessment authorised that its case does not have: held back, and it can be corrected
WAITS = Quarantined(
    quarantine_id="Q-waits",
    authority="thurrock",
    case_id="T-1",
    file="lines.jsonl",
    row="line 7",
    column=None,
    value=None,
    reason="Can't record AssessmentAuthorised of 2026-02-03 on case T-1, episode A-77: the episode has not begun.",
    content={
        "events": [
            {
                "event_id": "x-1",
                "type": "AssessmentAuthorised",
                "authority": "thurrock",
                "case_id": "T-1",
                "episode_id": "A-77",
                "occurred_at": "2026-02-03",
                "recorded_at": "2026-02-04T09:00:00Z",
                "by": "sw.001",
                "data": {"outcome": "child_in_need"},
            }
        ]
    },
    kept_at=instant("2026-05-20 10:00"),
)


class Clock:
    """Tells the time it was set to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def later(self, **length: float) -> None:
        self.at += timedelta(**length)


def person(name: str, role: Role, authority: str = "thurrock", *teams: str) -> Person:
    return Person(name, f"{name.title()} Example", authority, (Grant(role, frozenset(teams)),))


PEOPLE = (
    person("viewer", Role.VIEWER),
    person("worker", Role.WORKER),
    person("manager", Role.MANAGER),
    person("compliance", Role.COMPLIANCE),
    person("administrator", Role.ADMINISTRATOR),
    person("north.worker", Role.WORKER, "thurrock", "North"),
    person("named", Role.WORKER),
    person("camden", Role.COMPLIANCE, "camden"),
)


def settings_for(url: str, clock: Callable[[], datetime]) -> DeskSettings:
    """A demonstration on loopback, with one person of each role."""
    return DeskSettings(db=url, now=clock, secure_cookies=False, demonstration=True, demo_people=PEOPLE)


def tell_cases(engine: Engine) -> None:
    """Fill both authorities with the same kinds of cases."""
    for authority, mark in (("thurrock", "T"), ("camden", "K")):
        for number, team in enumerate(("North", "South", "North"), start=1):
            told = Told(engine, authority, f"{mark}-{number}")
            told.happened(
                "ReferralReceived", "2025-11-14", "R-1", source="school", team=team, worker=f"sw.00{number}"
            )
            told.happened("ReferralDecided", "2025-11-17", "R-1", outcome="assessment")
            told.assessment("2025-11-17")
            if number == 2:
                told.authorised("2026-01-22")
        Told(engine, authority, f"{mark}-9").referral("2026-05-18", decided="not yet")
    Told(engine).swept("2026-05-20 06:00")
    for authority in ("thurrock", "camden"):
        engine.keep(
            [
                Quarantined(
                    quarantine_id=f"Q-{authority}",
                    authority=authority,
                    case_id=f"{authority[0].upper()}-1",
                    file="census.xml",
                    row="child 2, line 40",
                    column="CINreferralDate",
                    value="31/02/2026",
                    reason="CINreferralDate is '31/02/2026', which is no date. Correct it.",
                    content={},
                    kept_at=instant("2026-05-20 09:00"),
                )
            ]
        )


def csrf(page: str) -> str:
    """The token of a page's first form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "the page has no form"
    return found[1]


def sign_in_as(who: str) -> str:
    """What the sign-in form calls one of the people."""
    return next(f"{one.authority}/{one.name}" for one in PEOPLE if one.name == who)


def sign_in(browser: TestClient, who: str, there: str = "/help") -> TestClient:
    """Sign in to a demonstration as one of its people."""
    page = browser.get("/sign-in", params={"next": there}, follow_redirects=True)
    answer = browser.post(
        "/sign-in", data={"csrf_token": csrf(page.text), "person": sign_in_as(who), "next": there}
    )
    assert (303, there) == (answer.status_code, answer.headers["location"]), answer.text
    return browser


def token_for(browser: TestClient) -> str:
    """The token of a form of the session."""
    return csrf(browser.get("/session").text)


def app_of(browser: TestClient) -> FastAPI:
    app = browser.app
    assert isinstance(app, FastAPI)
    return app
