"""Bring the stylesheets and the script of the design systems into the desk, without what is not ours to show.

python tools/vendor_assets.py            fetch the packages with npm, write the files
python tools/vendor_assets.py --check    say whether the files are as LICENCES.md tells them; needs no network

Left out: fonts (only services on GOV.UK may use GDS Transport), crest, crown, favicons, every script but one.
"""

import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from project_files import ROOT

VENDOR = ROOT / "desk" / "static" / "vendor"
AXE = ROOT / "tests" / "desk" / "browser" / "axe"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a package, and what it is called here."""

    package: str
    version: str
    inside: str
    name: str
    licence: str
    whose: str
    folder: Path = VENDOR


ASSETS = (
    Asset(
        "govuk-frontend", "6.6.0", "dist/govuk/govuk-frontend.min.css", "govuk-frontend.css", "MIT",
        "Copyright (c) 2018 Crown Copyright (Government Digital Service)",
    ),
    Asset(
        "govuk-frontend", "6.6.0", "dist/govuk/govuk-frontend.min.js", "govuk-frontend.js", "MIT",
        "Copyright (c) 2018 Crown Copyright (Government Digital Service)",
    ),
    Asset(
        "@ministryofjustice/frontend", "11.1.0", "moj/moj-frontend.min.css", "moj-frontend.css", "MIT",
        "Copyright (c) 2018 Crown Copyright (Ministry of Justice)",
    ),
    Asset(
        "axe-core", "4.14.1", "axe.min.js", "axe.min.js", "MPL-2.0", "Copyright (c) Deque Systems, Inc.", AXE,
    ),
)  # fmt: skip

MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
MPL = (
    "Under the Mozilla Public License, version 2.0; unchanged. Its source is that of the npm package of this version. "
    "It tests pages and is in no package that is installed.\n"
)

#: of the Ministry of Justice's design system, the parts the desk has
MOJ_PARTS = (".moj-timeline", ".moj-filter", ".moj-badge", ".moj-sub-navigation")

_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_RULE_WITH_CREST = re.compile(r"[^{}]*\{[^{}]*govuk-crest[^{}]*\}")
_SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*$", re.MULTILINE)
_PICTURE = re.compile(r"url\(([^)]*)\)")


def stripped(name: str, text: str) -> str:
    """Take out of a stylesheet the fonts and the crest, and of any file the line that names its source map."""
    text = _SOURCE_MAP.sub("", text)
    if not name.endswith(".css"):
        return text.rstrip() + "\n"
    text = _RULE_WITH_CREST.sub("", _FONT_FACE.sub("", text))
    text = re.sub(r"\"?GDS Transport\"?,\s*", "", text)
    # pictures are of parts that are not used here: named, they would be asked for in vain
    text = _PICTURE.sub("none", text)
    return (kept_parts(text) if name.startswith("moj") else text).rstrip() + "\n"


def kept_parts(text: str) -> str:
    """Keep, of a minified stylesheet, the rules of the parts that the desk has, within their media and as they are."""
    kept = []
    for selector, block in rules_of(text):
        if selector.startswith("@media"):
            inner = kept_parts(block)
            if inner:
                kept.append(f"{selector}{{{inner}}}")
        elif any(part in selector for part in MOJ_PARTS):
            kept.append(f"{selector}{{{block}}}")
    return "".join(kept)


def rules_of(text: str) -> Iterator[tuple[str, str]]:
    """Give the rules of a minified stylesheet: what stands before each brace, and what stands in it."""
    start = depth = opened = 0
    for place, sign in enumerate(text):
        if sign == "{":
            depth += 1
            if depth == 1:
                opened = place
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield text[start:opened].strip(), text[opened + 1 : place]
                start = place + 1
        elif sign == ";" and depth == 0:  # @charset, @import
            start = place + 1


def fetched(package: str, version: str, folder: Path) -> Path:
    """Fetch a package as its registry has it, with npm."""
    told = subprocess.run(
        ["npm", "pack", "--silent", f"{package}@{version}", "--pack-destination", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    return folder / told.stdout.strip().splitlines()[-1]


def write() -> None:
    archives: dict[str, Path] = {}
    with tempfile.TemporaryDirectory() as fetched_to:
        for asset in ASSETS:
            if asset.package not in archives:
                archives[asset.package] = fetched(asset.package, asset.version, Path(fetched_to))
            with tarfile.open(archives[asset.package]) as archive:
                inside = archive.extractfile(f"package/{asset.inside}")
                if inside is None:
                    sys.exit(f"{asset.package} {asset.version} has no {asset.inside}.")
                text = inside.read().decode("utf-8")
            if asset.folder is VENDOR:
                text = stripped(asset.name, text)
            asset.folder.mkdir(parents=True, exist_ok=True)
            (asset.folder / asset.name).write_text(text, "utf-8")
    for folder in {asset.folder: None for asset in ASSETS}:
        (folder / "LICENCES.md").write_text(licences(folder), "utf-8")


def licences(folder: Path) -> str:
    """Say of every file in a folder where it is from, whose it is, and under which licence."""
    ours = [asset for asset in ASSETS if asset.folder is folder]
    rows = [
        f"| `{asset.name}` | {asset.package} | {asset.version} | `{asset.inside}` | {asset.licence} | "
        f"`{sha256((folder / asset.name).read_bytes()).hexdigest()}` |"
        for asset in ours
    ]
    owners = [
        f"- {package}: {whose}" for package, whose in {asset.package: asset.whose for asset in ours}.items()
    ]
    changed = (
        [
            "Taken out: fonts, the crest, pictures, the names of source maps, and parts of moj-frontend.css not used.",
            "",
        ]
        if folder is VENDOR
        else []
    )
    return (
        "\n".join(
            [
                "# Files of others",
                "",
                "Written by tools/vendor_assets.py. Packages of the npm registry; the sha256 is of the file here.",
                "",
                *changed,
                "| file | package | version | in it | licence | sha256 |",
                "|---|---|---|---|---|---|",
                *rows,
                "",
                *owners,
                "",
                *(["## MIT", "", MIT] if any(asset.licence == "MIT" for asset in ours) else []),
                *(["## MPL-2.0", "", MPL] if any(asset.licence == "MPL-2.0" for asset in ours) else []),
            ]
        ).rstrip()
        + "\n"
    )


def differing() -> list[str]:
    """Name the files that are not what their licence file tells."""
    return [
        str(folder.relative_to(ROOT))
        for folder in {asset.folder: None for asset in ASSETS}
        if (folder / "LICENCES.md").read_text("utf-8") != licences(folder)
    ]


if __name__ == "__main__":
    if "--check" not in sys.argv:
        write()
    if wrong := differing():
        sys.exit(f"{', '.join(wrong)}: a file is not what LICENCES.md tells. Run tools/vendor_assets.py.")
