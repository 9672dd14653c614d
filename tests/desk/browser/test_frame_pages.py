"""The pages of the frame in a real browser: nothing keeps anybody out, nothing comes from elsewhere, nothing spills."""

import pytest
from visiting import NARROW, WIDE, Visitor

#: of each page its name in the documentation
OPEN = {
    "/sign-in": "sign-in",
    "/accessibility": "accessibility",
    "/cookies": "cookies",
    "/signed-out": "signed-out",
}
PAGES = {
    "compliance": {
        "/help": "help",
        "/health": "health",
        "/audit": "audit",
        "/audit?case=T-1": "audit-of-a-case",
        "/audit?who=nobody": "",
        "/audit?check=some": "",
        "/session": "session",
        "/break-glass": "break-glass",
        "/nowhere": "not-found",
        "/access": "not-allowed",
    },
    "administrator": {"/access": "access", "/access/tokens": "tokens", "/nowhere": ""},
}


def look(visitor: Visitor, path: str, name: str) -> list[str]:
    """Open a page and say what is wrong with it, in a wide window and a narrow one."""
    visitor.open(path)
    found = visitor.barriers()
    if name:
        visitor.shot(name)
    visitor.page.set_viewport_size(NARROW)
    if spilt := visitor.spills():
        found.append(f"{spilt} pixels too wide for a narrow window")
    visitor.page.set_viewport_size(WIDE)
    return found


@pytest.mark.slow
def test_nothing_keeps_anybody_out_of_a_page(visitor: Visitor) -> None:
    found = {path: look(visitor, path, name) for path, name in OPEN.items()}
    for who, pages in PAGES.items():
        visitor.page.context.clear_cookies()
        visitor.sign_in(who)
        found |= {f"{who} {path}": look(visitor, path, name) for path, name in pages.items()}

    assert {} == {place: told for place, told in found.items() if told}
