"""Files are known by what is in them; a name that says otherwise is refused with a sentence."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from caseclock.exchange.recognise import recognise
from caseclock.exchange.records import FileRefused

LINE = '{"event_id": "1"}\n'


def refusal(path: Path) -> str:
    with pytest.raises(FileRefused) as refused:
        recognise(path)
    return str(refused.value)


@pytest.mark.parametrize("name", ["census.xml", "CENSUS.XML", "census", "census.txt"])
def test_a_census_is_known_whatever_its_name_leaves_open(
    census: Callable[..., Path], child: Callable[..., str], name: str
) -> None:
    assert "cin_census" == recognise(census(child(), name=name))


def test_a_workbook_is_known(workbook: Callable[..., Path]) -> None:
    assert "annex_a" == recognise(workbook({"List 1": []}))


@pytest.mark.parametrize("content", [LINE, "\n\n  " + LINE, "\ufeff" + LINE])
def test_event_lines_are_known(tmp_path: Path, content: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(content, "utf-8")

    assert "event_lines" == recognise(path)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("return.xml", b"<!DOCTYPE html><html><body>Sign in</body></html>", "it is a web page"),
        ("return.xml", b"\n<HTML lang='en'>", "it is a web page"),
        ("return.xml", b"<feed xmlns='urn:x'/>", "XML of another kind (it begins with <feed>)"),
        ("return.xml", LINE.encode(), "inside it is event lines (.jsonl)"),
        ("return.xml", b"< Message", "it is not whole, well-formed XML"),
        ("return.xml", b"", "it is empty"),
        ("return.xml", b"\xef\xbb\xbf \r\n\t", "it is empty"),
        ("annex_a.xlsx", b"Child Unique ID,Date of Contact\n1,2020-09-16\n", "plain text, perhaps comma-sep"),
        ("annex_a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "locked with a password"),
        ("annex_a.xlsx", b"PK\x03\x04 and no more", "it is a damaged workbook or archive"),
        ("annex_a.xlsx", b"%PDF-1.7", "it is a PDF"),
        ("events.jsonl", b"[" + LINE.encode() + b"]", "it is a JSON list"),
        ("events.jsonl", b'{\n  "event_id": "1"\n}', "its JSON is spread over several lines"),
        ("events.jsonl", b"\x00\x01\x02\x03", "of a form not known here"),
        ("events.jsonl", b"\x1f\x8b\x08\x00", "it is a compressed file"),
        ("contacts.csv", b"Child Unique ID,Date of Contact\n1,2020-09-16\n", "plain text, perhaps comma-sep"),
        (
            "episodes.csv",
            b"CHILD,DECOM,RNE\n1,01/04/2020,S\n",
            "but without LS, PLACE, DEC, REC. Ask for it whole",
        ),
        ("reviews.csv", b"CHILD,REVIEW,Review\n1,01/04/2020,\n", "names REVIEW twice"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert refusal(path).startswith(f"Can't bring in {name}: ")
    assert why in refusal(path)


def test_a_workbook_named_as_xml_is_refused(workbook: Callable[..., Path]) -> None:
    path = workbook({"List 1": []}, name="census.xml")

    assert (
        "Can't bring in census.xml: its name says a children in need census (XML), but inside it is an Annex A "
        "workbook (.xlsx). Check that it is the right file, and give it the name of what it is."
    ) == refusal(path)


@pytest.mark.parametrize(
    ("part", "why"), [("word/document.xml", "an archive or document"), ("xl/workbook.bin", ".xlsb")]
)
def test_another_archive_is_refused(tmp_path: Path, part: str, why: str) -> None:
    path = tmp_path / "annex_a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "content")

    assert why in refusal(path)


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    assert "it is a folder" in refusal(tmp_path)
    assert "there is no such file" in refusal(tmp_path / "census.xml")
