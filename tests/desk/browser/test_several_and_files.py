"""In a real browser: several breaches answered at once, by keyboard; files brought in; a row corrected. No scripts."""

import json
from pathlib import Path

import pytest
from desk_told import sign_in_as
from playwright.sync_api import Browser, Page, expect
from visiting import WIDE, Visitor, tab_to

import caseclock

pytestmark = pytest.mark.slow

CENSUS = Path(caseclock.__file__).parent / "samples" / "cin_census" / "CIN_Census_2024.xml"
ASSESSMENTS = "/breaches?timescale=assessment.single.45wd"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, *cases: str) -> None:
    """Tick the breaches of these cases in a list."""
    for case_id in cases:
        page.get_by_label(f"Choose the breach of {case_id}:").check()
    press(page, "Answer for those chosen together")


def fill_in(page: Page, text: str) -> None:
    """From the choice of what to do to the page on which all is checked."""
    page.get_by_label("Explain it").check()
    press(page, "Continue")
    page.get_by_role("radio").first.check()
    press(page, "Continue")
    page.get_by_label("What happened?").fill(text)
    press(page, "Continue")
    press(page, "Continue")
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()


def test_three_breaches_are_answered_together_and_nothing_keeps_anybody_out(visitor: Visitor) -> None:
    """Each page of it, with its mistakes: no barrier, nothing wider than a narrow window."""
    visitor.sign_in("compliance")
    page = visitor.open(ASSESSMENTS)
    wrong = {"the list": visitor.wrong()}
    choose(page, "T-1", "T-2", "T-3")
    visitor.shot("together")
    wrong["chosen"] = visitor.wrong()
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("Choose what to do about them")
    wrong["nothing chosen to do"] = visitor.wrong()
    fill_in(page, "The whole team was flooded out of its office for a fortnight.")
    visitor.shot("together-check")
    wrong["to be checked"] = visitor.wrong()
    press(page, "Record for 3 breaches")
    expect(page.get_by_role("status")).to_contain_text("Your answer is recorded for all 3 breaches")
    wrong["recorded"] = visitor.wrong()
    page.get_by_role("main").get_by_role("link", name="Back to the list").last.click()
    expect(page.get_by_role("cell", name="Explained").first).to_be_visible()

    assert {} == {where: told for where, told in wrong.items() if told}


def test_where_somebody_was_first_the_page_says_for_which(visitor: Visitor) -> None:
    visitor.sign_in("compliance")
    page = visitor.open(ASSESSMENTS)
    choose(page, "T-1", "T-2")
    fill_in(page, "Two workers were away.")
    browser = page.context.browser
    assert browser is not None
    other = browser.new_context()
    second = Visitor(other.new_page(), visitor.url)
    second.sign_in("manager")
    choose(second.open(ASSESSMENTS), "T-2", "T-3")
    fill_in(second.page, "The court asked for it.")
    press(second.page, "Record for 2 breaches")
    other.close()
    press(page, "Record for 2 breaches")

    expect(page.get_by_role("heading", level=1)).to_have_text("Your answer is recorded for 1 of 2 breaches")
    expect(page.get_by_role("row").filter(has_text="T-2")).to_contain_text("The court asked for it.")
    visitor.shot("together-told")
    assert [] == visitor.wrong()
    press(page, "Record mine for 1 breach all the same")
    expect(page.get_by_role("status")).to_contain_text("Your answer is recorded for 1 breach")


def test_several_are_answered_with_a_keyboard_only(visitor: Visitor) -> None:
    visitor.sign_in("compliance")
    page = visitor.open(ASSESSMENTS)
    for place in (1, 2):
        tab_to(page, f"#breach-{place}")
        page.keyboard.press("Space")
    _press_enter_on(page, "Answer for those chosen together")
    for choice in ('input[value="explain"]', 'input[name="reason_code"]'):
        tab_to(page, choice)
        page.keyboard.press("Space")
        _press_enter_on(page, "Continue")
    tab_to(page, "#text")
    page.keyboard.type("By keyboard, and for both.")
    for button in ("Continue", "Continue", "Record for 2 breaches"):
        _press_enter_on(page, button)

    expect(page.get_by_role("status")).to_contain_text("Your answer is recorded for all 2 breaches")


def _press_enter_on(page: Page, button: str) -> None:
    tab_to(page, f"button:has-text('{button}')")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_file_is_brought_in_and_what_did_not_go_in_is_listed(visitor: Visitor) -> None:
    visitor.sign_in("compliance", "/imports/new")
    page = visitor.page
    wrong = {}
    press(page, "Bring in")
    expect(page.get_by_role("alert")).to_contain_text("Choose a file")
    wrong["no file"] = visitor.wrong()
    page.get_by_label("File, or all files").set_input_files(CENSUS)
    press(page, "Bring in")
    expect(page.get_by_role("heading", level=1)).to_contain_text("went in")
    expect(page.get_by_text("AssessmentActualStartDate is 2028-04-28").first).to_be_visible()
    visitor.shot("brought-in")
    wrong["brought in"] = visitor.wrong()

    assert {} == {where: told for where, told in wrong.items() if told}


def test_files_and_corrections_need_no_scripts(chromium: Browser, desk: str) -> None:
    context = chromium.new_context(viewport=WIDE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk}/sign-in?next=/imports/new")
    page.locator(f'input[value="{sign_in_as("compliance")}"]').check()
    press(page, "Sign in")
    line = {"event_id": "y-1", "type": "ReferralReceived", "case_id": "T-70", "episode_id": "R-1"}
    line |= {"occurred_at": "2026-02-30", "by": "sw.001", "data": {"source": "school"}}  # type: ignore[dict-item]
    page.get_by_label("File, or all files").set_input_files(
        {"name": "lines.jsonl", "mimeType": "application/json", "buffer": json.dumps(line).encode()}
    )
    press(page, "Bring in")
    expect(page.get_by_role("heading", level=1)).to_have_text("0 records of 1 went in")
    page.goto(f"{desk}/imports/rows/Q-waits")
    page.get_by_role("button", name="Correct it here").click()
    page.get_by_label("Episode").fill("A-1")
    page.get_by_label("How do you know").fill("The team manager has the form before her.")
    press(page, "Try it with these changes")
    expect(page.get_by_role("status")).to_contain_text("The row is corrected, and went in")
    context.close()


def test_a_corrected_row_shows_what_it_was(visitor: Visitor) -> None:
    visitor.sign_in("compliance", "/imports/rows/Q-waits/correct")
    page = visitor.page
    press(page, "Try it with these changes")
    expect(page.get_by_role("alert")).to_contain_text("Nothing is changed")
    wrong = {"nothing changed": visitor.wrong()}
    page.get_by_label("Episode").fill("A-1")
    page.get_by_label("How do you know").fill("The team manager has the form before her.")
    press(page, "Try it with these changes")
    expect(page.get_by_role("row").filter(has_text="A-77")).to_contain_text("A-1")
    visitor.shot("corrected")
    wrong["corrected"] = visitor.wrong()

    assert {} == {where: told for where, told in wrong.items() if told}
