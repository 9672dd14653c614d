"""Somebody at a browser: what they open, what keeps them out of it, what it looks like."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk_told import sign_in_as
from playwright.sync_api import Page, ViewportSize, expect
from screenshots import take

WIDE: ViewportSize = {"width": 1100, "height": 900}
#: the width at which nothing may have to be moved sideways
NARROW: ViewportSize = {"width": 320, "height": 640}
AXE = Path(__file__).parents[1] / "desk" / "browser" / "axe" / "axe.min.js"
#: the conformance the pages are made to, and what is good practice beyond it
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


#: what hostile and careless systems have named cases
HOSTILE, LONG = '<script>alert("x")</script>', "C" * 70


@dataclass
class Visitor:
    """Somebody at a browser: what they open, and what went wrong on the way."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def sign_in(self, who: str, there: str = "/help") -> Page:
        self.open(f"/sign-in?next={there}")
        self.page.locator(f'input[value="{sign_in_as(who)}"]').check()
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()
        return self.page

    def barriers(self) -> list[str]:
        """What axe finds wrong with the page as it stands, each with where."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(told => told.violations)",
            RULES,
        )
        return [
            f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
            for one in found
            for node in one["nodes"]
        ]

    def spills(self) -> int:
        """Pixels by which the page is wider than the window."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return max(0, wide)

    def wrong(self) -> list[str]:
        """What keeps anybody out of the page as it stands: what axe finds, and what spills out of a narrow window."""
        found = self.barriers()
        self.page.set_viewport_size(NARROW)
        if spilt := self.spills():
            found.append(f"{spilt} pixels too wide for a narrow window")
        self.page.set_viewport_size(WIDE)
        return found

    def shot(self, name: str) -> None:
        """Keep a picture of the page in the documentation, where that is asked for."""
        if os.environ.get("CASECLOCK_SCREENSHOTS"):
            take(self.page, name)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus; whatever has it on the way must be in sight, and marked."""
    wanted = page.locator(selector).first
    for _ in range(80):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
                const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
                const label = one.labels && one.labels[0] ? getComputedStyle(one.labels[0], '::before') : null;
                const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none'
                    || (label && label.boxShadow !== 'none');
                return one === document.body || (marked && box.bottom > 0 && box.top < innerHeight);
            }"""
        )
        assert seen, f"the focus is not to be seen: {page.evaluate('document.activeElement.outerHTML')}"
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{selector} can't be reached by Tab on {page.url}")
