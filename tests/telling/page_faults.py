"""What is wrong with a page, as a reader with a screen reader, a keyboard or a strict browser would find."""

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from lxml import etree, html

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


class _Balance(HTMLParser):
    """Follows tags as they open and close; SVG closes its own."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has {name} twice" for name, times in Counter(names).items() if times > 1]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1] if self.open else 'nothing'}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def faults(text: str) -> list[str]:
    """List what is wrong with a page; nothing for one that is sound."""
    return list(_faults(text))


def _faults(text: str) -> Iterator[str]:
    balance = _Balance()
    balance.feed(text)
    yield from balance.faults
    if balance.open:
        yield f"never closed: {balance.open}"
    page = html.fromstring(text)

    def all_of(path: str) -> list[Any]:
        return list(etree.ETXPath(path)(page))  # type: ignore[arg-type]

    headings = all_of("//h1")
    title = page.findtext(".//title") or ""
    if len(headings) != 1:
        yield f"{len(headings)} headings of the first level"
    if not title.endswith(" - Caseclock") or len(title) < 14:
        yield f"the title is {title!r}"
    ids = Counter(all_of("//@id"))
    yield from (f"the id {name} stands {times} times" for name, times in ids.items() if times > 1)
    for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
        for value in all_of(f"//@{name}"):
            yield from (f"{name} names {one}, which is not there" for one in value.split() if one not in ids)
    labelled = set(all_of("//label/@for"))
    yield from (f"label for {one}, which is not there" for one in labelled - set(ids))
    for field in all_of("//input[not(@type='hidden')] | //select | //textarea"):
        if field.get("id") not in labelled:
            yield f"the field {field.get('name')} has no label"
    for table in all_of("//table"):
        if table.find("caption") is None or not table.find("caption").text_content().strip():
            yield "a table has no caption"
    yield from ("a heading cell has no scope" for _ in all_of("//th[not(@scope)]"))
    yield from ("a picture has no words" for _ in all_of("//img[not(@alt)]"))
    yield from (
        f"a link has no words: {one.get('href')}" for one in all_of("//a") if not one.text_content().strip()
    )
    yield from ("a style stands in the page" for _ in all_of("//*[@style] | //style"))
    yield from ("a script stands in the page" for one in all_of("//script") if one.text)
    levels = [int(one.tag[1]) for one in all_of("//main//h1 | //main//h2 | //main//h3 | //main//h4")]
    yield from (f"h{after} follows h{before}" for before, after in pairwise(levels) if after > before + 1)
    for link in all_of("//a/@href"):
        if link.startswith("#") and link[1:] and link[1:] not in ids:
            yield f"a link leads to {link}, which is not there"
