"""XML made to harm its reader, or cut off on its way."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.recognise import recognise
from caseclock.exchange.records import FileRefused
from caseclock.exchange.reports import ImportReport
from caseclock.store.protocol import Quarantined

BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


def first_record(path: Path) -> object:
    imported_at = datetime(2026, 11, 20, tzinfo=UTC)
    return next(read_cin_census(path, authority="thurrock", imported_at=imported_at))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE Message>",
        '<!DOCTYPE Message SYSTEM "http://localhost:9/message.dtd">',
        '<!DOCTYPE Message [<!ENTITY birth "2015-03-27">]>',
        f'<!-- a long way down {"." * 5000} --><!DOCTYPE Message [<!ENTITY e0 "bomb">{BOMB}]>',
    ],
)
def test_a_doctype_refuses_the_file(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str], doctype: str
) -> None:
    with pytest.raises(FileRefused, match="it has a DOCTYPE"):
        recognise(census(child(details()), before=doctype))


def test_an_entity_bomb_is_not_set_off_even_where_nobody_asked_what_the_file_is(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    doctype = f'<!DOCTYPE Message [<!ENTITY e0 "bomb">{BOMB}]>'

    with pytest.raises(FileRefused, match="it has a DOCTYPE"):
        first_record(census(child(details(), case_id="C-&e11;"), before=doctype))


def test_a_file_on_the_machine_is_not_read_through_an_entity(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    tmp_path: Path,
    bring_in: Callable[..., ImportReport],
    log: Callable[[str], list[object]],
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("C-7", "utf-8")
    doctype = f'<!DOCTYPE Message [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    report = bring_in(census(child(details(), case_id="&x;"), before=doctype))

    assert 1 == report.totals()["files_refused"]
    assert [] == log("C-7")


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.999])
def test_a_return_that_breaks_off_leaves_nothing_behind(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: Callable[..., ImportReport],
    log: Callable[[str], list[object]],
    kept: Callable[[], list[Quarantined]],
    cut: float,
) -> None:
    path = census(*(child(details(), case_id=f"C-{number}") for number in range(200)))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * cut)])
    (account,) = bring_in(path).files

    assert (0, 0) == (account.records, account.events)
    assert account.reason is not None
    assert "not whole, well-formed XML" in account.reason
    assert [] == log("C-0")
    assert [] == kept()


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ("</Children>", "</Child>"),
        ("<ReferralSource>2A</ReferralSource>", "<ReferralSource>2A & 2B</ReferralSource>"),
        ("</Message>", "</Message><Message/>"),
        ("<ReferralSource>", "<ReferralSource>\x07"),
        ("<ReferralSource>", "<ReferralSource>&nbsp;"),
    ],
)
def test_xml_that_is_not_well_formed_refuses_the_file(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    whole: str,
    broken: str,
) -> None:
    path = census(child(details()))
    path.write_text(path.read_text("utf-8").replace(whole, broken), "utf-8")

    with pytest.raises(FileRefused, match="Nothing of it was written"):
        first_record(path)


def test_a_return_in_another_encoding_is_read(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    bring_in: Callable[..., ImportReport],
) -> None:
    path = census(child(details(), case_id="Zoë-1"))
    path.write_bytes(path.read_text("utf-8").replace("UTF-8", "UTF-16").encode("utf-16"))

    assert 1 == bring_in(path).totals()["accepted"]


def test_bytes_that_are_not_in_the_encoding_declared_refuse_the_file(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    path = census(child(details(), case_id="Zoë-1"))
    path.write_bytes(path.read_bytes().replace("ë".encode(), b"\xeb"))

    with pytest.raises(FileRefused, match="well-formed"):
        first_record(path)


def test_elements_nested_without_end_refuse_the_file(census: Callable[..., Path]) -> None:
    with pytest.raises(FileRefused, match="well-formed"):
        first_record(census("<a>" * 5000 + "</a>" * 5000))
