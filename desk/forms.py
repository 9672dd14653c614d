"""What a form sent, read once, with no more fields and files than a form of ours can have."""

from collections.abc import Mapping, Sequence

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from caseclock.desk.refusals import Unfit

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_FIELDS = 1000
#: where files are sent to: there, more bytes may come than a form has
UPLOADS = "/imports"


class Form:
    """What was sent: text without the line ends of other systems, and files where the page takes any."""

    def __init__(self, sent: FormData | None) -> None:
        self._sent = sent

    def get(self, name: str, default: str = "") -> str:
        """Give a field's text, stripped; the default where it was not sent."""
        values = self.all(name)
        return values[-1] if values else default

    def all(self, name: str) -> Sequence[str]:
        """Give the texts of all fields of a name, as checkboxes send them."""
        if self._sent is None:
            return []
        return [_clean(value) for value in self._sent.getlist(name) if isinstance(value, str)]

    def files(self, name: str) -> Sequence[UploadFile]:
        """Give the files of a field; a field in which none was chosen has none."""
        sent = self._sent.getlist(name) if self._sent is not None else []
        return [one for one in sent if isinstance(one, UploadFile) and one.filename]


def _clean(text: str) -> str:
    # what no keyboard makes and no database keeps; a lone half of a surrogate pair can't be written anywhere
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return kept.encode("utf-8", "replace").decode("utf-8").strip()


async def form_of(request: Request) -> FormData | None:
    """Read the form of a request, without files; None where it has none. Raises Unfit for one that can't be read."""
    return await read_form(request)


async def read_form(request: Request, *, files: int = 0) -> FormData | None:
    """Read the form of a request with so many files at most; whoever takes files closes it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in ("GET", "HEAD", "OPTIONS") or kind not in FORMS:
        return None
    try:
        return await request.form(max_fields=MOST_FIELDS, max_files=files)
    except (HTTPException, ValueError) as error:
        raise Unfit("What was sent can't be read as a form. Go back and send it again.") from error


def problems_of(form: Form, needed: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """Say which fields are empty or too long: for each its name, what to ask for, and the characters it may have."""
    problems = {}
    for name, (ask, longest) in needed.items():
        given = form.get(name)
        if not given:
            problems[name] = ask
        elif len(given) > longest:
            problems[name] = f"Use {longest:,} characters or fewer; there are {len(given):,}"
    return problems
