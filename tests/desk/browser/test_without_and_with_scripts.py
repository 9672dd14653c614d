"""Everything is done without scripts; with them, a session that is about to end says so, and pages are light."""

import re

import pytest
from desk_told import Clock, sign_in_as
from playwright.sync_api import Browser, expect
from visiting import WIDE, Visitor

pytestmark = pytest.mark.slow


def test_a_breach_is_answered_without_scripts(chromium: Browser, desk: str) -> None:
    context = chromium.new_context(viewport=WIDE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk}/sign-in?next=/cases/T-1")
    page.locator(f'input[value="{sign_in_as("compliance")}"]').check()
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("row").filter(has_text="Conclude the assessment").get_by_role("link", name="See").click()
    page.get_by_label("Explain it").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What happened?").fill("Without scripts, and all the same.")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Record the answer").click()
    expect(page.get_by_role("status")).to_contain_text("The explanation is recorded")
    page.goto(f"{desk}/queue?standing=overdue&sort=-due")
    expect(page.get_by_role("heading", level=1)).to_contain_text("timers")
    expect(page.get_by_role("button", name="Print this page")).to_have_count(0)
    context.close()


def test_a_session_that_is_about_to_end_says_so_in_time(visitor: Visitor, clock: Clock) -> None:
    page = visitor.page
    page.clock.install(time=clock())
    visitor.sign_in("worker", "/help")
    notice = page.locator(".desk-ending")
    expect(notice).to_be_hidden()
    page.clock.fast_forward("24:30")
    expect(notice).to_be_hidden()
    page.clock.fast_forward("01:00")
    expect(notice).to_have_text(re.compile(r"Your session ends in 5 minutes\. Stay signed in"))
    assert [] == visitor.barriers()

    clock.later(minutes=25, seconds=30)
    notice.get_by_role("link", name="Stay signed in").click()
    expect(page.get_by_role("heading", name="Your session")).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    clock.later(minutes=29)
    visitor.open("/health")
    expect(page.get_by_role("heading", name="Health of the service")).to_be_visible()
    page.clock.fast_forward("31:00")
    expect(page.locator(".desk-ending")).to_contain_text("Your session has ended")


def test_a_page_with_a_stylesheet_a_script_and_an_icon_is_light(visitor: Visitor) -> None:
    """What goes over the wire for a first page, and for the next: under 300 kB, and nothing again but the page."""
    wire: dict[str, int] = {}
    visitor.page.on(
        "requestfinished",
        lambda request: wire.update({request.url: request.sizes()["responseBodySize"]}),
    )
    visitor.sign_in("compliance", "/queue")
    first = sum(wire.values())
    wire.clear()
    visitor.open("/breaches")
    again = {url for url in wire if "/static/" in url and wire[url] > 0}

    assert 0 < first < 300_000
    assert set() == again
