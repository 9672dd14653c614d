"""The report: readable by everyone, self-contained, and never unjust."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

import pytest
from lxml import html
from lxml.html import HtmlElement as Page
from story import Told, begin

from caseclock.desk.breaches import standing_breaches
from caseclock.desk.report import BroughtIn, Report, render
from caseclock.timers.timer import Outcome, Standing

BLOCKS = ("h1", "h2", "h3")


@pytest.fixture
def text(report: Report) -> str:
    return render(report)


@pytest.fixture
def page(text: str) -> Page:
    return html.document_fromstring(text)


def texts(page: Page, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in page.xpath(path)]


def test_it_begins_as_a_page_in_british_english_with_a_title(text: str, page: Page) -> None:
    assert text.startswith("<!DOCTYPE html>\n")
    assert "en-GB" == page.get("lang")
    assert ["Timescales and breaches, Thurrock, 20 May 2026 - Caseclock"] == texts(page, "//title")


def test_headings_go_down_one_level_at_a_time_from_a_single_h1(page: Page) -> None:
    levels = [int(found.tag[1]) for found in page.iter(*BLOCKS)]

    assert (1, 1) == (levels[0], levels.count(1))
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_the_contents_are_in_the_order_of_the_page(page: Page) -> None:
    sections = [f"#{one}" for one in page.xpath("//main//section/@id")]

    assert sections == page.xpath("//nav//a/@href")


def test_there_are_landmarks_and_a_way_past_the_header(page: Page) -> None:
    assert [1, 1, 1, 1] == [len(page.xpath(f"//{name}")) for name in ("header", "main", "footer", "nav")]
    skip = page.xpath("//body/*[1]")[0]
    assert ("a", "#main", "Skip to main content") == (skip.tag, skip.get("href"), skip.text)


def test_every_table_has_a_caption_and_scoped_headers(page: Page) -> None:
    tables = page.xpath("//table")

    assert len(tables) >= 7
    assert [] == [table for table in tables if not texts(table, "./caption")[0]]
    assert [] == page.xpath("//th[not(@scope)]")
    assert [] == page.xpath("//tbody/tr[not(th)]")


def test_wide_tables_scroll_in_a_region_that_can_be_reached_and_is_named(page: Page) -> None:
    ids = set(page.xpath("//@id"))

    assert [] == page.xpath(
        "//table[not(parent::div[@role='region' and @tabindex='0' and @aria-labelledby])]"
    )
    assert set() == set(page.xpath("//@aria-labelledby")) - ids


def test_ids_are_unique_and_every_link_leads_somewhere_on_the_page(page: Page) -> None:
    ids = page.xpath("//@id")

    assert sorted(set(ids)) == sorted(ids)
    assert set() == {link.removeprefix("#") for link in page.xpath("//a/@href")} - set(ids)


def test_nothing_is_loaded_from_anywhere_and_no_script_runs(page: Page, text: str) -> None:
    assert [] == page.xpath(
        "//script | //link | //img | //iframe | //object | //@src | //@style | //@onclick"
    )
    assert [] == re.findall(r"https?://|url\(|@import", text)


def test_its_policy_allows_its_own_style_and_nothing_else(page: Page) -> None:
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = page.xpath("//style/text()")
    digest = b64encode(sha256(style.encode()).digest()).decode()

    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" == policy


def test_what_a_case_is_called_is_text_and_nothing_else(text: str, page: Page) -> None:
    assert "<script" not in text
    assert '<script>alert("x")</script>' in " ".join(texts(page, "//section[@id='held-back']//td"))
    assert any("<script>" in said for said in texts(page, "//section[@id='breaches']//th"))


def test_standings_are_told_by_word_and_not_by_colour_alone(page: Page) -> None:
    tags = page.xpath("//strong[contains(@class, 'tag')]")

    assert [] == [tag for tag in tags if not tag.text_content().strip()]
    meanings = texts(page, "//section[@id='how-to-read']//dt")
    assert len(Standing) == len(meanings)


def test_breaches_come_furthest_past_their_limit_first_with_done_and_written_up_apart(page: Page) -> None:
    table = "//table[starts-with(caption, 'Breaches as at')]"
    heads = texts(page, f"{table}/thead//th")
    rows = [texts(row, "./th | ./td") for row in page.xpath(f"{table}/tbody/tr")]
    guidance = next(row for row in rows if "assessment.single.45wd" in row[1])

    assert ["Case", "Duty", "Due", "Standing", "Over by", "Done", "Written up"] == heads
    assert ["21 Jan 2026", "Met late", "1 working day", "22 Jan 2026", "22 Jan 2026"] == guidance[2:]


def test_practice_that_was_only_written_up_late_is_no_breach_anywhere(page: Page) -> None:
    breaches = texts(page, "//table[starts-with(caption, 'Breaches as at')]/tbody/tr")
    withdrawn = [
        texts(row, "./*") for row in page.xpath("//table[starts-with(caption, 'Breaches that')]/tbody/tr")
    ]
    (line,) = [
        texts(row, "./td")
        for row in page.xpath("//section[@id='stand']//tbody/tr[th]")
        if "assessment.single.45wd" in row.text_content()
    ]

    assert [] == [said for said in breaches if "INTIME-1" in said and "assessment." in said]
    assert "the duty had been done in time and was written up late" in {row[-1] for row in withdrawn}
    assert {"INTIME-1"} == {row[0] for row in withdrawn}
    assert line[-1].startswith("1 of 2 (50%)")


def test_a_share_is_never_shown_without_what_it_was_counted_from(page: Page) -> None:
    for shown in texts(page, "//section[@id='stand']//tbody//td[last()]"):
        assert re.match(r"(\d+ of \d+ \(\d+%\)|none decided)$", shown)


def test_one_date_is_explained_day_by_day_on_a_calendar(page: Page) -> None:
    days = texts(page, "//table[@class='calendar']//td[normalize-space()]")

    assert "14 Nov start: day 0" in days
    assert "25 Dec bank holiday: Christmas Day" in days
    assert "22 Nov not counted" in days
    assert "21 Jan day 45 last day in time" in days
    assert 45 == sum(bool(re.search(r"\bday [1-9]", day)) for day in days)


def test_a_duty_that_ended_undone_is_not_said_to_be_done(cases: Told, report: Report) -> None:
    closed = begin(authority="thurrock", case_id="CLOSED-1", store=cases.engine.store)
    closed.referral("2026-05-04", decided="not yet")
    closed.happened("ReferralClosed", "2026-05-08", "R-1", reason="moved away")
    (position,) = [
        one for one in closed.positions("2026-05-20") if one.timer.timescale == "referral.decision.1wd"
    ]
    (breach,) = standing_breaches([position], [], report.asked)

    page = html.document_fromstring(render(replace(report, breaches=[breach])))

    row = texts(page, "//table[starts-with(caption, 'Breaches as at')]/tbody/tr/td")
    assert ["Overdue", "3 working days", "not done; the duty ended on 8 May 2026", ""] == row[2:]


def test_duties_a_source_does_not_tell_of_stand_apart_and_in_no_share(report: Report) -> None:
    unknown = [
        replace(position, timer=replace(position.timer, outcome=Outcome.UNKNOWN), standing=Standing.UNKNOWN)
        for position in report.positions
    ]

    page = html.document_fromstring(render(replace(report, positions=unknown, breaches=[])))

    assert [] == texts(page, "//table[starts-with(caption, 'Timers by timescale')]")
    assert len(unknown) == sum(
        int(number) for number in texts(page, "//table[starts-with(caption, 'Timers of which')]//td[last()]")
    )


def test_every_file_is_accounted_for_and_what_was_left_unread_is_named(page: Page) -> None:
    (row,) = [texts(found, "./*") for found in page.xpath("//section[@id='brought-in']//tbody/tr")]

    assert ["census.xml", "Children in need census", "3", "2", "1", "0", "0", "4"] == row
    assert ["CINplanDates", "2"] == texts(page, "//table[caption[contains(., 'unread')]]/tbody/tr/*")


def test_each_source_says_how_far_it_was_checked(page: Page) -> None:
    marks = texts(page, "//section[@id='sources']//tbody//td[last()]")

    assert marks
    assert [] == [mark for mark in marks if not re.match(r"(V1|V2|K): ", mark)]


def test_demonstration_data_says_so_and_other_data_does_not(report: Report, text: str) -> None:
    assert "Every child in this report is invented" in text
    assert "invented" not in render(replace(report, demonstration=False))


def test_a_report_on_nothing_is_a_whole_page_too(report: Report) -> None:
    nothing = {
        "records": 0,
        "accepted": 0,
        "refused": 0,
        "quarantined": 0,
        "unchanged": 0,
        "not_used": {},
        "events": 0,
    }
    empty = replace(
        report,
        brought_in=BroughtIn([], nothing, []),
        positions=[],
        breaches=[],
        withdrawn=[],
        explanation=None,
        scores=[],
    )

    page = html.document_fromstring(render(empty))

    assert "0 breaches" in texts(page, "//h2")
    assert "No timer had started by then." in texts(page, "//section[@id='stand']/p")


def test_dates_are_written_out_in_british_order(text: str) -> None:
    assert "20 May 2026" in text
    assert [] == re.findall(r">\s*\d{4}-\d\d-\d\d\s*<", text)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("ink", "page"),
        ("ink", "faint"),
        ("quiet", "page"),
        ("quiet", "faint"),
        ("link", "page"),
        ("page", "deep"),
        ("page", "bad"),
        ("bad", "bad-back"),
        ("warn", "warn-back"),
        ("good", "good-back"),
        ("note", "note-back"),
        ("dim", "dim-back"),
        ("dim", "page"),
    ],
)
def test_words_stand_out_from_what_is_behind_them(page: Page, front: str, back: str) -> None:
    """By 4.5 to 1: WCAG 2.2, success criterion 1.4.3."""
    (style,) = page.xpath("//style/text()")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", style))

    assert contrast(colours[front], colours[back]) >= 4.5
