"""What Caseclock is built of: no version with a known advisory, and the files of others as they came."""

import tomllib

import audit_dependencies
import pytest
import vendor_assets
from packaging.version import Version


def test_no_pinned_version_has_a_known_advisory() -> None:
    assert [] == audit_dependencies.by_list()


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.2.1", ["PYSEC-2026-248"]), ("1.3.0", []), ("0.48.0", ["62727", "161", "248"])],
)
def test_an_affected_version_is_found(version: str, expected: list[str]) -> None:
    listed = tomllib.loads(audit_dependencies.LIST.read_text("utf-8"))
    found = audit_dependencies.affected(listed, iter([("starlette", Version(version))]))

    assert len(expected) == len(found)
    assert all(part in told for part, told in zip(expected, found, strict=True))


def test_pins_are_read_with_hashes_and_conditions() -> None:
    text = "starlette==1.10.0 ; python_version >= '3.11' \\\n    --hash=sha256:00\nTyping_Extensions==4.1\n"

    assert [("starlette", Version("1.10.0")), ("typing-extensions", Version("4.1"))] == list(
        audit_dependencies.pinned(text)
    )


def test_the_files_of_others_are_those_their_licences_tell_of() -> None:
    assert [] == vendor_assets.differing()


def test_no_stylesheet_names_the_fonts_or_the_crest_of_others() -> None:
    for name in ("govuk-frontend.css", "moj-frontend.css"):
        text = (vendor_assets.VENDOR / name).read_text("utf-8")

        assert not [
            word
            for word in ("GDS Transport", "@font-face", "govuk-crest", "url(", "sourceMapping")
            if word in text
        ]
