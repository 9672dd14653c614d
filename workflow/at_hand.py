"""The case files an engine keeps at hand, so that a case's next event needs nothing read."""

from collections import OrderedDict

from caseclock.workflow.case_file import CaseFile


class AtHand:
    """The files last worked on. One is relied on only once the unit of work that wrote it has been committed."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[str, str], CaseFile] = OrderedDict()
        self._written: list[CaseFile] = []

    def take(self, authority: str, case_id: str, *, committed: bool) -> CaseFile | None:
        """Take a case's file away from here, so that a failure half-way leaves nothing behind.

        With `committed`, only one that is known to have been committed; one that is not stays.
        """
        file = self._files.get((authority, case_id))
        if file is None or (committed and not file.committed):
            return None
        del self._files[authority, case_id]
        return file

    def hold(self, file: CaseFile, most: int) -> None:
        """Keep a file that was written; of more than `most`, those longest untouched go."""
        file.committed = False
        self._written.append(file)
        self.put_back(file)
        while len(self._files) > most:
            self._files.popitem(last=False)

    def put_back(self, file: CaseFile) -> None:
        """Keep a file that was taken and not changed."""
        self._files[file.case.authority, file.case.case_id] = file

    def begin(self) -> None:
        """A unit of work begins: what an earlier one wrote and did not commit is as the store never had it."""
        for file in self._written:
            if self._files.get((file.case.authority, file.case.case_id)) is file:
                del self._files[file.case.authority, file.case.case_id]
        self._written.clear()

    def commit(self) -> None:
        """The unit of work was committed, and with it every file held since it began."""
        for file in self._written:
            file.committed = True
        self._written.clear()
