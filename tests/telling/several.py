"""Somebody's way through answering for several breaches at once, as their browser sends it."""

import re
from collections.abc import Sequence
from html import unescape

from desk_told import app_of, token_for
from httpx2 import Response
from starlette.testclient import TestClient

from caseclock.workflow.answers import Answered, answered

TEXT = "The whole team was flooded out of its office for a fortnight."
CASES = ("T-1", "T-2", "T-3")


def breaches_of(browser: TestClient, *case_ids: str, authority: str = "thurrock") -> list[str]:
    """The breaches of these cases' assessments."""
    with app_of(browser).state.desk.store.snapshot() as unit:
        return [
            one.breach_id
            for case_id in case_ids
            for one in unit.breaches(authority, case_id)
            if one.timescale == "assessment.single.45wd"
        ]


def given(browser: TestClient, case_id: str) -> Answered:
    (breach_id,) = breaches_of(browser, case_id)
    with app_of(browser).state.desk.store.snapshot() as unit:
        return answered(unit.events("thurrock", case_id), breach_id)


def carried(page: Response) -> list[tuple[str, str]]:
    """What the page's own form carries hidden, and the boxes that are ticked in it."""
    main = page.text[page.text.index('id="main-content"') :]
    form = re.search(r'<form method="post" action="/answers.*?</form>', main, re.DOTALL)
    assert form, main
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    ticked = re.findall(r'name="(breach)" type="checkbox" value="([^"]*)" checked', form[0])
    return [(unescape(name), unescape(value)) for name, value in [*hidden, *ticked]]


class Journey:
    """One person's way through answering for several."""

    def __init__(self, browser: TestClient, breach_ids: Sequence[str], kind: str = "explain") -> None:
        self.browser = browser
        self.kind = kind
        token = token_for(browser)
        self.page: Response = browser.post("/answers", data={"csrf_token": token, "breach": list(breach_ids)})

    def send(self, address: str = "", **filled: str) -> Response:
        told: dict[str, list[str]] = {}
        for name, value in carried(self.page):
            told.setdefault(name, []).append(value)
        told |= {name: [value] for name, value in filled.items()}
        self.page = self.browser.post(address or f"/answers/{self.kind}", data=told)
        return self.page

    def to_check(self) -> Response:
        self.send("/answers", kind=self.kind)
        if self.kind == "escalate":
            self.send(to="head of service")
        else:
            self.send(reason_code="workload" if self.kind == "explain" else "child_interest")
        self.send(text=TEXT)
        return self.send(action="New office found")


def heading(page: Response) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found[1]).strip()
