"""Whole mornings at the desk in a real browser: an officer's, a manager's, and a viewer's, who may look only."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest
from desk_told import sign_in_as
from playwright.sync_api import Page, expect
from visiting import Visitor, tab_to

pytestmark = pytest.mark.slow


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def to_breach(visitor: Visitor, case_id: str) -> Page:
    """Go from the list of breaches to that of a case's assessment."""
    page = visitor.open(f"/cases/{case_id}")
    row = page.get_by_role("row").filter(has_text="Conclude the assessment")
    row.get_by_role("link", name="See").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Conclude the assessment")
    return page


def explain(page: Page, text: str) -> None:
    """Explain a breach from its page to the confirmation."""
    page.get_by_label("Explain it").check()
    press(page, "Continue")
    page.get_by_role("radio").first.check()
    press(page, "Continue")
    page.get_by_label("What happened?").fill(text)
    press(page, "Continue")
    page.get_by_label("Who follows it up").fill("mgr.khan")
    press(page, "Continue")
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    press(page, "Record the answer")


def test_an_officers_whole_morning(visitor: Visitor, tmp_path: Path) -> None:
    """Sign in, filter the queue, open a case, ask why, explain and escalate, see it on the board, export, print."""
    page = visitor.sign_in("compliance", "/queue")
    assert re.search(r"\d+ timers, \d+ breached", heading(page))
    visitor.shot("queue")

    page.get_by_text("Filter and group").click()
    page.get_by_label("Overdue", exact=True).check()
    page.get_by_label("North", exact=True).check()
    visitor.shot("queue-filter")
    press(page, "Apply filters")
    assert "standing=overdue" in page.url
    assert "team=North" in page.url
    expect(page.get_by_role("heading", name="Filters in use")).to_be_visible()
    visitor.shot("queue-filtered")

    page.get_by_role("link", name="T-1", exact=True).first.click()
    assert "Case T-1" == heading(page)
    visitor.shot("case")
    follow(page, "Conclude the assessment")
    assert heading(page).startswith("Why ")
    expect(page.get_by_text("day 45, last in time")).to_be_visible()
    visitor.shot("why")

    page = to_breach(visitor, "T-1")
    visitor.shot("breach")
    explain(page, "The family moved twice, and the school was closed for ten days.")
    expect(page.get_by_role("status")).to_contain_text("The explanation is recorded")
    visitor.shot("breach-explained")

    page = to_breach(visitor, "T-2")
    page.get_by_label("Escalate it").check()
    press(page, "Continue")
    page.get_by_label("Name or role").fill("head of service")
    press(page, "Continue")
    page.get_by_label("What do they need to know?").fill("The third one late in this team since October.")
    press(page, "Continue")
    press(page, "Continue")
    visitor.shot("breach-check")
    press(page, "Record the answer")
    expect(page.get_by_role("status")).to_contain_text("The breach is escalated")

    page = visitor.open("/breaches")
    expect(page.get_by_role("row").filter(has_text="T-1").filter(has_text="Explained").first).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="T-2").filter(has_text="Escalated").first).to_be_visible()
    visitor.shot("breaches")
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").first.click()
    file = tmp_path / "breaches.csv"
    taken.value.save_as(file)
    rows = list(csv.DictReader(StringIO(file.read_text("utf-8-sig"))))
    answers = {row["case_id"]: row["answer"] for row in rows if row["timescale"] == "assessment.single.45wd"}
    assert {"T-1": "explained", "T-2": "escalated", "T-3": "unanswered"} == answers

    page = visitor.open("/board")
    if "being counted" in heading(page):
        page = visitor.open("/board")
    visitor.shot("board")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Board")
    expect(page.get_by_role("table").first).to_be_visible()

    page = visitor.open("/cases/T-1")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Menu")).to_be_hidden()
    assert len(page.pdf()) > 10_000
    page.emulate_media(media="screen")

    page = visitor.open("/audit?case=T-1")
    expect(page.get_by_role("cell", name="looked at").first).to_be_visible()
    expect(page.get_by_role("cell", name="answered for a breach").first).to_be_visible()
    press(page, "Sign out")
    assert "You have signed out" == heading(page)
    page.go_back()
    page.reload()
    assert "Sign in" == heading(page)


def test_a_managers_morning(visitor: Visitor) -> None:
    """A manager exempts a breach of the team, and opens it again; what is late stays late."""
    page = visitor.sign_in("manager", "/queue")
    page = to_breach(visitor, "T-2")
    page.get_by_label("Record a justified exception").check()
    press(page, "Continue")
    page.get_by_role("radio").first.check()
    press(page, "Continue")
    page.get_by_label("Why is the delay justified?").fill("The court asked for it.")
    press(page, "Continue")
    press(page, "Continue")
    page.get_by_role("button", name="Change reason").click()
    page.get_by_role("radio").last.check()
    press(page, "Continue")
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    press(page, "Record the answer")
    expect(page.get_by_role("status")).to_contain_text("The justified exception is recorded")

    page.get_by_label("Open it again").check()
    press(page, "Continue")
    page.get_by_label("Why is it opened again?").fill("The court did not ask for it.")
    press(page, "Continue")
    press(page, "Record the answer")
    expect(page.get_by_role("status")).to_contain_text("The breach is open again")
    visitor.shot("breach-reopened")
    page = visitor.open("/cases/T-2")
    expect(page.get_by_text("Met late").first).to_be_visible()


def test_a_viewers_morning(visitor: Visitor) -> None:
    """A viewer sees the queue, a case and why; there is nothing to answer with, and no way around that."""
    page = visitor.sign_in("viewer", "/queue")
    assert re.search(r"\d+ timers", heading(page))
    expect(page.get_by_role("link", name="CSV")).to_have_count(0)
    page = to_breach(visitor, "T-1")
    expect(page.get_by_role("radio")).to_have_count(0)
    expect(page.get_by_role("heading", name="How it was answered")).to_be_visible()
    breach = page.url.removeprefix(visitor.url)
    refused = {}
    for path in ("/queue.csv", "/breaches.xlsx", "/audit", "/imports", "/access", f"{breach}/explain"):
        visitor.open(path)
        refused[path] = heading(page).replace("\u2019", "'")

    assert {"You can't do this"} == set(refused.values())


def test_the_review_with_a_keyboard_only(visitor: Visitor) -> None:
    """From sign-in to the confirmation without a mouse: what has the focus is always seen."""
    page = visitor.open("/sign-in?next=/help")
    tab_to(page, 'input[name="person"]')
    while page.evaluate("document.activeElement.value") != sign_in_as("compliance"):
        page.keyboard.press("ArrowDown")
    tab_to(page, "button:has-text('Sign in')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help")
    to_breach(visitor, "T-1")
    page.locator("body").press("Tab")
    assert "Skip to main content" == page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Enter")
    tab_to(page, 'input[value="explain"]')
    page.keyboard.press("Space")
    tab_to(page, "button:has-text('Continue')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explain")
    tab_to(page, "button:has-text('Continue')")
    page.keyboard.press("Enter")  # with nothing chosen: the summary of errors leads to the field
    expect(page.get_by_role("alert")).to_be_visible()
    visitor.shot("review-error")
    assert [] == visitor.barriers()
    tab_to(page, ".govuk-error-summary a")
    page.keyboard.press("Enter")
    assert "radio" == page.evaluate("document.activeElement.type")
    page.keyboard.press("Space")
    tab_to(page, "button:has-text('Continue')")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What happened?")).to_be_visible()
    tab_to(page, "#text")
    page.keyboard.type("The worker was ill, and nobody took the case over.")
    tab_to(page, "button:has-text('Continue')")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Who follows it up")).to_be_visible()
    tab_to(page, "button:has-text('Continue')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    tab_to(page, "button:has-text('Record the answer')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The explanation is recorded")


def test_two_people_answer_the_same_breach_and_neither_answer_is_lost(visitor: Visitor) -> None:
    """Whoever comes second is shown both, and may record theirs after the first, which stays in the record."""
    page = visitor.sign_in("compliance", "/help")
    to_breach(visitor, "T-1")
    breach = page.url
    page.get_by_label("Explain it").check()
    press(page, "Continue")
    page.get_by_role("radio").first.check()
    press(page, "Continue")
    page.get_by_label("What happened?").fill("The first to begin, and the second to end.")
    press(page, "Continue")
    press(page, "Continue")

    browser = page.context.browser
    assert browser is not None
    other = browser.new_context()
    second = Visitor(other.new_page(), visitor.url)
    second.sign_in("manager", "/help")
    second.page.goto(breach)
    explain(second.page, "The second to begin, and the first to end.")
    other.close()

    press(page, "Record the answer")
    expect(page.get_by_text("The second to begin, and the first to end.")).to_be_visible()
    expect(page.get_by_text("The first to begin, and the second to end.")).to_be_visible()
    assert [] == visitor.barriers()
    visitor.shot("both-answers")
    press(page, "Record mine after theirs")
    expect(page.get_by_role("status")).to_contain_text("The explanation is recorded")
    history = page.get_by_role("main").inner_text()
    assert "The first to begin, and the second to end." in history
    assert "The second to begin, and the first to end." in history
