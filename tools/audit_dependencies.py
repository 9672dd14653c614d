"""Hold every version that is pinned against published advisories.

python tools/audit_dependencies.py             by the list kept here, which needs no network
python tools/audit_dependencies.py --online    by the feed too, where it can be reached; says so where it can't

Ends with 1 where a pinned version is affected. The list is dated; --online says how old it is.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
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


def by_feed() -> int | None:
    """Ask the feed by pip-audit; None where it can't be reached."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--disable-pip",
        "--require-hashes",
        "-r",
        str(ROOT / PINS[0]),
    ]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return None
    if told.returncode and "vulnerabilit" not in told.stdout + told.stderr:
        return None
    print(told.stdout + told.stderr)
    return told.returncode


def main() -> None:
    found = by_list()
    if found:
        sys.exit("\n".join([*found, "Pin a version that is not affected: make lock ARGS=--upgrade"]))
    if "--online" in sys.argv:
        listed_on = tomllib.loads(LIST.read_text("utf-8"))["listed_on"]
        age = (datetime.now(UTC).date() - listed_on).days
        print(f"No pinned version is affected by an advisory of the list of {listed_on}, {age} days old.")
        status = by_feed()
        if status is None:
            print("The feed of advisories can't be reached from here: only the list was asked.")
        elif status:
            sys.exit(status)


if __name__ == "__main__":
    main()
