"""What a page weighs, with everything it needs: over the wire, and unpacked."""

import re

import pytest
from desk_told import app_of, sign_in
from starlette.testclient import TestClient

#: bytes over the wire of a first load, and of what a browser unpacks for it; the list of all rules is the longest page
MOST_OVER_THE_WIRE = 100_000
MOST = 350_000

LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@pytest.mark.parametrize(
    "path",
    ["/queue", "/breaches", "/cases/T-1", "/board", "/rules", "/rules/assessment.single.45wd", "/help"],
)
def test_a_page_with_all_it_needs_is_light(browser: TestClient, path: str) -> None:
    sign_in(browser, "compliance")
    page = browser.get(path)
    if page.status_code == 503:  # the board's figures are being counted
        page = browser.get(path)
    files = app_of(browser).state.desk.files
    prefix = f"/static/{files.digest}/"
    names = {link.removeprefix(prefix) for link in LINKED.findall(page.text)} | {"vendor/govuk-frontend.js"}
    unpacked = len(page.content) + sum(len(files.files[name].content) for name in names)
    wire = int(page.headers["content-length"]) + sum(len(files.files[name].zipped) for name in names)

    assert {"desk.css", "desk.js", "vendor/govuk-frontend.css", "vendor/moj-frontend.css"} <= names
    assert "gzip" == page.headers["content-encoding"]
    assert unpacked < MOST
    assert wire < MOST_OVER_THE_WIRE


def test_assets_go_compressed_to_whoever_takes_that(browser: TestClient) -> None:
    files = app_of(browser).state.desk.files
    url = files.url("vendor/govuk-frontend.css")
    zipped = browser.get(url, headers={"accept-encoding": "gzip"})
    plain = browser.get(url, headers={"accept-encoding": "identity"})

    assert ("gzip", None) == (zipped.headers.get("content-encoding"), plain.headers.get("content-encoding"))
    assert zipped.content == plain.content
    assert int(zipped.headers["content-length"]) < len(plain.content) / 5


def test_nothing_is_asked_of_the_database_for_an_asset(browser: TestClient) -> None:
    asked: list[str] = []
    desk = app_of(browser).state.desk
    from sqlalchemy import event

    event.listen(desk.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    browser.get(desk.files.url("desk.css"))

    assert [] == asked
