"""Hold every version that is pinned against published advisories.

python tools/audit_dependencies.py             by the list kept here, which needs no network
python tools/audit_dependencies.py --online    by the feed too, where it can be reached; says so where it can't

Ends with 1 where a pinned version is affected. The list is dated; --online says how old it is.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from project_files import ROOT

LIST = Path(__file__).with_name("advisories.toml")
PINS = ("requirements.txt", "constraints.txt")
#: seconds after which the feed counts as not to be reached
PATIENCE = 300

#: days after which the list has to be renewed
OLD = 90

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pinned(text: str) -> Iterator[tuple[str, Version]]:
    """Give every package and version pinned in a file of requirements."""
    for name, version in _PIN.findall(text):
        yield re.sub(r"[-_.]+", "-", name).lower(), Version(version)


def affected(listed: dict[str, Any], pins: Iterator[tuple[str, Version]]) -> list[str]:
    """Say which pinned versions an advisory holds for."""
    return [
        f"{name} {version}: {advisory['id']} holds for {advisory['affected']}"
        for name, version in pins
        for advisory in listed["packages"].get(name, ())
        if SpecifierSet(advisory["affected"], prereleases=True).contains(version)
    ]


def by_list() -> list[str]:
    listed = tomllib.loads(LIST.read_text("utf-8"))
    return sorted(
        {one for file in PINS for one in affected(listed, pinned((ROOT / file).read_text("utf-8")))}
    )


@dataclass(frozen=True, slots=True)
class Fed:
    """What the feed said."""

    #: packages it knew of
    known: int
    #: packages it knew nothing of, which says nothing of them
    unknown: tuple[str, ...]
    #: a line for each advisory that holds for a pinned version
    affected: tuple[str, ...]


def by_feed() -> Fed | None:
    """Ask the feed by pip-audit; None where it can't be reached, or knows of no package at all."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--disable-pip",
        "--require-hashes",
        "--format=json",
        "-r",
        str(ROOT / PINS[0]),
    ]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return None
    try:
        return read_feed(json.loads(told.stdout))
    except ValueError:
        return None


def read_feed(told: dict[str, Any]) -> Fed | None:
    """Read what pip-audit wrote. A package it skipped was not looked at: a mirror without advisories skips them all."""
    packages = told["dependencies"]
    unknown = tuple(one["name"] for one in packages if "skip_reason" in one)
    if len(unknown) == len(packages):
        return None
    found = tuple(
        f"{one['name']} {one['version']}: {advisory['id']}"
        for one in packages
        for advisory in one.get("vulns", ())
    )
    return Fed(len(packages) - len(unknown), unknown, found)


def main() -> None:
    found = by_list()
    if found:
        sys.exit("\n".join([*found, "Pin a version that is not affected: make lock ARGS=--upgrade"]))
    listed_on = tomllib.loads(LIST.read_text("utf-8"))["listed_on"]
    age = (datetime.now(UTC).date() - listed_on).days
    if age > OLD:
        print(
            f"The list of advisories is {age} days old. Renew it: see CONTRIBUTING.md, A dependency.",
            file=sys.stderr,
        )
    if "--online" in sys.argv:
        print(f"No pinned version is affected by an advisory of the list of {listed_on}, {age} days old.")
        fed = by_feed()
        if fed is None:
            print("No feed of advisories can be asked from here: only the list was.")
            return
        print(
            f"The feed knows of {fed.known} packages, and of {len(fed.affected)} advisories that hold for them."
        )
        if fed.unknown:
            print(f"It was silent of {', '.join(fed.unknown)}: that says nothing of them.")
        if fed.affected:
            sys.exit(
                "\n".join([*fed.affected, "Pin a version that is not affected: make lock ARGS=--upgrade"])
            )


if __name__ == "__main__":
    main()
