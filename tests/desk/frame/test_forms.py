"""Every field of every form, found by reading the pages, is sent what it should not be: nothing breaks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from desk_told import app_of, sign_in, token_for
from starlette.testclient import TestClient

from caseclock.desk.settings import DeskSettings

#: what might be typed, pasted or forged into a field
NASTY = (
    "",
    " ",
    "'",
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
    "{{ 7 * 7 }}{% raw %}",
    "=HYPERLINK(1)",
    "../../etc/passwd",
    "\x00",
    "\ud800",
    "\u202egnp.exe",
    "\r\nset-cookie: a=b",
    "x" * 20_000,
    "-1",
    "1e999",
    "NaN",
    "9" * 400,
    "2026-13-45",
    "0000-00-00",
    "9999-12-31",
    "é" * 300,
    "💥",
    "%s%n%p",
    "true",
    "[]",
)
#: of the values, each field is sent one in so many by itself
ONE_IN = 5
#: statuses a page may answer a form with: never that something of ours broke
PLAIN = {200, 303, 403, 404, 409, 413, 422, 429}
#: what a form must say to lead to its next page
FILLED_IN = {"text": "It was late.", "to": "head of service"}
#: a form that ends the session is tried elsewhere
LEFT_OUT = {"/sign-out"}


@dataclass
class Sent:
    """A form as a page has it: where it goes, how, and what it would send as it stands."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def told(self) -> tuple[str, str, str]:
        """What tells it from other forms: the pages of one journey have the same fields, shown or hidden."""
        return self.action, self.fields.get("step", ""), ",".join(sorted(self.fields))


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.found: list[Sent] = []
        self._in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Sent(told.get("action") or self.path, told.get("method", "get").lower()))
            self._in_form = True
        elif self._in_form and "name" in told and tag in ("input", "textarea", "select", "button"):
            known = self.found[-1].fields
            if told.get("type") not in ("radio", "checkbox") or told["name"] not in known:
                known[told["name"]] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False


def pages_of(browser: TestClient) -> list[str]:
    """Every page that can be opened: those without a parameter, and what they lead to, one of each kind."""
    routes = [
        path for method, path, asks in app_of(browser).state.routes if method == "GET" and "token" not in asks
    ]
    kinds = {
        path: re.compile(re.sub(r"\\\{\w+(:path)?\\\}", "[^/?]+", re.escape(path)) + "$") for path in routes
    }
    found = {path: path for path in routes if "{" not in path and not path.startswith(("/static", "/api"))}
    opened: set[str] = set()
    while waiting := [path for path in found.values() if path not in opened]:
        for path in waiting:
            opened.add(path)
            page = browser.get(path)
            if page.status_code != 200 or "html" not in page.headers.get("content-type", ""):
                continue
            for link in re.findall(r'href="(/[^"#?]*)', page.text):
                for kind, pattern in kinds.items():
                    if kind not in found and pattern.match(link) and not kind.startswith("/static"):
                        found[kind] = link
    return sorted(opened)


def forms_of(browser: TestClient) -> dict[tuple[str, str, str], Sent]:
    """The forms of every page, and of every page that a form leads to: each once, by method, page and fields."""
    found: dict[tuple[str, str, str], Sent] = {}
    for path in pages_of(browser):
        page = browser.get(path)
        if "html" not in page.headers.get("content-type", ""):
            continue
        reader = Forms(path)
        reader.feed(page.text)
        for form in reader.found:
            if form.action.partition("?")[0] not in LEFT_OUT:
                found.setdefault((form.method, path, ",".join(sorted(form.fields))), form)
    waiting = [form for form in found.values() if form.method == "post"]
    known = {one.told for one in waiting}
    while waiting:
        form = waiting.pop()
        told = {name: value or FILLED_IN.get(name, "") for name, value in form.fields.items()}
        page = browser.post(form.action, data=told, follow_redirects=True)
        if "html" not in page.headers.get("content-type", ""):
            continue
        reader = Forms(page.url.path)
        reader.feed(page.text)
        for one in reader.found:
            if one.method == "post" and one.told not in known and one.action not in LEFT_OUT:
                known.add(one.told)
                found["post", f"after {form.action}", str(one.told)] = one
                waiting.append(one)
    return found


def attempts(form: Sent) -> Iterator[dict[str, str]]:
    """All fields at once with each value; and each field with some of them, the others as the page has them."""
    names = [name for name in form.fields if name != "csrf_token"]
    for number, value in enumerate(NASTY):
        yield dict.fromkeys(names, value)
        for place, name in enumerate(names):
            if (number + place) % ONE_IN == 0:
                yield {**form.fields, name: value}


def send(browser: TestClient, form: Sent, told: dict[str, str], token: str) -> tuple[int, str]:
    clean = {
        name: value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        for name, value in told.items()
    }
    if form.method == "post":
        answer = browser.post(form.action, data={**clean, "csrf_token": token})
    else:
        answer = browser.get(
            form.action.partition("?")[0], params={name: value[:2000] for name, value in clean.items()}
        )
    assert "set-cookie" not in answer.headers or "a=b" not in answer.headers["set-cookie"]
    return answer.status_code, answer.text


@pytest.mark.slow
@pytest.mark.parametrize("who", ["compliance", "administrator"])
def test_no_field_of_any_form_breaks_a_page(
    made: Callable[[DeskSettings], TestClient], settings: DeskSettings, who: str
) -> None:
    browser = sign_in(made(settings), who)
    token = token_for(browser)
    forms = forms_of(browser)
    wrong = []
    sent = 0
    for form in forms.values():
        for told in attempts(form):
            status, page = send(browser, form, told, token)
            sent += 1
            if (
                status not in PLAIN
                or "<script>alert" in page
                or "49" in re.findall(r"\{\{ 7|(?<=>)49(?=<)", page)
            ):
                wrong.append((status, form.method, form.action, {k: v[:40] for k, v in told.items()}))

    assert sent > 100
    if who == "compliance":
        actions = {form.action.partition("?")[0] for form in forms.values()}
        assert {"/imports", "/answers", "/answers/explain", "/imports/rows/Q-waits/correct"} <= actions
        assert {"reason", "text", "next", "check"} <= {form.fields.get("step") for form in forms.values()}
    assert [] == wrong


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1900-02-29"])
@pytest.mark.parametrize("name", ["due_from", "due_to", "as_at", "known_at", "version"])
@pytest.mark.parametrize("path", ["/queue", "/breaches"])
def test_the_ends_of_the_calendar_break_no_list(browser: TestClient, path: str, name: str, day: str) -> None:
    sign_in(browser, "compliance")

    assert browser.get(path, params={name: day}).status_code in (200, 422)
