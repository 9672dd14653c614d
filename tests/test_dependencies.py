"""What Caseclock is built of: no version with a known advisory, and the files of others as they came."""

import tomllib

import audit_dependencies
import pytest
import vendor_assets
from audit_dependencies import Fed
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


def test_a_feed_that_knows_no_package_is_not_taken_for_a_clean_one() -> None:
    """As a mirror of an index answers, which has the packages and not their advisories."""
    skipped = {
        "name": "jinja2",
        "skip_reason": "Dependency not found and could not be audited: jinja2 (3.1.2)",
    }

    assert audit_dependencies.read_feed({"dependencies": [skipped]}) is None


def test_what_a_feed_says_is_told_package_by_package() -> None:
    told = {
        "dependencies": [
            {
                "name": "jinja2",
                "version": "3.1.2",
                "vulns": [{"id": "PYSEC-2024-9", "fix_versions": ["3.1.3"]}],
            },
            {"name": "lxml", "version": "6.0.0", "vulns": []},
            {"name": "ours", "skip_reason": "not on the index"},
        ]
    }

    assert Fed(2, ("ours",), ("jinja2 3.1.2: PYSEC-2024-9",)) == audit_dependencies.read_feed(told)


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
