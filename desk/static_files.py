"""Stylesheets, scripts and icons: read once, compressed once, under a name that changes when they do."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.responses import Response

#: what is served, and as what; anything else in the folder stays behind
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: a browser may keep it for a year: under this name it never changes
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Kept:
    content: bytes
    zipped: bytes
    kind: str


class StaticFiles:
    """All of them in memory. A name that is not among them is not there: no path is ever opened for a request."""

    def __init__(self) -> None:
        found = dict(_walk(files("caseclock.desk") / "static"))
        self.files = {
            name: Kept(content, gzip.compress(content, 9, mtime=0), TYPES[name[name.rindex(".") :]])
            for name, content in found.items()
        }
        digest = sha256()
        for name, content in sorted(found.items()):
            digest.update(name.encode() + b"\0" + content)
        #: of all of them together, so that one can name another relative to itself
        self.digest = digest.hexdigest()[:16]

    def url(self, name: str) -> str:
        """Give the path at which a file is served; raises KeyError for one there is not."""
        self.files[name]
        return f"/static/{self.digest}/{name}"

    def response(self, digest: str, name: str, *, zipped: bool) -> Response | None:
        """Answer with a file; None where there is none of that name, or no longer."""
        kept = self.files.get(name)
        if kept is None or digest != self.digest:
            return None
        headers = {"cache-control": FOREVER, "vary": "accept-encoding"}
        if zipped:
            headers["content-encoding"] = "gzip"
        return Response(kept.zipped if zipped else kept.content, headers=headers, media_type=kept.kind)


def _walk(folder: Traversable, below: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{below}{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, f"{name}/")
        elif name[name.rfind(".") :] in TYPES:
            yield name, entry.read_bytes()
